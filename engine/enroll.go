package engine

import (
	"fmt"
	"strings"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
)

// Reasons for not letting a record in, in flow.Enrollment.Reason.
const (
	ReasonCondition = "condition"
	ReasonActive    = "already_active"
	ReasonOnce      = "once_ever"
	ReasonDuplicate = "duplicate"
	ReasonSelf      = "self_trigger"
	ReasonDepth     = "chain_depth"
	ReasonLoop      = "loop_locked"
	ReasonError     = "error"
)

// Consider decides all that needs no store about an event and the candidates of
// one flow (see ByPlan): the first trigger whose condition holds wins, then
// come the loop rules. The trigger is where Begin starts.
func Consider(cs []Candidate, ev crm.Event, w World) (e flow.Enrollment, trigger string) {
	e = enrollment(cs[0].Plan, ev, w)
	no := refuse(e, ReasonCondition, "")
	for _, c := range cs {
		ok, broken, detail := c.accepts(w, ev)
		if ok {
			return looped(cs[0].Plan, e, ev), c.Trigger
		}
		if broken {
			no.Reason, no.Detail = ReasonError, detail
		} else if no.Detail == "" {
			no.Detail = detail
		}
	}
	return no, ""
}

// Enroll is the decision to let a record in that a person chose: conditions are
// passed over, the guards of Admit are not.
func Enroll(p *Plan, ev crm.Event, w World) flow.Enrollment { return enrollment(p, ev, w) }

func enrollment(p *Plan, ev crm.Event, w World) flow.Enrollment {
	return flow.Enrollment{ID: p.flow + "|" + ev.ID, Flow: p.flow, Version: p.version, Event: ev.ID,
		Resource: p.resource, Record: w.Record.ID, Title: w.Record.Title(), OK: true,
		Run: flow.RunID(p.flow, ev.ID), At: w.Now}
}

// looped refuses what would go round in circles. The chain is read from the
// event, where every write stores it.
func looped(p *Plan, e flow.Enrollment, ev crm.Event) flow.Enrollment {
	switch {
	case !p.settings.AllowSelf && ev.Cause.Has(p.flow, e.Record):
		return refuse(e, ReasonSelf, "This flow made the change itself.")
	case ev.Cause.Depth >= flow.MaxDepth:
		return refuse(e, ReasonDepth, fmt.Sprintf("%d runs in a row led to this event.", ev.Cause.Depth))
	}
	return e
}

// Standing is what the store knows about a flow, an event and a guard.
type Standing struct {
	// Duplicate: this event was decided on for this flow before.
	Duplicate bool
	// Blocking is the unfinished run that holds GuardKey, "" for none.
	Blocking string
	// Past is any earlier run of the key; asked for OnceEver only.
	Past string
	// Starts counts the flow's starts on the record within flow.StartsWindow.
	Starts int
}

// Admit applies the re-entry policy, duplicates and the loop lock to an
// enrollment that is still OK.
func Admit(p *Plan, e flow.Enrollment, s Standing) flow.Enrollment {
	switch {
	case !e.OK:
		return e
	case s.Duplicate:
		return refuse(e, ReasonDuplicate, "This event was seen before.")
	case s.Starts >= flow.MaxStarts:
		return refuse(e, ReasonLoop, fmt.Sprintf("%d starts on this record within %s.", s.Starts, flow.StartsWindow))
	case p.settings.Reentry == flow.Parallel:
		return e
	case s.Blocking != "":
		e.Blocking = s.Blocking
		return refuse(e, ReasonActive, "A run with the same key is not finished.")
	case p.settings.Reentry == flow.OnceEver && s.Past != "":
		e.Blocking = s.Past
		return refuse(e, ReasonOnce, "A run with the same key has been here before.")
	}
	return e
}

func refuse(e flow.Enrollment, reason, detail string) flow.Enrollment {
	e.OK, e.Run, e.Reason, e.Detail = false, "", reason, detail
	return e
}

// Accepts evaluates the trigger's condition on the record as it was right after
// the event. detail says why it does not hold.
func (c Candidate) Accepts(w World, ev crm.Event) (ok bool, detail string) {
	ok, _, detail = c.accepts(w, ev)
	return ok, detail
}

// accepts is Accepts; broken tells a condition that could not be evaluated from
// one that does not hold.
func (c Candidate) accepts(w World, ev crm.Event) (ok, broken bool, detail string) {
	n := c.Plan.nodes[c.Trigger]
	if n == nil || n.disabled || !n.trigger {
		return false, false, "The trigger is switched off."
	}
	if n.where == nil {
		return true, false, ""
	}
	w.Record = imageOf(w.Record, ev)
	run := flow.Run{ID: flow.RunID(c.Plan.flow, ev.ID), Started: w.Now}
	budget := rule.NewBudget()
	ok, err := n.where.Holds(c.Plan.scope(run, w, ev), budget)
	switch {
	case err != nil:
		return false, !isNil(err), err.Error()
	case !ok:
		return false, false, strings.Join(append([]string{"The trigger's condition does not hold."}, budget.Warnings()...), " ")
	}
	return true, false, ""
}
