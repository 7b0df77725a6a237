package engine

import (
	"sort"
	"strings"

	"millrace.dev/crm"
	"millrace.dev/flow/rule"
)

// Index finds the triggers that an event may start among any number of plans.
// Every trigger stands in one bucket: under an equality that its condition
// demands, else under its watched fields, else under its event type alone. An
// event opens only the buckets that its own values name, so the cost follows
// the triggers that fit and not those that listen.
type Index struct {
	byEvent map[string]*bucket // by "<resource>|<event type>"
}

// Candidate is a trigger whose event type, watched fields and equality tests
// fit an event; Accepts tells the rest.
type Candidate struct {
	Plan    *Plan
	Trigger string
	order   int
}

type bucket struct {
	always  []*listener
	byField map[string][]*listener
	byValue map[string]map[any][]*listener // path → constant
}

type listener struct {
	Candidate
	node   *node
	equals map[string]any
}

// NewIndex indexes the triggers of the plans; Match keeps the plans' order.
func NewIndex(plans []*Plan) *Index {
	all := map[string][]*listener{}
	for i, p := range plans {
		for _, n := range p.triggers {
			if n.disabled || n.listen.Manual && len(n.listen.Events) == 0 {
				continue
			}
			for _, typ := range n.listen.Events {
				l := &listener{Candidate: Candidate{Plan: p, Trigger: n.id, order: i}, node: n}
				l.equals = indexable(p, n, typ)
				key := string(p.resource) + "|" + typ
				all[key] = append(all[key], l)
			}
		}
	}
	x := &Index{byEvent: make(map[string]*bucket, len(all))}
	for key, ls := range all {
		x.byEvent[key] = newBucket(ls)
	}
	return x
}

// Match lists the triggers that the event may start, in the plans' order.
func (x *Index) Match(ev crm.Event) []Candidate {
	b := x.byEvent[string(ev.Resource)+"|"+ev.Type]
	if b == nil {
		return nil
	}
	var found []Candidate
	add := func(ls []*listener) {
		for _, l := range ls {
			if l.fits(ev) {
				found = append(found, l.Candidate)
			}
		}
	}
	add(b.always)
	for path, values := range b.byValue {
		if v, ok := eventValue(ev, path); ok {
			add(values[v])
		}
	}
	if len(b.byField) > 0 {
		for _, f := range ev.Changed {
			add(b.byField[f])
		}
	}
	return tidy(found)
}

// tidy sorts candidates and drops those found by two watched fields.
func tidy(found []Candidate) []Candidate {
	sort.Slice(found, func(i, j int) bool {
		if found[i].order != found[j].order {
			return found[i].order < found[j].order
		}
		return found[i].Trigger < found[j].Trigger
	})
	out := found[:0]
	for i, c := range found {
		if i == 0 || c != found[i-1] {
			out = append(out, c)
		}
	}
	return out
}

// ByPlan groups candidates by their plan, keeping the order: two triggers of
// one flow that fit the same event start one run.
func ByPlan(cs []Candidate) [][]Candidate {
	var groups [][]Candidate
	for i, c := range cs {
		if i > 0 && cs[i-1].Plan == c.Plan {
			last := len(groups) - 1
			groups[last] = append(groups[last], c)
			continue
		}
		groups = append(groups, []Candidate{c})
	}
	return groups
}

// newBucket puts every listener under its rarest equality.
func newBucket(ls []*listener) *bucket {
	type test struct {
		path  string
		value any
	}
	count := map[test]int{}
	for _, l := range ls {
		for path, v := range l.equals {
			count[test{path, v}]++
		}
	}
	b := &bucket{byField: map[string][]*listener{}, byValue: map[string]map[any][]*listener{}}
	for _, l := range ls {
		best, n := "", 0
		for _, path := range sortedKeys(l.equals) {
			if c := count[test{path, l.equals[path]}]; best == "" || c < n {
				best, n = path, c
			}
		}
		switch {
		case best != "":
			if b.byValue[best] == nil {
				b.byValue[best] = map[any][]*listener{}
			}
			v := l.equals[best]
			b.byValue[best][v] = append(b.byValue[best][v], l)
		case len(l.node.listen.Fields) > 0:
			for _, f := range l.node.listen.Fields {
				b.byField[f] = append(b.byField[f], l)
			}
		default:
			b.always = append(b.always, l)
		}
	}
	return b
}

// indexable are the trigger's demands that an event alone can answer, as
// "event.kind" or a field's name → text or yes/no.
func indexable(p *Plan, n *node, typ string) map[string]any {
	out := map[string]any{}
	image := strings.HasSuffix(typ, ".created") || strings.HasSuffix(typ, ".updated")
	for path, v := range demands(n.where) {
		switch v.(type) {
		case string, bool:
		default:
			continue
		}
		root, field, _ := strings.Cut(path, ".")
		switch {
		case path == "event.kind" || path == "event.actor":
			out[path] = v
		case image && (root == "record" || root == string(p.resource)) && comparable(p.schemas[p.resource], field):
			out[field] = v
		}
	}
	for field, values := range n.listen.To {
		if image && len(values) == 1 && comparable(p.schemas[p.resource], field) {
			out[field] = values[0]
		}
	}
	return out
}

func demands(where *rule.Program) map[string]any {
	if where == nil {
		return nil
	}
	return where.Equals()
}

// comparable reports whether a field's stored value is what expressions see.
func comparable(s crm.Schema, field string) bool {
	f, ok := s.Field(field)
	switch f.Type {
	case crm.Text, crm.Email, crm.Phone, crm.Choice, crm.Ref, crm.Bool:
		return ok && !f.Sensitive
	}
	return false
}

func eventValue(ev crm.Event, path string) (any, bool) {
	switch path {
	case "event.kind":
		return ev.Kind, true
	case "event.actor":
		return ev.Actor, true
	}
	switch v := ev.After[path].(type) {
	case string, bool:
		return v, true
	}
	return nil, false
}

// fits checks what the trigger demands of the event, its condition apart.
func (l *listener) fits(ev crm.Event) bool {
	want := l.node.listen
	if len(want.Fields) > 0 && !anyOf(want.Fields, ev.Changed) {
		return false
	}
	return allowed(want.From, ev.Before) && allowed(want.To, ev.After)
}

func anyOf(fields, changed []string) bool {
	for _, f := range fields {
		for _, c := range changed {
			if f == c {
				return true
			}
		}
	}
	return false
}

func allowed(want map[string][]string, fields map[string]any) bool {
	for field, values := range want {
		if len(values) == 0 {
			continue
		}
		text, _ := fields[field].(string)
		found := false
		for _, v := range values {
			found = found || v == text
		}
		if !found {
			return false
		}
	}
	return true
}
