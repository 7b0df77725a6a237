package runner

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"millrace.dev/crm"
	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// FlowsChanged makes published versions, flow states and custom fields take
// effect. What cannot be read now is read again by the reconciler.
func (r *Runner) FlowsChanged(ctx context.Context) {
	paused := map[string]bool{}
	for _, f := range r.plans.all() {
		paused[f.ID] = f.State == flow.Paused
	}
	ctx = context.WithoutCancel(ctx)
	if err := r.plans.reload(ctx); err != nil {
		r.log.Warn("reading what is published: later", "err", err)
		return
	}
	if !r.Ready() {
		return
	}
	resumed := false
	for _, f := range r.plans.all() {
		resumed = resumed || paused[f.ID] && f.State != flow.Paused
	}
	if resumed {
		if err := r.resume(ctx, paused); err != nil {
			r.log.Warn("resuming flows: later", "err", err)
		}
	}
	if err := r.drainAll(ctx); err != nil {
		r.log.Warn("ending drained flows: later", "err", err)
	}
}

// resume hints the ready runs of flows that were paused.
func (r *Runner) resume(ctx context.Context, paused map[string]bool) error {
	err := r.eachReady(ctx, store.RunQuery{}, func(run flow.Run) error {
		if f, _ := r.plans.flow(run.Flow); !paused[run.Flow] || f.State == flow.Paused {
			return nil
		}
		r.desk.force(run.Flow, run.ID)
		return r.hint(ctx, run, "p")
	})
	if err != nil {
		return err
	}
	return r.pumpAll(ctx)
}

// StartManually lets records into an active flow by a person's will: conditions
// are passed over, the guards are not. One enrollment for each record, in order;
// when one of them is not there, none is let in.
func (r *Runner) StartManually(ctx context.Context, flowID string, res crm.Resource, ids []string, by string) ([]flow.Enrollment, error) {
	f, ok := r.plans.flow(flowID)
	switch {
	case !ok:
		return nil, flow.Errorf(flow.CodeNotFound, "there is no flow %s", flowID)
	case f.State != flow.Active || f.Active == 0:
		return nil, flow.Errorf(flow.CodeConflict, "the flow is not active: activate it first")
	case f.Resource != res:
		return nil, flow.Errorf(flow.CodeInvalid, "the flow is for %s, not for %s", f.Resource.Plural(), res.Plural())
	}
	p, err := r.plans.plan(ctx, flowID, f.Active)
	if err != nil {
		return nil, err
	}
	trigger, ok := p.Manual()
	if !ok {
		return nil, flow.Errorf(flow.CodeConflict, "the flow has no trigger")
	}
	for _, id := range ids {
		if _, err := r.store.Records().Load(ctx, res, id); err != nil {
			return nil, err
		}
	}
	ctx = context.WithoutCancel(ctx) // what was begun is finished
	made := make([]flow.Enrollment, 0, len(ids))
	for _, id := range ids {
		at := r.now()
		w, err := r.world(ctx, p, res, id, at)
		if err != nil {
			return made, err
		}
		ev := crm.Event{ID: "manual:" + uuid.NewString(), Type: "manual", Resource: res, Record: id, At: at.At, Actor: by}
		e, err := r.admit(ctx, p, trigger, ev, w, engine.Enroll(p, ev, w))
		if err != nil {
			return made, fmt.Errorf("starting flow %s on %s: %w", flowID, id, err)
		}
		made = append(made, e)
	}
	return made, nil
}

// FinishStage ends people's work at a stage; flow.CodeConflict when the run is
// not at it any more.
func (r *Runner) FinishStage(ctx context.Context, runID string, visit int, by string) error {
	return r.change(ctx, runID, func(run flow.Run) (flow.Run, error) {
		p, err := r.plans.plan(ctx, run.Flow, run.Version)
		if err != nil {
			return run, err
		}
		next, ok := engine.Resolve(p, run, visit, engine.Decision{Finished: &engine.Finished{By: by}}, engine.World{Now: r.clock.Now(), Log: r.now()})
		if !ok {
			return run, flow.Errorf(flow.CodeConflict, "the run is not at this stage any more")
		}
		return next, nil
	})
}

// Cancel ends an unfinished run; flow.CodeConflict when it has ended.
func (r *Runner) Cancel(ctx context.Context, runID, by string) error {
	return r.change(ctx, runID, func(run flow.Run) (flow.Run, error) {
		if run.State.Final() {
			return run, flow.Errorf(flow.CodeConflict, "the run has ended already")
		}
		return engine.Cancel(run, by, r.clock.Now()), nil
	})
}

// Retry tries a failed visit again; 0 means the run's failed one.
func (r *Runner) Retry(ctx context.Context, runID string, visit int, by string) error {
	return r.change(ctx, runID, func(run flow.Run) (flow.Run, error) {
		next, ok := engine.Retry(run, failedVisit(run, visit), r.clock.Now())
		if !ok {
			return run, flow.Errorf(flow.CodeConflict, "there is nothing to try again at this step")
		}
		return next, nil
	})
}

// Skip leaves a failed visit by its node's ordinary port; 0 means the run's
// failed one.
func (r *Runner) Skip(ctx context.Context, runID string, visit int, by string) error {
	return r.change(ctx, runID, func(run flow.Run) (flow.Run, error) {
		next, ok := engine.Skip(run, failedVisit(run, visit), r.clock.Now())
		if !ok {
			return run, flow.Errorf(flow.CodeConflict, "there is nothing to skip at this step")
		}
		return next, nil
	})
}

func failedVisit(run flow.Run, visit int) int {
	for _, t := range run.Tokens {
		if visit == 0 && t.Failed {
			return t.Visit
		}
	}
	return visit
}

// change applies a decision to a run: state by compare-and-set, then the hint,
// or what the end of a run asks for.
func (r *Runner) change(ctx context.Context, runID string, decide func(flow.Run) (flow.Run, error)) error {
	ctx = context.WithoutCancel(ctx)
	for {
		run, err := r.store.Runs().Load(ctx, runID)
		if err != nil {
			return err
		}
		next, err := decide(run)
		if err != nil {
			return err
		}
		if next.State == run.State && next.State.Final() {
			return nil
		}
		won, err := r.store.Runs().CAS(ctx, next)
		if err != nil {
			return fmt.Errorf("storing run %s: %w", runID, err)
		}
		if !won {
			continue
		}
		next.Rev++
		r.publishProgress(next, next.Steps)
		if next.State.Final() {
			r.left(ctx, next.Flow, next.ID)
			return r.ended(ctx, next)
		}
		r.desk.force(next.Flow, next.ID)
		return r.hint(ctx, next, "")
	}
}
