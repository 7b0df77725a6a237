//go:build !js

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func serveCommand() *cobra.Command {
	o := options{speed: 1}
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve a workspace", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), cmd.OutOrStdout(), o) },
	}
	commonFlags(cmd, &o)
	if o.data == "" {
		o.data = "./data"
	}
	cmd.Flags().StringVar(&o.data, "data", o.data, "folder that keeps everything (MILLRACE_DATA)")
	return cmd
}

func commonFlags(cmd *cobra.Command, o *options) {
	o.addr, o.data = fromEnv("MILLRACE_ADDR", defaultAddr), fromEnv("MILLRACE_DATA", "")
	o.web = fromEnv("MILLRACE_WEB", "build/web")
	cmd.Flags().StringVar(&o.addr, "addr", o.addr, "address to listen on (MILLRACE_ADDR)")
	cmd.Flags().StringVar(&o.web, "web", o.web, "folder of the built browser app (MILLRACE_WEB)")
}

func fromEnv(key, otherwise string) string {
	if v := os.Getenv(key); v != "" {
		return v
	}
	return otherwise
}

func serve(ctx context.Context, out io.Writer, o options) error {
	if os.Getenv("MILLRACE_STORE") != "" {
		return errUsage{errors.New("MILLRACE_STORE is set, but this version keeps its data in the embedded store only: unset it")}
	}
	log := logger(slog.LevelInfo)
	w, err := open(ctx, o, log)
	if err != nil {
		return err
	}
	if err := w.welcome(ctx, out, o); err != nil {
		return err
	}
	return w.serve(ctx)
}

// welcome prints how to get in: a one-time link while no admin has a password.
func (w *workspace) welcome(ctx context.Context, out io.Writer, o options) error {
	admin, locked, err := w.server.FirstAdmin(ctx, "Admin", "admin@example.com")
	if err != nil {
		return fmt.Errorf("making the first admin: %w", err)
	}
	fmt.Fprintf(out, "\n  Millrace %s  data in %s\n\n", version, o.data)
	if !locked {
		fmt.Fprintf(out, "  Open      %s\n  Stop      Ctrl+C\n\n", w.url())
		return nil
	}
	token, err := w.server.OneTimeLink(ctx, admin.ID)
	if err != nil {
		return fmt.Errorf("making the one-time link: %w", err)
	}
	fmt.Fprintf(out, "  Open      %s/live?k=%s\n            one-time link for the first admin: set a password under Settings\n  Stop      Ctrl+C\n\n", w.url(), token)
	return nil
}

// logger writes text to a terminal and JSON otherwise.
func logger(level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		return slog.New(slog.NewTextHandler(os.Stderr, o))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, o))
}
