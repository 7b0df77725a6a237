package runner

import (
	"context"
	"strings"

	"millrace.dev/bus"
	"millrace.dev/crm"
	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// resolveWaits ends the waits that an event ends.
func (r *Runner) resolveWaits(ctx context.Context, l bus.Logged) error {
	key := flow.WaitKey(l.Event.Resource, l.Event.Record, l.Event.Type)
	for after := ""; ; {
		refs, err := r.store.Runs().Waiting(ctx, key, after, 200)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if err := r.resolveWait(ctx, ref.ID, key, l); err != nil {
				return err
			}
		}
		if len(refs) < 200 {
			return nil
		}
		after = refs[len(refs)-1].ID
	}
}

// resolveWait ends one run's wait for the key, if the event is the awaited one.
// Losing the race for the run means looking again: the wait may be gone, or
// another token's.
func (r *Runner) resolveWait(ctx context.Context, runID, key string, l bus.Logged) error {
	for {
		run, err := r.store.Runs().Load(ctx, runID)
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		p, w, err := r.worldOf(ctx, run, l.Position())
		if isNotFound(err) {
			return nil // the record's deletion ends the run
		}
		if err != nil {
			return err
		}
		next, ok := decideEvent(p, run, key, l, w)
		if !ok {
			return nil
		}
		won, err := r.store.Runs().CAS(ctx, next)
		if err != nil {
			return err
		}
		if won {
			next.Rev++
			r.desk.force(next.Flow, next.ID)
			return r.hint(ctx, next, "")
		}
	}
}

// decideEvent ends the tokens' waits for the key that the event ends.
func decideEvent(p *engine.Plan, run flow.Run, key string, l bus.Logged, w engine.World) (flow.Run, bool) {
	decided := false
	for _, t := range run.Tokens {
		if t.Wait == nil || t.Wait.Key != key || !engine.Matches(p, run, t, l.Event, w) {
			continue
		}
		if next, ok := engine.Resolve(p, run, t.Visit, engine.Decision{Event: &l.Event}, w); ok {
			run, decided = next, true
		}
	}
	return run, decided
}

// lookBack searches the log for events that came before the wait did: of every
// event wait of the run the first one that ends it.
func (r *Runner) lookBack(ctx context.Context, p *engine.Plan, run flow.Run) (flow.Run, bool, error) {
	decided := false
	for _, t := range run.Tokens {
		if t.Wait == nil || t.Wait.Kind != flow.WaitEvent {
			continue
		}
		next, ok, err := r.lookBackFor(ctx, p, run, t)
		if err != nil {
			return run, decided, err
		}
		if ok {
			run, decided = next, true
		}
	}
	return run, decided, nil
}

func (r *Runner) lookBackFor(ctx context.Context, p *engine.Plan, run flow.Run, t flow.Token) (flow.Run, bool, error) {
	res, id, typ := splitKey(t.Wait.Key)
	after := uint64(0)
	if t.Wait.Since.Gen == r.bus.Generation() {
		after = t.Wait.Since.Seq
	}
	for l, err := range r.bus.LookBack(ctx, after, res, id, typ) {
		if err != nil {
			return run, false, err
		}
		_, w, err := r.worldOf(ctx, run, l.Position())
		if isNotFound(err) {
			return run, false, nil
		}
		if err != nil {
			return run, false, err
		}
		if next, ok := decideEvent(p, run, t.Wait.Key, l, w); ok {
			return next, true, nil
		}
	}
	return run, false, nil
}

// splitKey undoes flow.WaitKey.
func splitKey(key string) (res crm.Resource, id, typ string) {
	resource, rest, _ := strings.Cut(key, ":")
	if i := strings.LastIndexByte(rest, '|'); i >= 0 {
		id, typ = rest[:i], rest[i+1:]
	}
	return crm.Resource(resource), id, typ
}

// worldOf is a run's plan and world.
func (r *Runner) worldOf(ctx context.Context, run flow.Run, log flow.Position) (*engine.Plan, engine.World, error) {
	p, err := r.plans.plan(ctx, run.Flow, run.Version)
	if err != nil {
		return nil, engine.World{}, err
	}
	w, err := r.world(ctx, p, run.Resource, run.Record, log)
	return p, w, err
}

// endDeleted ends the unfinished runs of a record that is gone.
func (r *Runner) endDeleted(ctx context.Context, ev crm.Event) error {
	for after := ""; ; {
		runs, err := r.store.Runs().List(ctx, store.RunQuery{Record: ev.Record, AfterID: after, Limit: 200,
			States: []flow.RunState{flow.Queued, flow.Ready, flow.Waiting, flow.Incident}})
		if err != nil {
			return err
		}
		for _, run := range runs {
			if run.Resource != ev.Resource {
				continue
			}
			end := func(run flow.Run) (flow.Run, error) { return engine.RecordDeleted(run, r.clock.Now()), nil }
			if err := r.change(ctx, run.ID, end); err != nil {
				return err
			}
		}
		if len(runs) < 200 {
			return nil
		}
		after = runs[len(runs)-1].ID
	}
}
