package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// Settle does everything there is to do now: it matches the events that were
// not matched yet and drives every run that is ready.
func (r *Rehearsal) Settle() {
	for {
		switch {
		case r.matched < len(r.log):
			r.matched++
			r.match(r.log[r.matched-1], uint64(r.matched))
		case len(r.ready) > 0:
			id := r.ready[0]
			r.ready = r.ready[1:]
			r.drive(id)
		default:
			return
		}
	}
}

// Reach moves the clock to just before t: every wait that ends earlier ends at
// its own moment. What happens at t itself comes before the waits that end then.
func (r *Rehearsal) Reach(t time.Time) {
	r.Settle()
	for {
		wake := r.wake()
		if wake == nil || !wake.Before(t) {
			break
		}
		r.ring(*wake)
	}
	if t.After(r.now) {
		r.now = t
	}
}

// Finish moves the clock through every wait that ends not after t, and stays at
// the last of them: it reports whether any wait is left.
func (r *Rehearsal) Finish(t time.Time) bool {
	r.Settle()
	for {
		wake := r.wake()
		if wake == nil {
			return false
		}
		if wake.After(t) {
			return true
		}
		r.ring(*wake)
	}
}

func (r *Rehearsal) wake() *time.Time {
	var first *time.Time
	for _, id := range r.order {
		if run := r.runs[id]; run.State == flow.Waiting {
			if w := run.Wake(); w != nil && (first == nil || w.Before(*first)) {
				first = w
			}
		}
	}
	return first
}

// ring ends the waits that are due at a moment.
func (r *Rehearsal) ring(at time.Time) {
	if at.After(r.now) {
		r.now = at
	}
	for _, id := range r.order {
		run := r.runs[id]
		if run.State != flow.Waiting {
			continue
		}
		for _, t := range Due(run, r.now) {
			r.resolve(run.ID, t.Visit, Decision{Timeout: true}, flow.Position{})
		}
	}
	r.Settle()
}

// resolve decides one wait and queues the run.
func (r *Rehearsal) resolve(id string, visit int, d Decision, at flow.Position) bool {
	run := r.runs[id]
	w := World{Now: r.now, Log: at}
	next, ok := Resolve(r.pinned[pin(run.Flow, run.Version)], run, visit, d, w)
	if !ok {
		return false
	}
	r.save(next)
	r.queue(id)
	return true
}

func (r *Rehearsal) queue(id string) {
	if !slices.Contains(r.ready, id) {
		r.ready = append(r.ready, id)
	}
}

// match does what the matcher does with one event: enrollments first, then
// waits.
func (r *Rehearsal) match(ev crm.Event, seq uint64) {
	rec, live := r.Record(ev.Resource, ev.Record)
	if !live {
		rec = crm.Record{Resource: ev.Resource, ID: ev.Record, Rev: ev.Rev, Fields: ev.Before}
		r.bury(ev)
	}
	for _, group := range ByPlan(r.index.Match(ev)) {
		p := group[0].Plan
		w := r.world(p, rec)
		w.Log.Seq = seq
		e, trigger := Consider(group, ev, w)
		r.admit(p, e, trigger, ev, w)
	}
	pos := flow.Position{Gen: "rehearsal", Seq: seq}
	for _, id := range slices.Clone(r.order) {
		for _, t := range r.runs[id].Tokens {
			r.tryEvent(id, t, ev, pos)
		}
	}
}

// bury ends the runs of a record that is gone.
func (r *Rehearsal) bury(ev crm.Event) {
	for _, id := range r.order {
		if run := r.runs[id]; run.Resource == ev.Resource && run.Record == ev.Record && !run.State.Final() {
			r.save(RecordDeleted(run, r.now))
		}
	}
}

// admit applies the guards to an enrollment, and begins the run.
func (r *Rehearsal) admit(p *Plan, e flow.Enrollment, trigger string, ev crm.Event, w World) {
	run := Begin(p, trigger, ev, w)
	e = Admit(p, e, r.standing(p, run, e))
	if !r.decided[e.ID] || e.Reason == ReasonDuplicate {
		r.Enrollments = append(r.Enrollments, e)
	}
	r.decided[e.ID] = true
	if e.OK {
		key := run.Flow + "|" + run.Record
		r.starts[key] = append(r.starts[key], r.now)
		r.save(run)
		r.queue(run.ID)
	}
}

func (r *Rehearsal) standing(p *Plan, run flow.Run, e flow.Enrollment) Standing {
	s := Standing{Duplicate: r.decided[e.ID]}
	guard := GuardKey(p, run)
	for _, id := range r.order {
		other := r.runs[id]
		if other.Flow != run.Flow || !slices.Contains(GuardKeys(other), guard) {
			continue
		}
		s.Past = other.ID
		if !other.State.Final() && s.Blocking == "" {
			s.Blocking = other.ID
		}
	}
	for _, at := range r.starts[run.Flow+"|"+run.Record] {
		if r.now.Sub(at) < flow.StartsWindow {
			s.Starts++
		}
	}
	return s
}

