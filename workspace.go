//go:build !js

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"millrace.dev/app"
	"millrace.dev/bus"
	"millrace.dev/demo"
	"millrace.dev/engine/host"
	"millrace.dev/engine/runner"
	"millrace.dev/server"
	"millrace.dev/store"
	"millrace.dev/store/sqlite"
)

const defaultAddr = "127.0.0.1:8080"

// options are what both serve and demo are told.
type options struct {
	addr, data, web string
	// speed is how fast the workspace's clock runs; 1 is the wall's speed.
	speed float64
	demo  bool
	// capture keeps every call to the outside in the Outbox.
	capture   bool
	simulator server.Simulator
}

// workspace is one running Millrace: store → bus → engine → server.
type workspace struct {
	store  *sqlite.DB
	bus    *bus.Bus
	runner *runner.Runner
	server *server.Server
	clock  *fastClock
	log    *slog.Logger
	addr   net.Listener
	ending sync.WaitGroup
}

// open starts everything but the answering of requests. What was opened is
// closed again when something fails.
func open(ctx context.Context, o options, log *slog.Logger) (w *workspace, err error) {
	w = &workspace{log: log}
	defer func() {
		if err != nil {
			w.close(context.WithoutCancel(ctx))
		}
	}()
	if w.addr, err = net.Listen("tcp", o.addr); err != nil {
		return w, fmt.Errorf("listening on %s: %w (choose another with --addr or MILLRACE_ADDR)", o.addr, err)
	}
	dir, path := "", sqlite.Memory
	if o.data != "" {
		if err = os.MkdirAll(o.data, 0o700); err != nil {
			return w, fmt.Errorf("making the data folder: %w", err)
		}
		dir, path = filepath.Join(o.data, "bus"), filepath.Join(o.data, "store.db")
	}
	if w.store, err = sqlite.Open(ctx, path); err != nil {
		return w, fmt.Errorf("opening the store: %w", err)
	}
	if w.clock, err = openClock(ctx, w.store.Shelf(store.Meta), o.speed); err != nil {
		return w, err
	}
	if w.bus, err = bus.Open(ctx, bus.Config{Dir: dir, Log: log}); err != nil {
		return w, fmt.Errorf("opening the bus: %w", err)
	}
	return w, w.startEngine(ctx, o)
}

func (w *workspace) startEngine(ctx context.Context, o options) error {
	providers, err := providers(o)
	if err != nil {
		return err
	}
	w.runner = runner.New(runner.Config{Store: w.store, Bus: w.bus, Outside: providers, Clock: w.clock, Log: w.log})
	if err := w.runner.Start(ctx); err != nil {
		return fmt.Errorf("starting the engine: %w", err)
	}
	w.server, err = server.New(server.Config{
		Store: w.store, Runner: w.runner, Log: w.log, Demo: o.demo, Simulator: o.simulator,
		App: app.Pages(version, o.web), Version: version, Now: w.clock.Now, Speed: o.speed,
		PublicURL: os.Getenv("MILLRACE_URL"), MetricsToken: os.Getenv("MILLRACE_METRICS_TOKEN"),
	})
	if err != nil {
		return fmt.Errorf("starting the server: %w", err)
	}
	return nil
}

// url is where a browser on this machine finds the workspace.
func (w *workspace) url() string { return "http://" + loopback(w.addr.Addr().String()) }

// serve answers until ctx ends, then stops everything in order.
func (w *workspace) serve(ctx context.Context) error {
	w.ending.Add(1)
	go func() {
		defer w.ending.Done()
		if err := w.clock.keep(ctx, w.store.Shelf(store.Meta)); err != nil {
			w.log.Error("storing the clock", "err", err)
		}
	}()
	err := w.server.Serve(ctx, w.addr)
	w.ending.Wait()
	return errors.Join(err, w.close(context.WithoutCancel(ctx)))
}

// close stops what is running, last started first.
func (w *workspace) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var errs []error
	if w.server != nil {
		errs = append(errs, w.server.Close())
	}
	if w.runner != nil {
		errs = append(errs, w.runner.Stop(ctx))
	}
	if w.bus != nil {
		errs = append(errs, w.bus.Close())
	}
	if w.store != nil {
		errs = append(errs, w.store.Close())
	}
	if w.addr != nil {
		if err := w.addr.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// providers are the ways out of this machine: the sink, unless configured.
func providers(o options) (host.Providers, error) {
	if o.capture {
		return host.Providers{Capture: true, Captured: &demo.Gateway{}}, nil
	}
	return host.FromEnv()
}
