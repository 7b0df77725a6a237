package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// staleAfter is how long a ready run may stand still before it is hinted again.
const staleAfter = time.Minute

// reconcile repairs what crashes and lost messages left behind. Each part is
// tried, whatever became of the others.
func (r *Runner) reconcile(ctx context.Context) error {
	_, err := r.relay.scan(ctx, r.clock.Now().Add(-10*time.Second))
	return errors.Join(
		err,
		r.plans.reload(ctx),
		r.hintStale(ctx),
		r.pumpAll(ctx),
		r.tidyGuards(ctx),
		r.drainAll(ctx),
	)
}

// revive hints every ready run, at the start: their hints may be lost with the
// bus, and nobody else is moving them.
func (r *Runner) revive(ctx context.Context) error {
	err := r.eachReady(ctx, store.RunQuery{}, func(run flow.Run) error {
		for _, t := range run.Tokens {
			if t.Calling {
				r.revived.Store(run.ID, true)
			}
		}
		r.desk.force(run.Flow, run.ID)
		return r.hint(ctx, run, "b")
	})
	if err != nil {
		return fmt.Errorf("reviving runs: %w", err)
	}
	return r.pumpAll(ctx)
}

// hintStale hints ready runs that have stood still and are not under way.
func (r *Runner) hintStale(ctx context.Context) error {
	return r.eachReady(ctx, store.RunQuery{StaleBefore: r.clock.Now().Add(-staleAfter)}, func(run flow.Run) error {
		if r.paused(run.Flow) || r.desk.has(run.Flow, run.ID) {
			return nil
		}
		r.desk.force(run.Flow, run.ID)
		return r.hint(ctx, run, "s")
	})
}

func (r *Runner) eachReady(ctx context.Context, q store.RunQuery, do func(flow.Run) error) error {
	q.States, q.Limit = []flow.RunState{flow.Ready}, 500
	for {
		runs, err := r.store.Runs().List(ctx, q)
		if err != nil {
			return err
		}
		for _, run := range runs {
			if err := do(run); err != nil {
				return err
			}
		}
		if len(runs) < q.Limit {
			return nil
		}
		q.AfterID = runs[len(runs)-1].ID
	}
}

// pumpAll fills up every flow that has queued runs and is not paused.
func (r *Runner) pumpAll(ctx context.Context) error {
	for _, f := range r.plans.all() {
		if f.State == flow.Paused {
			continue
		}
		counts, err := r.store.Runs().Counts(ctx, f.ID)
		if err != nil {
			return err
		}
		for _, c := range counts {
			if c.State == flow.Queued && c.N > 0 {
				r.desk.queue(f.ID)
			}
		}
		if r.desk.pump(f.ID) {
			if err := r.pump(ctx, f.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// tidyGuards drops guards whose run has ended or never came to be. They do no
// harm, a new run takes them over; but they would stay for ever.
func (r *Runner) tidyGuards(ctx context.Context) error {
	shelf := r.store.Shelf(store.Guards)
	docs, err := shelf.List(ctx, store.ShelfQuery{After: r.guardsAfter, Limit: 500})
	if err != nil {
		return fmt.Errorf("listing guards: %w", err)
	}
	r.guardsAfter = ""
	if len(docs) == 500 {
		r.guardsAfter = docs[len(docs)-1].ID
	}
	for _, d := range docs {
		var g guard
		if err := json.Unmarshal(d.Body, &g); err != nil {
			return fmt.Errorf("reading guard %s: %w", d.ID, err)
		}
		run, err := r.store.Runs().Load(ctx, g.Run)
		switch {
		case isNotFound(err) && r.clock.Now().Sub(g.At) > time.Hour:
			if _, err := shelf.Remove(ctx, d.ID, d.Rev); err != nil {
				return err
			}
		case err == nil && run.State.Final():
			if err := r.releaseGuards(ctx, run); err != nil {
				return err
			}
		}
	}
	return nil
}

// drainAll turns the draining flows inactive that have nothing inside.
func (r *Runner) drainAll(ctx context.Context) error {
	for _, f := range r.plans.all() {
		if f.State == flow.Draining {
			if err := r.drained(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// drained turns a draining flow inactive once its last run has ended.
func (r *Runner) drained(ctx context.Context, f flow.Flow) error {
	counts, err := r.store.Runs().Counts(ctx, f.ID)
	if err != nil {
		return fmt.Errorf("counting the runs of flow %s: %w", f.ID, err)
	}
	for _, c := range counts {
		if c.N > 0 && !c.State.Final() {
			return nil
		}
	}
	shelf := r.store.Shelf(store.Flows)
	doc, err := shelf.Load(ctx, f.ID)
	if err != nil {
		return fmt.Errorf("loading flow %s: %w", f.ID, err)
	}
	if err := json.Unmarshal(doc.Body, &f); err != nil {
		return fmt.Errorf("reading flow %s: %w", f.ID, err)
	}
	if f.State != flow.Draining {
		return nil
	}
	f.State, f.Rev, f.UpdatedAt = flow.Inactive, f.Rev+1, r.clock.Now()
	if doc.Body, err = json.Marshal(f); err != nil {
		return fmt.Errorf("encoding flow %s: %w", f.ID, err)
	}
	ok, err := shelf.CAS(ctx, doc)
	if err != nil {
		return fmt.Errorf("storing flow %s: %w", f.ID, err)
	}
	if !ok {
		return nil // somebody has decided otherwise; the reconciler looks again
	}
	return r.plans.reload(ctx)
}
