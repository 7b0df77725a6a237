package engine

import (
	"fmt"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
	"millrace.dev/nodes"
)

// byFirst in Token.Leave leaves by the node's ordinary port: an operator
// skipped the visit.
const byFirst = "^"

// hold parks token i as its node asked.
func (f *flight) hold(i int, res nodes.Result) {
	t := &f.run.Tokens[i]
	h := *res.Hold
	w := &flow.Wait{Kind: flow.WaitDelay, Port: f.p.nodes[t.Node].first, OnTimeout: h.Timeout,
		Wake: f.wake(h), Output: plainMap(res.Output)}
	if len(res.Ports) > 0 {
		w.Port = res.Ports[0]
	}
	if w.Wake != nil && w.Wake.Sub(f.w.Now) > flow.MaxDelay {
		f.fail(i, &nodes.Error{Code: CodeLimitDelay, Text: fmt.Sprintf("The wait until %s is longer than a year.", w.Wake.Format(time.DateOnly))})
		return
	}
	switch {
	case h.Stage != nil:
		w.Kind = flow.WaitStage
		w.Output = with(w.Output, "title", h.Stage.Title, "assignees", plain(h.Stage.Assignees))
	case h.Event != "":
		if !f.await(i, w, h) {
			return
		}
	case w.Wake == nil || !w.Wake.After(f.w.Now): // nothing to wait for
		f.close(t.Visit, flow.StepDone, w.Port, "")
		f.route(i, []string{w.Port}, false)
		return
	}
	t.Wait = w
	if s := f.touch(t.Visit); s != nil {
		s.State, s.Held = flow.StepWaiting, w.Kind
	}
}

func (f *flight) wake(h nodes.Hold) *time.Time {
	switch {
	case !h.Until.IsZero():
		t := h.Until.UTC()
		return &t
	case h.For > 0:
		return f.w.later(h.For)
	}
	return nil
}

// await fills in an event wait: what it is found by, and from where in the
// event log events count. The key is computed now and never changes.
func (f *flight) await(i int, w *flow.Wait, h nodes.Hold) bool {
	w.Kind, w.EventKind = flow.WaitEvent, h.Kind
	if w.OnTimeout == "" {
		w.OnTimeout = "timeout"
	}
	r, id := f.about(h.About)
	if id == "" {
		f.fail(i, &nodes.Error{Code: CodeNoContact, Text: fmt.Sprintf("The record has no %s to wait for.", h.About)})
		return false
	}
	w.Key = flow.WaitKey(r, id, h.Event)
	switch h.Since {
	case "start":
		w.Since = f.run.Origin
	case "now":
		w.Since = f.w.mark()
	default:
		w.Since = f.run.Tokens[i].Mark
	}
	return true
}

// about is the record that an awaited event must be about.
func (f *flight) about(what string) (crm.Resource, string) {
	own := f.run.Resource
	switch what {
	case "contact":
		if own != crm.User {
			return crm.User, f.w.Record.Text("contact")
		}
	case "organization":
		if own != crm.Organization {
			return crm.Organization, f.w.Record.Text("organization")
		}
	}
	return own, f.run.Record
}

// Matches reports whether an event ends a token's wait: it is the awaited one,
// came after the place from which events count and not after the deadline (on
// the deadline, the event wins), was not made by the run itself, and the
// filter holds. w.Log is the event's own position.
func Matches(p *Plan, run flow.Run, tok flow.Token, ev crm.Event, w World) bool {
	wait := tok.Wait
	if wait == nil || wait.Kind != flow.WaitEvent || wait.Key != flow.WaitKey(ev.Resource, ev.Record, ev.Type) {
		return false
	}
	if wait.EventKind != "" && wait.EventKind != ev.Kind {
		return false
	}
	if ev.ID == run.Event.ID || ev.Cause.Run == run.ID && run.ID != "" {
		return false
	}
	if wait.Wake != nil && ev.At.After(*wait.Wake) {
		return false
	}
	own := ev.Resource == run.Resource && ev.Record == run.Record
	if !counts(wait.Since, flow.Position{Gen: w.Log.Gen, Seq: w.Log.Seq, Rev: ev.Rev, At: ev.At}, own) {
		return false
	}
	n := p.nodes[tok.Node]
	if n == nil || n.where == nil {
		return true
	}
	w.Record = imageOf(w.Record, ev)
	ok, err := n.where.Holds(p.scope(run, w, ev), rule.NewBudget())
	return err == nil && ok
}

