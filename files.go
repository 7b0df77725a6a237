//go:build !js

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// found is one problem of one file, as the file commands print it.
type found struct {
	File string `json:"file"`
	flow.Problem
}

func validateCommand() *cobra.Command {
	var asJSON, strict bool
	cmd := &cobra.Command{
		Use: "validate FILE…", Short: "Check flow files; - reads standard input", Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			var all []found
			for _, name := range args {
				data, err := readFile(cmd, name)
				if err != nil {
					return err
				}
				for _, p := range checkFile(data, strict) {
					all = append(all, found{name, p})
				}
			}
			return report(cmd.OutOrStdout(), all, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the problems as JSON")
	cmd.Flags().BoolVar(&strict, "strict", false, "also fail on a file that fmt would change")
	return cmd
}

// checkFile finds everything that is wrong with a flow file.
func checkFile(data []byte, strict bool) flow.Problems {
	file, problems := flow.ParseFile(data)
	if len(problems) > 0 {
		return problems
	}
	problems = nodes.Check(file.Graph, crm.BuiltIn())
	if strict && !bytes.Equal(data, file.Encode()) {
		problems = append(problems, flow.Problem{Level: flow.LevelError, Code: "unformatted",
			Text: "The file is not in canonical form. Run millrace fmt on it."})
	}
	return problems
}

func report(w io.Writer, all []found, asJSON bool) error {
	if asJSON {
		if all == nil {
			all = []found{}
		}
		if err := json.NewEncoder(w).Encode(all); err != nil {
			return fmt.Errorf("printing problems: %w", err)
		}
	}
	failed := false
	for _, f := range all {
		failed = failed || f.Level == flow.LevelError
		if !asJSON {
			fmt.Fprintf(w, "%s:%s: %s: %s\n", f.File, f.Path, f.Code, f.Text)
			if f.Caret != "" {
				fmt.Fprintln(w, f.Caret)
			}
		}
	}
	if failed {
		return errFindings
	}
	return nil
}

func fmtCommand() *cobra.Command {
	return &cobra.Command{
		Use: "fmt FILE…", Short: "Write flow files in canonical form; - formats standard input", Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range args {
				if err := formatFile(cmd, name); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func formatFile(cmd *cobra.Command, name string) error {
	data, err := readFile(cmd, name)
	if err != nil {
		return err
	}
	file, problems := flow.ParseFile(data)
	if len(problems) > 0 {
		var all []found
		for _, p := range problems {
			all = append(all, found{name, p})
		}
		return report(cmd.OutOrStdout(), all, false)
	}
	if name == "-" {
		_, err := cmd.OutOrStdout().Write(file.Encode())
		return err
	}
	if bytes.Equal(data, file.Encode()) {
		return nil
	}
	if err := os.WriteFile(name, file.Encode(), 0o644); err != nil {
		return fmt.Errorf("formatting %s: %w", name, err)
	}
	return nil
}

func readFile(cmd *cobra.Command, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(cmd.InOrStdin(), 5<<20))
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading flow file: %w", err)
	}
	return data, nil
}

func atLeastOneFile(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errUsage{fmt.Errorf("name at least one flow file, or - for standard input")}
	}
	return nil
}
