//go:build !js

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"millrace.dev/crm"
	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// dryRunOptions say what `millrace run` plays.
type dryRunOptions struct {
	record, clock string
	asJSON        bool
}

func dryRunCommand() *cobra.Command {
	var o dryRunOptions
	cmd := &cobra.Command{
		Use: "run FILE --record record.json", Short: "Dry-run a flow file on one record: nothing is sent or stored",
		Args: cobra.MatchAll(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := readFile(cmd, args[0])
			if err != nil {
				return err
			}
			record, err := readFile(cmd, o.record)
			if err != nil {
				return err
			}
			return dryRun(cmd.OutOrStdout(), args[0], data, record, o)
		},
	}
	cmd.Flags().StringVar(&o.record, "record", "", "file with the record as JSON: {\"id\": …, \"fields\": {…}}")
	cmd.Flags().StringVar(&o.clock, "clock", "", "when it starts, RFC 3339 (default: now)")
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print the report as JSON")
	_ = cmd.MarkFlagRequired("record")
	return cmd
}

// dryRun lets the record in by hand and prints its way and its effects.
func dryRun(w io.Writer, name string, data, record []byte, o dryRunOptions) error {
	start := engine.Start{At: time.Now().UTC()}
	if o.clock != "" {
		at, err := time.Parse(time.RFC3339, o.clock)
		if err != nil {
			return errUsage{fmt.Errorf("reading --clock: %w", err)}
		}
		start.At = at
	}
	plan, err := compileFile(w, name, data)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(record, &start.Record); err != nil {
		return fmt.Errorf("reading the record: %w", err)
	}
	start.Record.Resource = plan.Resource()
	start.Trigger = firstTrigger(data)
	report := engine.DryRun(plan, start, engine.Script{})
	if o.asJSON {
		return json.NewEncoder(w).Encode(report)
	}
	if !report.Enrollment.OK {
		fmt.Fprintf(w, "not let in: %s %s\n", report.Enrollment.Reason, report.Enrollment.Detail)
		return errFindings
	}
	for _, line := range report.Trace {
		fmt.Fprintln(w, line)
	}
	for _, e := range report.Effects {
		fmt.Fprintf(w, "would: %s\n", e)
	}
	return nil
}

func compileFile(w io.Writer, name string, data []byte) (*engine.Plan, error) {
	var all []found
	if problems := checkFile(data, false); problems.HasErrors() {
		for _, p := range problems {
			all = append(all, found{name, p})
		}
		return nil, report(w, all, false)
	}
	file, _ := flow.ParseFile(data)
	plan, problems := engine.Compile(flow.Version{Flow: file.Flow, Number: 1, Graph: file.Graph}, crm.BuiltIn())
	for _, p := range problems {
		all = append(all, found{name, p})
	}
	return plan, report(w, all, false)
}

// firstTrigger is the trigger with the lowest id.
func firstTrigger(data []byte) string {
	file, _ := flow.ParseFile(data)
	first := ""
	for id, n := range file.Graph.Nodes {
		spec, ok := nodes.Lookup(n.Type)
		if ok && spec.Group == nodes.Triggers && (first == "" || id < first) {
			first = id
		}
	}
	return first
}