// tryEvent ends a token's wait if the event is the awaited one.
func (r *Rehearsal) tryEvent(id string, t flow.Token, ev crm.Event, pos flow.Position) bool {
	run := r.runs[id]
	if t.Wait == nil || run.State != flow.Waiting && run.State != flow.Ready {
		return false
	}
	p := r.pinned[pin(run.Flow, run.Version)]
	rec, live := r.Record(run.Resource, run.Record)
	if !live {
		return false
	}
	w := r.world(p, rec)
	w.Log = pos
	return Matches(p, run, t, ev, w) && r.resolve(id, t.Visit, Decision{Event: &ev}, pos)
}

// drive is one activation: it advances a run and does its calls until the run
// rests, then looks back for events that came before its waits.
func (r *Rehearsal) drive(id string) {
	run := r.runs[id]
	p := r.pinned[pin(run.Flow, run.Version)]
	out := r.advance(p, run, Resume{})
	for calls := out.Calls; len(calls) > 0; {
		c := calls[0]
		calls = calls[1:]
		res, err := r.perform(p, c, r.runs[id])
		out = r.advance(p, r.runs[id], Returned{Visit: c.Visit, Result: res, Err: err})
		calls = append(calls, out.Calls...)
		if out.Run.State.Final() {
			return
		}
	}
	switch out.Run.State {
	case flow.Ready:
		r.queue(id)
	case flow.Waiting:
		r.lookBack(id)
	}
}

func (r *Rehearsal) advance(p *Plan, run flow.Run, in Input) Outcome {
	rec, live := r.Record(run.Resource, run.Record)
	if !live {
		return Outcome{Run: r.save(RecordDeleted(run, r.now))}
	}
	out := Advance(p, run, r.world(p, rec), in)
	out.Run = r.save(out.Run)
	return out
}

func (r *Rehearsal) lookBack(id string) {
	for _, t := range r.runs[id].Tokens {
		if t.Wait == nil || t.Wait.Kind != flow.WaitEvent {
			continue
		}
		for i := int(t.Wait.Since.Seq); i < len(r.log); i++ {
			if r.tryEvent(id, t, r.log[i], flow.Position{Gen: "rehearsal", Seq: uint64(i + 1)}) {
				break
			}
		}
	}
}

// perform does one call.
func (r *Rehearsal) perform(p *Plan, c Call, run flow.Run) (res nodes.Result, err error) {
	if r.Fault != nil {
		if err := r.Fault(run, c); err != nil {
			return res, err
		}
	}
	rec, live := r.Record(run.Resource, run.Record)
	if !live {
		return res, flow.Errorf(flow.CodeNotFound, "the record is gone")
	}
	host := &rehearsalHost{r: r, subject: Subject(p, run, c.Node, c.Visit, rec)}
	res, err = r.run(c, host)
	if r.Twice {
		for _, same := range Advance(p, run, r.world(p, rec), Resume{}).Calls {
			if same.Key == c.Key {
				res, err = r.run(same, host)
			}
		}
	}
	if r.During != nil {
		r.During(run, c)
	}
	return res, err
}

func (r *Rehearsal) run(c Call, h nodes.Host) (res nodes.Result, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = &nodes.Error{Code: CodePanic, Text: fmt.Sprintf("The node broke: %v", broken)}
		}
	}()
	return c.Do.Run(context.Background(), h)
}

// Start starts a flow on a record by a person's will.
func (r *Rehearsal) Start(flowID, record, by string) error {
	i := slices.IndexFunc(r.plans, func(p *Plan) bool { return p.flow == flowID })
	if i < 0 {
		return flow.Errorf(flow.CodeNotFound, "no flow %s takes records in", flowID)
	}
	p := r.plans[i]
	trigger, ok := p.Manual()
	rec, live := r.Record(p.resource, record)
	if !ok || !live {
		return flow.Errorf(flow.CodeNotFound, "flow %s cannot start on %s", flowID, record)
	}
	ev := crm.Event{ID: fmt.Sprintf("manual:%d:%d", len(r.log), len(r.order)), Type: "manual", Resource: p.resource, Record: record, At: r.now, Actor: by}
	w := r.world(p, rec)
	r.admit(p, Enroll(p, ev, w), trigger, ev, w)
	return nil
}

// FinishStage ends the stage where the newest run of a flow on a record rests.
func (r *Rehearsal) FinishStage(flowID, record, node, port, by string) error {
	run, ok := r.Find(flowID, record)
	for _, t := range run.Tokens {
		if ok && t.Node == node && r.resolve(run.ID, t.Visit, Decision{Finished: &Finished{By: by, Port: port}}, flow.Position{}) {
			return nil
		}
	}
	return flow.Errorf(flow.CodeNotFound, "no run of %s rests at %s with %s", flowID, node, record)
}

// Operate cancels, retries or skips the newest run of a flow on a record; word
// is "cancel", "retry" or "skip".
func (r *Rehearsal) Operate(word, flowID, record, by string) error {
	run, _ := r.Find(flowID, record)
	if word == "cancel" && run.ID != "" {
		r.save(Cancel(run, by, r.now))
		return nil
	}
	for _, t := range run.Tokens {
		revived, ok := Retry(run, t.Visit, r.now)
		if word == "skip" {
			revived, ok = Skip(run, t.Visit, r.now)
		}
		if ok {
			r.save(revived)
			r.queue(run.ID)
			return nil
		}
	}
	return flow.Errorf(flow.CodeNotFound, "nothing to %s in %s on %s", word, flowID, record)
}
