package engine

import (
	"encoding/json"
	"math"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
)

// scope is what the plan's expressions see of a run in its world: only the
// roots that the plan uses are built.
func (p *Plan) scope(run flow.Run, w World, ev crm.Event) rule.Scope {
	v := make(map[string]any, 12)
	schema := p.schemas[p.resource]
	if own := string(p.resource); p.roots[own] || p.roots["record"] || p.resource == crm.User || p.resource == crm.Organization {
		view := schema.View(w.Record)
		v[own], v["record"] = view, view
		switch p.resource {
		case crm.User:
			v["contact"] = view
		case crm.Organization:
			v["org"] = view
		}
	}
	if p.roots["prev"] {
		v["prev"] = schema.View(crm.Record{ID: ev.Record, Fields: ev.Before})
	}
	if p.roots["event"] {
		v["event"] = EventView(ev)
	}
	if p.roots["run"] {
		v["run"] = map[string]any{"id": run.ID, "started_at": run.Started}
	}
	p.around(v, w)
	v["vars"] = orEmpty(run.Vars)
	v["steps"] = stepsView(run.Outputs)
	return rule.Scope{Values: v, Now: w.Now}
}

// around adds the records that stand around the run's own.
func (p *Plan) around(v map[string]any, w World) {
	if p.roots["owner"] && w.Owner != nil {
		v["owner"] = map[string]any{"id": w.Owner.ID, "name": w.Owner.Name, "email": w.Owner.Email}
	}
	if p.needs.Org && w.Org != nil {
		v["org"] = p.schemas[crm.Organization].View(*w.Org)
	}
	if p.needs.Contact && w.Contact != nil {
		v["contact"] = p.schemas[crm.User].View(*w.Contact)
	}
}

// EventView is an event as expressions see it.
func EventView(ev crm.Event) map[string]any {
	changed := make([]any, len(ev.Changed))
	for i, c := range ev.Changed {
		changed[i] = c
	}
	return map[string]any{"id": ev.ID, "type": ev.Type, "kind": ev.Kind, "changed": changed,
		"actor": ev.Actor, "at": ev.At, "data": orEmpty(ev.Data)}
}

// imageOf is the record right after the event: conditions are evaluated on
// what happened, not on what somebody wrote meanwhile.
func imageOf(live crm.Record, ev crm.Event) crm.Record {
	if ev.Resource != live.Resource || ev.Record != live.ID {
		return live
	}
	switch {
	case ev.After != nil:
		live.Fields = ev.After
	case ev.Before != nil: // deleted
		live.Fields = ev.Before
	}
	return live
}

func stepsView(outputs map[string]map[string]any) map[string]any {
	steps := make(map[string]any, len(outputs))
	for id, out := range outputs {
		steps[id] = out
	}
	return steps
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// plain turns a value into what JSON would make of it, so that a run in memory
// and one read back from a store behave the same.
func plain(v any) any {
	switch x := v.(type) {
	case int:
		return float64(x)
	case int64:
		return float64(x)
	case float32:
		return float64(x)
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	case time.Duration:
		return x.String()
	case []string:
		list := make([]any, len(x))
		for i, s := range x {
			list[i] = s
		}
		return list
	case []any:
		list := make([]any, len(x))
		for i, e := range x {
			list[i] = plain(e)
		}
		return list
	case map[string]any:
		return plainMap(x)
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return x
	case nil, string, bool:
		return x
	}
	return throughJSON(v)
}

// throughJSON is what a store would give back; nil when it cannot be stored.
func throughJSON(v any) (back any) {
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &back)
	}
	if err != nil {
		return nil
	}
	return back
}

func plainMap(m map[string]any) map[string]any {
	if m == nil {
		return nil
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = plain(v)
	}
	return out
}
