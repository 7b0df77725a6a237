package runner

import (
	"context"
	"encoding/json"
	"fmt"

	"millrace.dev/crm"
	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// decided reports whether an event was decided on before; a run that it started
// is hinted again, should it stand still.
func (r *Runner) decided(ctx context.Context, enrollment string) (bool, error) {
	old, err := read[flow.Enrollment](ctx, r.store.Shelf(store.Enrollments), enrollment)
	if isNotFound(err) {
		return false, nil
	}
	if err == nil && old.OK {
		err = r.hintIfReady(ctx, old.Run)
	}
	return true, err
}

// admit carries out a decision to let a record in, or the reason not to: it
// takes the guards, inserts the run, writes the enrollment down and queues the
// run, in this order. Repeated for the same event it finds what is there.
func (r *Runner) admit(ctx context.Context, p *engine.Plan, trigger string, ev crm.Event, w engine.World, e flow.Enrollment) (flow.Enrollment, error) {
	if e = engine.Admit(p, e, engine.Standing{Starts: r.startsOf(ctx, p, e)}); !e.OK {
		if e.Reason == engine.ReasonLoop {
			r.log.Warn("flow locked on a record: it starts again and again", "flow", e.Flow, "record", e.Record)
		}
		return e, r.enroll(ctx, e)
	}
	run := engine.Begin(p, trigger, ev, w)
	standing, err := r.takeGuards(ctx, p, run)
	if err != nil {
		return e, fmt.Errorf("taking the guards of run %s: %w", run.ID, err)
	}
	if e = engine.Admit(p, e, standing); !e.OK {
		return e, r.enroll(ctx, e)
	}
	return e, r.insert(ctx, run, e)
}

// insert stores a new run: ready, or queued when the flow has its fill.
func (r *Runner) insert(ctx context.Context, run flow.Run, e flow.Enrollment) error {
	admitted := r.desk.enter(run.Flow, run.ID)
	if !admitted {
		run.State = flow.Queued
	}
	created, err := r.store.Runs().Insert(ctx, run)
	if err != nil {
		r.desk.drop(run.Flow, run.ID)
		return fmt.Errorf("inserting run %s: %w", run.ID, err)
	}
	if !created {
		return r.inserted(ctx, run, e)
	}
	r.loops.add(run.Flow, run.Record, run.Started)
	run.Rev = 1
	if !admitted {
		r.desk.queue(run.Flow)
		r.publishProgress(run, nil)
		return r.enroll(ctx, e)
	}
	if err := r.enroll(ctx, e); err != nil {
		return err
	}
	r.young.Store(run.ID, run)
	if err := r.hint(ctx, run, ""); err != nil {
		r.young.Delete(run.ID)
		return err
	}
	return nil
}

// inserted finishes what a process began that died after inserting the run.
func (r *Runner) inserted(ctx context.Context, run flow.Run, e flow.Enrollment) error {
	old, err := r.store.Runs().Load(ctx, run.ID)
	if err != nil {
		return err
	}
	if old.State.Final() {
		r.desk.drop(run.Flow, run.ID)
		if err := r.releaseGuards(ctx, old); err != nil {
			return err
		}
	} else if err := r.hintIfReady(ctx, old.ID); err != nil {
		return err
	}
	return r.enroll(ctx, e)
}

// enroll writes a decision down; the first one of an event stands.
func (r *Runner) enroll(ctx context.Context, e flow.Enrollment) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encoding enrollment %s: %w", e.ID, err)
	}
	_, err = r.store.Shelf(store.Enrollments).Insert(ctx, store.Doc{
		ID: e.ID, Keys: map[string]string{"flow": e.Flow, "record": e.Record, "recent": e.Flow + "|" + store.Recent(e.At)}, Body: body,
	})
	if err != nil {
		return fmt.Errorf("keeping enrollment %s: %w", e.ID, err)
	}
	return nil
}

// read loads one document of a shelf.
func read[T any](ctx context.Context, shelf store.Shelf, id string) (v T, err error) {
	doc, err := shelf.Load(ctx, id)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(doc.Body, &v); err != nil {
		return v, fmt.Errorf("reading %s: %w", id, err)
	}
	return v, nil
}
