package runner

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"millrace.dev/bus"
	"millrace.dev/crm"
	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// match handles one event of the log: it ends the waits that the event ends and
// starts the runs that it starts. Events of one record come in order, one at a
// time. Repeating it changes nothing. What breaks the matcher is left behind,
// loudly: it must hold up neither other flows nor other records.
func (r *Runner) match(ctx context.Context, l bus.Logged) error {
	ev := l.Event
	if err := r.unbroken(ev, func() error { return r.resolveWaits(ctx, l) }); err != nil {
		return fmt.Errorf("matching waits with event %s: %w", ev.ID, err)
	}
	var groups [][]engine.Candidate
	_ = r.unbroken(ev, func() error { groups = engine.ByPlan(r.plans.triggers().Match(ev)); return nil }) // it never fails
	for _, group := range groups {
		if err := r.unbroken(ev, func() error { return r.consider(ctx, group, l) }); err != nil {
			return fmt.Errorf("matching flow %s with event %s: %w", group[0].Plan.Flow(), ev.ID, err)
		}
	}
	if ev.Type == string(ev.Resource)+"."+string(store.OpDelete) {
		if err := r.unbroken(ev, func() error { return r.endDeleted(ctx, ev) }); err != nil {
			return fmt.Errorf("ending the runs of %s %s: %w", ev.Resource, ev.Record, err)
		}
	}
	r.publishEvent(ev)
	return nil
}

// unbroken does one part of matching an event; its panic is logged and passed
// over.
func (r *Runner) unbroken(ev crm.Event, part func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("an event broke the matcher", "event", ev.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = nil
		}
	}()
	return part()
}

// consider decides about one flow whose triggers fit the event.
func (r *Runner) consider(ctx context.Context, group []engine.Candidate, l bus.Logged) error {
	w, err := r.worldOfEvent(ctx, group[0].Plan, l)
	if err != nil {
		return err
	}
	e, trigger := engine.Consider(group, l.Event, w)
	if l.Tries > 1 || l.Seq <= r.relay.repeats.Load() {
		if decided, err := r.decided(ctx, e.ID); err != nil || decided {
			return err
		}
	}
	_, err = r.admit(ctx, group[0].Plan, trigger, l.Event, w, e)
	return err
}

// worldOfEvent is the world in which an event is considered: the record as the
// event left it.
func (r *Runner) worldOfEvent(ctx context.Context, p *engine.Plan, l bus.Logged) (engine.World, error) {
	ev := l.Event
	if ev.Type == string(ev.Resource)+"."+string(store.OpCreate) && ev.After != nil {
		rec := crm.Record{Resource: ev.Resource, ID: ev.Record, Rev: ev.Rev, Fields: ev.After, CreatedAt: ev.At, UpdatedAt: ev.At}
		return r.around(ctx, p, rec, l.Position())
	}
	w, err := r.world(ctx, p, ev.Resource, ev.Record, l.Position())
	if isNotFound(err) { // deleted in the meantime: the run, if any, will end so
		fields := ev.After
		if fields == nil {
			fields = ev.Before
		}
		rec := crm.Record{Resource: ev.Resource, ID: ev.Record, Rev: ev.Rev, Fields: fields, UpdatedAt: ev.At}
		return r.around(ctx, p, rec, l.Position())
	}
	return w, err
}

// world reads the live record and what stands around it.
func (r *Runner) world(ctx context.Context, p *engine.Plan, res crm.Resource, id string, log flow.Position) (engine.World, error) {
	rec, err := r.store.Records().Load(ctx, res, id)
	if err != nil {
		return engine.World{}, err
	}
	return r.around(ctx, p, rec, log)
}

func (r *Runner) around(ctx context.Context, p *engine.Plan, rec crm.Record, log flow.Position) (engine.World, error) {
	w := engine.World{Now: r.clock.Now(), Record: rec, Log: log}
	needs := p.Needs()
	var errs [3]error
	if id := rec.Text("owner"); needs.Owner && id != "" {
		w.Owner, errs[0] = r.member(ctx, id)
	}
	if id := rec.Text("organization"); needs.Org && id != "" {
		w.Org, errs[1] = r.other(ctx, crm.Organization, id)
	}
	if id := rec.Text("contact"); needs.Contact && id != "" {
		w.Contact, errs[2] = r.other(ctx, crm.User, id)
	}
	return w, errors.Join(errs[:]...)
}

func (r *Runner) member(ctx context.Context, id string) (*crm.Member, error) {
	m, err := read[crm.Member](ctx, r.store.Shelf(store.Members), id)
	if isNotFound(err) {
		return nil, nil
	}
	return &m, err
}

func (r *Runner) other(ctx context.Context, res crm.Resource, id string) (*crm.Record, error) {
	rec, err := r.store.Records().Load(ctx, res, id)
	if isNotFound(err) {
		return nil, nil
	}
	return &rec, err
}

// now is the end of the event log.
func (r *Runner) now() flow.Position {
	return flow.Position{Gen: r.bus.Generation(), Seq: r.bus.LastSeq(), At: r.clock.Now()}
}
