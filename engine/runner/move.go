package runner

import (
	"context"
	"fmt"
	"slices"
	"time"

	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// move is one activation of one run.
type move struct {
	r      *Runner
	plan   *engine.Plan
	run    flow.Run // as it is stored, or about to be
	deadly bool     // a step has killed the process too often
	lost   bool     // somebody else changed the run
	world  engine.World
	seen   time.Time // when the world was read; it was live then
}

// Bounds of one activation; after them the run goes on behind others.
const (
	moveFor  = 5 * time.Second
	callFor  = 60 * time.Second
	moveRuns = flow.MaxBurst
	// seenFor is how long a world that was read counts as live.
	seenFor = 50 * time.Millisecond
)

// on moves the run until it is held, ends or has used up its time: decisions are
// made in memory, stored, and only then acted upon. Whoever loses the
// compare-and-set drops everything: somebody else owns the run.
func (m *move) on(ctx context.Context) (again bool, err error) {
	began, visits := time.Now(), m.run.Visits
	if ok, err := m.see(ctx); err != nil || !ok {
		return false, err
	}
	calls, ok, err := m.resume(ctx)
	for ; ok && err == nil; calls, ok, err = m.follow(ctx, calls) {
		switch {
		case m.run.State.Final():
			return false, m.r.ended(ctx, m.run)
		case len(calls) == 0 && m.run.State == flow.Ready, len(calls) > 0 && (time.Since(began) > moveFor || m.run.Visits-visits > moveRuns):
			return true, m.yield(ctx)
		case len(calls) == 0 && m.run.State == flow.Waiting:
			next, decided, err := m.r.lookBack(ctx, m.plan, m.run)
			if err != nil || !decided {
				return false, err
			}
			m.run = next
		case len(calls) == 0:
			return false, nil // an incident
		case m.r.paused(m.run.Flow):
			return false, nil // no node executes; resuming wants the call again
		}
	}
	return false, err
}

// follow makes the first wanted call and takes its result in, or goes on after
// a decided wait. It returns the calls that are wanted then; ok is false when the
// run is not this move's any more.
func (m *move) follow(ctx context.Context, calls []engine.Call) (_ []engine.Call, ok bool, err error) {
	if len(calls) == 0 {
		return m.resume(ctx)
	}
	call := calls[0]
	res, failure := m.call(ctx, call)
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	for {
		if ok, err := m.see(ctx); err != nil || !ok {
			return nil, false, err
		}
		out := m.advance(engine.Returned{Visit: call.Visit, Result: res, Err: failure})
		if ok, err := m.save(ctx, out); err != nil || ok {
			return m.wanted(append(calls[1:], out.Calls...), out.Run), ok, err
		}
		// An event ended a wait of another branch meanwhile. What was done outside
		// must not be done again: the result goes into the run as it is now.
		if still, err := m.reload(ctx, call.Visit); err != nil || !still {
			return nil, false, err
		}
	}
}

// resume moves the run and stores what was decided.
func (m *move) resume(ctx context.Context) (calls []engine.Call, ok bool, err error) {
	out := m.advance(engine.Resume{})
	ok, err = m.save(ctx, out)
	return out.Calls, ok, err
}

// reload loads the run as somebody else left it; false when it does not wait for
// the visit's result any more.
func (m *move) reload(ctx context.Context, visit int) (bool, error) {
	run, err := m.r.store.Runs().Load(ctx, m.run.ID)
	if err != nil || run.State != flow.Ready {
		return false, err
	}
	m.run, m.lost = run, false
	return slices.ContainsFunc(run.Tokens, func(t flow.Token) bool { return t.Visit == visit && t.Calling }), nil
}

// see reads the run's world, unless it was read a moment ago. Without its record
// the run ends.
func (m *move) see(ctx context.Context) (ok bool, err error) {
	if time.Since(m.seen) < seenFor {
		m.world.Log, m.world.Now = m.r.now(), m.r.clock.Now()
		return true, nil
	}
	m.seen = time.Now()
	m.world, err = m.r.world(ctx, m.plan, m.run.Resource, m.run.Record, m.r.now())
	if !isNotFound(err) {
		return err == nil, err
	}
	ok, err = m.save(ctx, engine.Outcome{Run: engine.RecordDeleted(m.run, m.r.clock.Now())})
	if err != nil || !ok {
		return false, err
	}
	return false, m.r.ended(ctx, m.run)
}

func (m *move) advance(in engine.Input) engine.Outcome {
	if m.deadly {
		m.deadly = false
		for _, t := range m.run.Tokens {
			if t.Calling && t.Deaths >= flow.MaxDeaths {
				in = engine.Returned{Visit: t.Visit, Err: &nodes.Error{Code: "crashed", Text: "The server died at this step again and again."}}
			}
		}
	}
	return engine.Advance(m.plan, m.run, m.world, in)
}

// wanted drops the calls that nobody waits for any more.
func (m *move) wanted(calls []engine.Call, run flow.Run) []engine.Call {
	var still []engine.Call
	for _, c := range calls {
		for _, t := range run.Tokens {
			if t.Visit == c.Visit && t.Calling {
				still = append(still, c)
			}
		}
	}
	return still
}

// save stores what was decided and tells watchers.
func (m *move) save(ctx context.Context, out engine.Outcome) (ok bool, err error) {
	run := out.Run
	run.Rev = m.run.Rev
	ok, err = m.r.store.Runs().CAS(ctx, run)
	if err != nil {
		return false, fmt.Errorf("storing run %s: %w", run.ID, err)
	}
	if !ok {
		m.lost = true
		return false, nil
	}
	run.Rev++
	m.run = run
	m.r.publishProgress(run, out.Changed)
	return true, nil
}

// yield gives the run's turn to others. Calls that were wanted are wanted again.
func (m *move) yield(ctx context.Context) error {
	m.r.desk.force(m.run.Flow, m.run.ID)
	return m.r.hint(ctx, m.run, "y")
}

// call runs one effect. A node that panics has failed.
func (m *move) call(ctx context.Context, c engine.Call) (res nodes.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			m.r.log.Error("a node broke", "type", c.Type, "run", m.run.ID, "panic", fmt.Sprint(p))
			err = &nodes.Error{Code: engine.CodePanic, Text: fmt.Sprintf("The node broke: %v", p)}
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	h := m.r.outside.For(engine.Subject(m.plan, m.run, c.Node, c.Visit, m.world.Record))
	res, err = c.Do.Run(ctx, h)
	if after := h.Subject().Record; after.Rev != m.world.Record.Rev {
		// The record may refer to others now: its owner, contact, organization.
		m.world.Record, m.seen = after, time.Time{}
	}
	return res, err
}

// ended is called after a run's last state was stored.
func (r *Runner) ended(ctx context.Context, run flow.Run) error {
	if err := r.releaseGuards(ctx, run); err != nil {
		return fmt.Errorf("releasing the guards of run %s: %w", run.ID, err)
	}
	if f, ok := r.plans.flow(run.Flow); ok && f.State == flow.Draining {
		return r.drained(ctx, f)
	}
	return nil
}