// counts reports whether an event at a position came after since. Sequences
// compare only within one generation of the log; otherwise the record's
// revision decides for its own events, and time for the rest.
func counts(since, at flow.Position, own bool) bool {
	if since.Seq > 0 && at.Seq > 0 && since.Gen == at.Gen {
		return at.Seq > since.Seq
	}
	if own && at.Rev > 0 {
		return at.Rev > since.Rev
	}
	return at.At.After(since.At)
}

// Resolve decides one wait. It reports false when there is nothing to decide:
// the wait is gone, is of another kind, or its time has not come. The run is
// then Ready; Advance with Resume goes on. For an event w.Log is the event's own
// position.
func Resolve(p *Plan, run flow.Run, visit int, d Decision, w World) (flow.Run, bool) {
	if run.State != flow.Waiting && run.State != flow.Ready {
		return run, false
	}
	for i, t := range run.Tokens {
		if t.Visit != visit || t.Wait == nil {
			continue
		}
		next, ok := decide(t, d, w.Now)
		if !ok {
			return run, false
		}
		if d.Event != nil {
			next.Mark = after(t.Mark, run, *d.Event, w.Log)
		}
		tokens := append([]flow.Token(nil), run.Tokens...)
		tokens[i] = next
		run.Tokens, run.State, run.Updated = tokens, flow.Ready, utc(w.Now)
		return run, true
	}
	return run, false
}

func decide(t flow.Token, d Decision, now time.Time) (flow.Token, bool) {
	wait := t.Wait
	switch {
	case d.Event != nil:
		if wait.Kind != flow.WaitEvent {
			return t, false
		}
		view := plainMap(EventView(*d.Event))
		delete(view, "changed")
		t.Leave, t.With = wait.Port, with(wait.Output, "event", view)
	case d.Finished != nil:
		if wait.Kind != flow.WaitStage {
			return t, false
		}
		t.Leave, t.With = wait.Port, with(wait.Output, "by", d.Finished.By)
		if d.Finished.Port != "" {
			t.Leave = d.Finished.Port
		}
	case d.Timeout:
		if wait.Wake == nil || wait.Wake.After(now) {
			return t, false
		}
		switch {
		case wait.Kind == flow.WaitRetry:
		case wait.Kind == flow.WaitDelay:
			t.Leave, t.With = wait.Port, wait.Output
		default:
			t.Leave, t.With = wait.OnTimeout, with(wait.Output, "timed_out", true)
		}
	default:
		return t, false
	}
	t.Wait = nil
	return t, true
}

// after moves a mark behind an event that ended a wait, so that the same event
// does not end the next one too.
func after(mark flow.Position, run flow.Run, ev crm.Event, log flow.Position) flow.Position {
	next := flow.Position{Gen: log.Gen, Seq: log.Seq, Rev: mark.Rev, At: ev.At}
	if ev.Rev > 0 && ev.Resource == run.Resource && ev.Record == run.Record {
		next.Rev = ev.Rev
	}
	return next
}

// leaveHeld lets a token whose wait was decided leave its node.
func (f *flight) leaveHeld(i int) {
	t := &f.run.Tokens[i]
	n := f.p.nodes[t.Node]
	port, state := t.Leave, flow.StepDone
	if port == byFirst {
		port, state = "out", flow.StepSkipped
		if n != nil {
			port = n.first
		}
	}
	timedOut, with := t.With["timed_out"] == true, t.With
	t.Leave, t.With = "", nil
	f.reopen(t.Visit)
	if !f.fits(i, 0, with) {
		return
	}
	f.output(*t, with)
	f.close(t.Visit, state, port, "")
	f.route(i, []string{port}, timedOut)
}

// Due lists the tokens whose wait has ended by time, earliest first.
func Due(run flow.Run, now time.Time) []flow.Token {
	var due []flow.Token
	for _, t := range run.Tokens {
		if t.Wait == nil || t.Wait.Wake == nil || t.Wait.Wake.After(now) {
			continue
		}
		k := len(due)
		for k > 0 && due[k-1].Wait.Wake.After(*t.Wait.Wake) {
			k--
		}
		due = append(due[:k], append([]flow.Token{t}, due[k:]...)...)
	}
	return due
}

// with is m with more keys and values.
func with(m map[string]any, more ...any) map[string]any {
	out := make(map[string]any, len(m)+len(more)/2)
	for k, v := range m {
		out[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i].(string)] = more[i+1]
	}
	return out
}
