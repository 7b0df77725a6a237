//go:build !js

// Millrace draws, runs and shows flows of customer work. This package is the
// command line: it wires store → bus → engine → server, and holds no logic of
// its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // business hours and zones work on machines without zone files

	"github.com/spf13/cobra"
)

// version is set when a release is built.
var version = "dev"

// Exit codes of the command line.
const (
	exitOK = iota
	exitFindings
	exitUsage
	exitEnvironment
)

// errFindings ends a command that found problems and has printed them.
var errFindings = errors.New("problems found")

// errUsage marks arguments that make no sense.
type errUsage struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string) int {
	root := &cobra.Command{
		Use:           "millrace",
		Short:         "Draw, run and watch flows of customer work",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return errUsage{err} })
	root.AddCommand(serveCommand(), demoCommand(), healthCommand(), validateCommand(), fmtCommand(), dryRunCommand(), versionCommand())
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch usage := (errUsage{}); {
	case err == nil:
		return exitOK
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.As(err, &usage):
		fmt.Fprintln(os.Stderr, "millrace:", err)
		return exitUsage
	}
	fmt.Fprintln(os.Stderr, "millrace:", err)
	return exitEnvironment
}
