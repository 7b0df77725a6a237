package runner

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"millrace.dev/bus"
	"millrace.dev/engine"
	"millrace.dev/flow"
)

// claims keeps two hints for one run from being followed at the same time in
// this process. The store's compare-and-set would stop the second one too, but
// only after its effect.
type claims struct {
	mu   sync.Mutex
	held map[string]bool // run → somebody came by meanwhile
}

// take claims a run; a false one makes whoever holds it look again.
func (c *claims) take(run string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = map[string]bool{}
	}
	if _, there := c.held[run]; there {
		c.held[run] = true
		return false
	}
	c.held[run] = false
	return true
}

// free gives the claim back, or reports that the holder has to look again.
func (c *claims) free(run string, whatever bool) (again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held[run] && !whatever {
		c.held[run] = false
		return true
	}
	delete(c.held, run)
	return false
}

// activate follows a hint: it looks at the run and moves it as far as it goes.
func (r *Runner) activate(ctx context.Context, t bus.Task) error {
	if !r.claims.take(t.Run) {
		return nil
	}
	for {
		on, err := r.lookSafely(ctx, t.Run)
		if err != nil {
			r.claims.free(t.Run, true)
			return r.spoiled(ctx, t, fmt.Errorf("activating run %s: %w", t.Run, err))
		}
		if r.claims.free(t.Run, false) {
			continue
		}
		if !on {
			r.left(ctx, t.Flow, t.Run)
		}
		return nil
	}
}

// spoiled decides what becomes of a hint that could not be followed. While the
// store or the bus is down it is followed again; anything else is this run's own
// trouble and must not hold up others: it stays on the desk until it is taken
// for lost, then the sweeper or the reconciler comes back to it.
func (r *Runner) spoiled(ctx context.Context, t bus.Task, err error) error {
	if ctx.Err() != nil || flow.CodeOf(err) == flow.CodeUnavailable {
		return err
	}
	r.log.Error("a run cannot be moved", "run", t.Run, "err", err)
	return nil
}

// lookSafely looks at a run; one that breaks the interpreter is set aside.
func (r *Runner) lookSafely(ctx context.Context, id string) (on bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("a run broke the engine", "run", id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			on, err = false, r.setAside(ctx, id, fmt.Sprintf("%s: The engine broke at this run: %v", engine.CodePanic, p))
		}
	}()
	return r.look(ctx, id)
}

// setAside makes an incident of a run that cannot be interpreted, at the places
// where it stands.
func (r *Runner) setAside(ctx context.Context, id, text string) error {
	for {
		run, err := r.store.Runs().Load(ctx, id)
		if err != nil || run.State.Final() || run.State == flow.Incident {
			return err
		}
		run.State, run.Error, run.Updated = flow.Incident, text, r.clock.Now()
		for i := range run.Tokens {
			if t := &run.Tokens[i]; t.Wait == nil {
				t.Failed, t.Calling = true, false
			}
		}
		won, err := r.store.Runs().CAS(ctx, run)
		if err != nil {
			return fmt.Errorf("setting run %s aside: %w", id, err)
		}
		if won {
			run.Rev++
			r.publishProgress(run, nil)
			return nil
		}
	}
}

// look loads a run and moves it, if it can be moved. on is true when the run has
// been queued again, to go on after others.
func (r *Runner) look(ctx context.Context, id string) (on bool, err error) {
	run, young, err := r.load(ctx, id)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil || run.State.Final() || run.State == flow.Incident {
		return false, err
	}
	if r.paused(run.Flow) {
		return false, nil
	}
	p, err := r.plans.plan(ctx, run.Flow, run.Version)
	if isNotFound(err) {
		return false, r.setAside(ctx, id, engine.CodeCannotRun+": The run's version of the flow is gone.")
	}
	if err != nil {
		return false, err
	}
	m := &move{r: r, plan: p, run: run}
	switch run.State {
	case flow.Queued:
		m.run.State = flow.Ready
	case flow.Waiting:
		ok, err := m.wake(ctx)
		if err != nil || !ok {
			return false, err
		}
	}
	if _, died := r.revived.LoadAndDelete(id); died {
		m.countDeath()
	}
	if on, err = m.on(ctx); m.lost && young {
		return r.look(ctx, id)
	}
	return on, err
}

// load loads a run; a young one was inserted by this process a moment ago and is
// not read back. The compare-and-set tells whether it still stands so.
func (r *Runner) load(ctx context.Context, id string) (run flow.Run, young bool, err error) {
	if v, there := r.young.LoadAndDelete(id); there {
		return v.(flow.Run), true, nil
	}
	run, err = r.store.Runs().Load(ctx, id)
	return run, false, err
}

// wake decides the waits of a waiting run that are over. An event in the log
// that ends a wait goes before its deadline, even if the matcher is behind.
func (m *move) wake(ctx context.Context) (bool, error) {
	run, decided, err := m.r.lookBack(ctx, m.plan, m.run)
	if isNotFound(err) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	now := m.r.clock.Now()
	for _, t := range engine.Due(run, now) {
		w := engine.World{Now: now, Log: m.r.now()}
		if next, ok := engine.Resolve(m.plan, run, t.Visit, engine.Decision{Timeout: true}, w); ok {
			run, decided = next, true
		}
	}
	m.run = run
	return decided, nil
}

// countDeath notes that the process died while a call of the run was under way:
// a step that kills the process flow.MaxDeaths times is put aside.
func (m *move) countDeath() {
	for i := range m.run.Tokens {
		if m.run.Tokens[i].Calling {
			m.run.Tokens[i].Deaths++
			m.deadly = m.deadly || m.run.Tokens[i].Deaths >= flow.MaxDeaths
		}
	}
}
