package engine

import (
	"fmt"
	"strconv"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
)

// Begin makes the run that an event starts at a trigger. The same event always
// makes the same run id. A key expression that fails leaves the record's id as
// the key: a guard that is too wide refuses a run, none lets two in.
func Begin(p *Plan, trigger string, ev crm.Event, w World) flow.Run {
	w.Now = utc(w.Now)
	origin := w.Log
	origin.Rev, origin.At = w.Record.Rev, w.Now
	if ev.Rev > 0 {
		origin.Rev = ev.Rev
	}
	run := flow.Run{
		ID: flow.RunID(p.flow, ev.ID), Flow: p.flow, Version: p.version, Resource: p.resource,
		Record: w.Record.ID, Title: w.Record.Title(), State: flow.Ready,
		Tokens: []flow.Token{{ID: 1, Node: trigger, Mark: origin}},
		Event:  ev, Origin: origin, Started: w.Now, Updated: w.Now,
	}
	run.Cause = crm.Cause{Root: ev.Cause.Root, Run: run.ID, Depth: ev.Cause.Depth + 1,
		Links: append(append([]crm.Link(nil), ev.Cause.Links...), crm.Link{Flow: p.flow, Record: w.Record.ID})}
	if run.Cause.Root == "" {
		run.Cause.Root = ev.ID
	}
	run.Key = p.instanceKey(run, w, ev)
	run.ContactKey = w.Record.Text("contact")
	if p.resource == crm.User {
		run.ContactKey = w.Record.ID
	}
	return run
}

func (p *Plan) instanceKey(run flow.Run, w World, ev crm.Event) string {
	if p.key == nil {
		return w.Record.ID
	}
	w.Record = imageOf(w.Record, ev)
	v, err := p.key.Value(p.scope(run, w, ev), rule.NewBudget())
	if err != nil || v == nil {
		return w.Record.ID
	}
	return keyText(v)
}

// keyText writes a key's value the same way in every process and zone.
func keyText(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case time.Time:
		return x.UTC().Format(time.RFC3339)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// GuardKeys are the guards that a run holds while it is unfinished, without the
// flow: its own key's, and its contact's when it has one.
func GuardKeys(run flow.Run) []string {
	keys := []string{"key:" + run.Key}
	if run.ContactKey != "" {
		keys = append(keys, "contact:"+run.ContactKey)
	}
	return keys
}

// GuardKey is the guard that decides whether the run may begin: its key's, or
// its contact's when the flow takes a contact once at a time.
func GuardKey(p *Plan, run flow.Run) string {
	if p.settings.Key == "" && !p.settings.AllowMultiple && run.ContactKey != "" {
		return "contact:" + run.ContactKey
	}
	return "key:" + run.Key
}
