package runner

import (
	"context"
	"encoding/json"
	"time"

	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// guard is the document behind "<flow>|<key>": the unfinished run of the key, or
// the last one where a key may come only once. Inserting it is what decides
// between two events that race.
type guard struct {
	Run string    `json:"run"`
	At  time.Time `json:"at"`
}

func guardDoc(flowID, key, run string, at time.Time) (store.Doc, error) {
	body, err := json.Marshal(guard{Run: run, At: at})
	return store.Doc{ID: flowID + "|" + key, Keys: map[string]string{"run": run}, Body: body}, err
}

// takeGuards takes the guard that decides for the run, and its other ones where
// they are free. The standing names who holds the deciding one.
func (r *Runner) takeGuards(ctx context.Context, p *engine.Plan, run flow.Run) (engine.Standing, error) {
	if p.Settings().Reentry == flow.Parallel {
		return engine.Standing{}, nil
	}
	decider := engine.GuardKey(p, run)
	standing, err := r.takeGuard(ctx, p, run, decider)
	if err != nil || standing.Blocking != "" || standing.Past != "" {
		return standing, err
	}
	for _, key := range engine.GuardKeys(run) {
		if key == decider {
			continue
		}
		doc, err := guardDoc(run.Flow, key, run.ID, run.Started)
		if err != nil {
			return standing, err
		}
		if _, err := r.store.Shelf(store.Guards).Insert(ctx, doc); err != nil {
			return standing, err
		}
	}
	return standing, nil
}

func (r *Runner) takeGuard(ctx context.Context, p *engine.Plan, run flow.Run, key string) (engine.Standing, error) {
	shelf := r.store.Shelf(store.Guards)
	doc, err := guardDoc(run.Flow, key, run.ID, run.Started)
	if err != nil {
		return engine.Standing{}, err
	}
	for {
		created, err := shelf.Insert(ctx, doc)
		if err != nil || created {
			return engine.Standing{}, err
		}
		old, err := shelf.Load(ctx, doc.ID)
		if isNotFound(err) {
			continue // released a moment ago
		}
		if err != nil {
			return engine.Standing{}, err
		}
		holder := old.Keys["run"]
		if holder == run.ID {
			return engine.Standing{}, nil
		}
		over, err := r.isOver(ctx, holder)
		switch {
		case err != nil:
			return engine.Standing{}, err
		case !over:
			return engine.Standing{Blocking: holder}, nil
		case p.Settings().Reentry == flow.OnceEver:
			return engine.Standing{Past: holder}, nil
		}
		// Its run has ended without releasing it: take it over.
		doc.Rev = old.Rev
		if ok, err := shelf.CAS(ctx, doc); err != nil || ok {
			return engine.Standing{}, err
		}
	}
}

// isOver reports whether a run has ended. One that is not there is about to be
// inserted.
func (r *Runner) isOver(ctx context.Context, run string) (bool, error) {
	old, err := r.store.Runs().Load(ctx, run)
	if isNotFound(err) {
		return false, nil
	}
	return old.State.Final(), err
}

// releaseGuards lets the run's keys in again. Where a key may come only once,
// its guard stays for good.
func (r *Runner) releaseGuards(ctx context.Context, run flow.Run) error {
	p, err := r.plans.plan(ctx, run.Flow, run.Version)
	if err != nil && !isNotFound(err) {
		return err
	}
	shelf := r.store.Shelf(store.Guards)
	for _, key := range engine.GuardKeys(run) {
		if p != nil && (p.Settings().Reentry == flow.Parallel || p.Settings().Reentry == flow.OnceEver && key == engine.GuardKey(p, run)) {
			continue
		}
		id := run.Flow + "|" + key
		doc, err := shelf.Load(ctx, id)
		if isNotFound(err) || err == nil && doc.Keys["run"] != run.ID {
			continue
		}
		if err != nil {
			return err
		}
		// At the revision that was read: a new run may have taken it over since.
		if _, err := shelf.Remove(ctx, id, doc.Rev); err != nil {
			return err
		}
	}
	return nil
}
