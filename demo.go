//go:build !js

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"millrace.dev/demo"
	"millrace.dev/web/templates"
)

// demoOptions are what only the demo is told.
type demoOptions struct {
	options
	rate   float64
	seed   uint64
	public bool
}

func demoCommand() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use: "demo", Short: "Serve a workspace full of sample customers who keep doing things", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), cmd.OutOrStdout(), o) },
	}
	commonFlags(cmd, &o.options)
	cmd.Flags().StringVar(&o.data, "data", o.data, "folder that keeps everything; empty keeps it in memory (MILLRACE_DATA)")
	cmd.Flags().Float64Var(&o.rate, "rate", 1, "events a second, 0 for none")
	cmd.Flags().Uint64Var(&o.seed, "seed", 42, "seed of everything that is made up")
	cmd.Flags().Float64Var(&o.speed, "clock", 60, "how fast the workspace's clock runs")
	cmd.Flags().BoolVar(&o.public, "demo-public", false, "allow an address that other machines can reach")
	return cmd
}

// runDemo serves a demo: nothing it does leaves this machine.
func runDemo(ctx context.Context, out io.Writer, o demoOptions) error {
	if !o.public && !isLoopback(o.addr) {
		return errUsage{fmt.Errorf("demo mode listens on this machine only; %s can be reached from others (--demo-public allows it)", o.addr)}
	}
	if o.speed < 1 || o.speed > 3600 {
		return errUsage{errors.New("--clock must be between 1 and 3600")}
	}
	o.demo, o.capture = true, true
	pace := newPace(o.rate)
	o.simulator = pace
	w, err := open(ctx, o.options, logger(slog.LevelWarn))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	go func() {
		if err := w.fill(ctx, out, o, pace); err != nil && ctx.Err() == nil {
			failed <- err
			stop()
		}
	}()
	err = w.serve(ctx)
	select {
	case cause := <-failed:
		return errors.Join(cause, err)
	default:
		return err
	}
}

// fill seeds an empty workspace, prints the console block and lets the
// simulator act. It speaks to the server as any client does.
func (w *workspace) fill(ctx context.Context, out io.Writer, o demoOptions, p *pace) error {
	admin, _, err := w.server.FirstAdmin(ctx, "Ana Popescu", "ana@example.com")
	if err != nil {
		return fmt.Errorf("making the first admin: %w", err)
	}
	client, err := w.signIn(ctx, admin.ID)
	if err != nil {
		return err
	}
	if err := w.seed(ctx, client, o.seed); err != nil {
		return err
	}
	token, err := w.server.OneTimeLink(ctx, admin.ID)
	if err != nil {
		return fmt.Errorf("making the one-time link: %w", err)
	}
	world, err := demo.Look(ctx, client)
	if err != nil {
		return fmt.Errorf("looking around: %w", err)
	}
	fmt.Fprint(out, w.block(o, token))
	demo.NewSimulator(client, world, o.seed).Run(ctx, p.ticks, func(err error) { w.log.Warn("simulating", "err", err) })
	return nil
}

func (w *workspace) signIn(ctx context.Context, member string) (*demo.Client, error) {
	token, err := w.server.OneTimeLink(ctx, member)
	if err != nil {
		return nil, fmt.Errorf("making the simulator's link: %w", err)
	}
	return demo.SignIn(ctx, w.url(), token)
}

func (w *workspace) seed(ctx context.Context, client *demo.Client, seed uint64) error {
	full, err := demo.Seeded(ctx, client)
	if err != nil || full {
		return err
	}
	plan := demo.DefaultPlan()
	plan.Seed = seed
	if err := demo.Seed(ctx, client, plan); err != nil {
		return err
	}
	for _, t := range templates.All() {
		if err := client.Publish(ctx, t.File); err != nil {
			return fmt.Errorf("publishing %s: %w", t.Name, err)
		}
	}
	return nil
}

// block is what the console shows once everything is up.
func (w *workspace) block(o demoOptions, token string) string {
	where, keep := "in memory", "millrace demo --data ./data"
	if o.data != "" {
		where, keep = "in "+o.data, "millrace serve --data "+o.data
	}
	plan := demo.DefaultPlan()
	var b strings.Builder
	fmt.Fprintf(&b, "\n  Millrace %s  demo mode: data %s, e-mail/SMS/webhooks captured, nothing leaves this machine\n\n", version, where)
	fmt.Fprintf(&b, "  ✓ 4 organisations (en, vi, ro, pl), %d users, %d leads, %d deals, %d tickets\n", plan.Users, plan.Leads, plan.Deals, plan.Tickets)
	fmt.Fprintf(&b, "  ✓ %d flows published from templates\n", len(templates.All()))
	fmt.Fprintf(&b, "  ✓ simulator: ~%g event/s, seed %d, clock ×%g      (millrace demo --rate 0 to stop it)\n\n", o.rate, o.seed, o.speed)
	fmt.Fprintf(&b, "  Open      %s/live?k=%s\n            one-time link, signs you in as Ana (admin)\n", w.url(), token)
	fmt.Fprintf(&b, "  Viewer    %s/live?as=viewer\n  Outbox    %[1]s/outbox      API %[1]s/docs      Metrics %[1]s/metrics\n", w.url())
	fmt.Fprintf(&b, "  Keep it   %s      Stop  Ctrl+C\n\n", keep)
	return b.String()
}

func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// slowest is the least rate in events a second; less is none.
const slowest = 0.01

// pace is how fast the simulator acts; the API changes it.
type pace struct {
	mu     sync.Mutex
	rate   float64
	paused bool
	ticks  chan struct{}
	kick   chan struct{}
}

func newPace(rate float64) *pace {
	p := &pace{rate: rate, paused: rate < slowest, ticks: make(chan struct{}), kick: make(chan struct{}, 1)}
	go p.run()
	return p
}

// Pace is the rate in events a second, and whether it is paused.
func (p *pace) Pace() (rate float64, paused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rate, p.paused
}

// SetPace changes the rate, at most 100 events a second.
func (p *pace) SetPace(rate float64, paused bool) {
	p.mu.Lock()
	p.rate, p.paused = min(max(rate, 0), 100), paused || rate < slowest
	p.mu.Unlock()
	select {
	case p.kick <- struct{}{}:
	default:
	}
}

// run lets one act happen at each tick of the present rate.
func (p *pace) run() {
	for {
		rate, paused := p.Pace()
		wait := time.Hour
		if !paused {
			wait = time.Duration(float64(time.Second) / rate)
		}
		select {
		case <-p.kick:
		case <-time.After(wait):
			if !paused {
				p.ticks <- struct{}{}
			}
		}
	}
}
