package runner

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"millrace.dev/bus"
	"millrace.dev/engine/host"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// Clock tells the workspace's time. It may run faster than the wall's, never
// backwards.
type Clock interface{ Now() time.Time }

// Config is what a Runner needs. Store and Bus are required.
type Config struct {
	Store   store.Store
	Bus     *bus.Bus
	Outside host.Providers
	// Clock is the wall clock in UTC when nil.
	Clock Clock
	// Log receives what went wrong; a healthy minute writes nothing.
	Log *slog.Logger
	// Workers is how many runs are moved at the same time, 64 when zero: most of
	// them wait for the store or for other systems.
	Workers int
	// Quota is how many ready runs of one flow may be under way, the rest are
	// queued; flow.FlowConcurrent when zero.
	Quota int
}

// Fixed paces, in real time.
const (
	sweepEvery     = 250 * time.Millisecond
	trimEvery      = 5 * time.Second
	reconcileEvery = 30 * time.Second
	// keepRelayed is how long an event stays in the outbox after it was logged:
	// longer than the bus may lose in a power cut.
	keepRelayed = 60 * time.Second
	// stopGrace is how long Stop lets activations come to their next checkpoint.
	stopGrace = 20 * time.Second
)

// Runner moves the runs of one workspace. Its methods are safe for concurrent
// use.
type Runner struct {
	store   store.Store
	bus     *bus.Bus
	clock   Clock
	log     *slog.Logger
	outside *host.Outside
	workers int

	plans  *plans
	relay  *relay
	desk   *desk
	claims claims
	loops  *loops
	sweeps sweeps
	// guardsAfter is where the reconciler is among the guards.
	guardsAfter string
	// revived are the runs that the last process died in, by the time of Start.
	revived sync.Map
	// young are the runs that were inserted and not looked at yet.
	young sync.Map

	ready  atomic.Bool
	events *bus.Consumption
	tasks  *bus.Consumption
	stop   context.CancelFunc
	loopWG sync.WaitGroup
}

type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now().UTC() }

// New makes a Runner. It does nothing before Start, except Write.
func New(cfg Config) *Runner {
	r := &Runner{store: cfg.Store, bus: cfg.Bus, clock: cfg.Clock, log: cfg.Log, workers: cfg.Workers}
	if r.clock == nil {
		r.clock = wallClock{}
	}
	if r.log == nil {
		r.log = slog.Default()
	}
	if r.workers == 0 {
		r.workers = 64
	}
	if cfg.Quota == 0 {
		cfg.Quota = flow.FlowConcurrent
	}
	r.plans = newPlans(cfg.Store)
	r.relay = newRelay(cfg.Store.Records(), cfg.Bus)
	r.desk = newDesk(cfg.Quota)
	r.loops = newLoops()
	r.outside = &host.Outside{Store: cfg.Store, Write: r.Write, Now: r.clock.Now, Providers: cfg.Outside}
	return r
}

// Start reads what is published, repairs what the last process left, and begins
// to move runs. It returns once everything runs.
func (r *Runner) Start(ctx context.Context) error {
	if err := r.plans.reload(ctx); err != nil {
		return err
	}
	if err := r.relay.recover(ctx); err != nil {
		return err
	}
	if err := r.revive(ctx); err != nil {
		return err
	}
	var err error
	if r.tasks, err = r.bus.ConsumeTasks(ctx, r.workers, r.activate); err != nil {
		return err
	}
	if r.events, err = r.bus.ConsumeEvents(ctx, r.match); err != nil {
		r.tasks.Stop(ctx)
		return err
	}
	inner, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	r.loopWG.Go(func() { r.relay.catchUp(inner, r.log) })
	r.every(inner, sweepEvery, "sweeping", r.sweep)
	r.every(inner, trimEvery, "trimming outboxes", r.relay.trim)
	r.every(inner, reconcileEvery, "reconciling", r.reconcile)
	r.ready.Store(true)
	return nil
}

// every runs work now and again and again until ctx ends; what fails is tried again at
// the next turn.
func (r *Runner) every(ctx context.Context, pause time.Duration, what string, work func(context.Context) error) {
	r.loopWG.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for {
			if err := work(ctx); err != nil && ctx.Err() == nil {
				r.log.Warn(what, "err", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// Stop takes in nothing more and waits until the runs under way have reached a
// checkpoint, at most 20 seconds or until ctx ends. The store and the bus may be
// closed after it.
func (r *Runner) Stop(ctx context.Context) error {
	if !r.ready.Swap(false) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, stopGrace)
	defer cancel()
	r.stop()
	r.loopWG.Wait()
	r.events.Stop(ctx)
	r.tasks.Stop(ctx)
	if ctx.Err() != nil {
		return fmt.Errorf("stopping the runner: runs were still under way after %s", stopGrace)
	}
	return nil
}

// Ready reports whether runs are being moved.
func (r *Runner) Ready() bool { return r.ready.Load() }

func isNotFound(err error) bool { return flow.CodeOf(err) == flow.CodeNotFound }
