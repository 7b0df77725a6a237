package nodetest

import (
	"context"
	"encoding/json"
	"testing"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
	"millrace.dev/nodes"
)

// Node reads a node from its type and its properties in JSON.
func Node(t testing.TB, typ, props string) flow.Node {
	t.Helper()
	n := flow.Node{Type: typ, Props: map[string]any{}}
	if err := json.Unmarshal([]byte(props), &n.Props); err != nil {
		t.Fatalf("reading the properties of %s: %v", typ, err)
	}
	return n
}

// Graph is a flow for r that holds the node under the id "n1", led to by a
// trigger.
func Graph(r crm.Resource, n flow.Node) flow.Graph {
	g := flow.Graph{
		Resource: r, Settings: flow.DefaultSettings(),
		Nodes: map[string]flow.Node{"n1": n}, Connectors: map[string]flow.Connector{},
	}
	if s, ok := nodes.Lookup(n.Type); !ok || s.Group != nodes.Triggers {
		g.Nodes["start"] = flow.Node{Type: "manual_start"}
		if !flow.IsNote(n.Type) {
			g.Connectors["c1"] = flow.Connector{From: "start.out", To: "n1"}
		}
	}
	return g
}

// Problems is what checking a flow with just that node finds, about the node
// itself.
func Problems(t testing.TB, r crm.Resource, typ, props string) flow.Problems {
	t.Helper()
	n := Node(t, typ, props)
	_, problems := nodes.Compile("n1", n, nodes.EnvOf(Graph(r, n), crm.BuiltIn()), r, crm.BuiltIn())
	return problems
}

// Fill makes the node ready to run, with the host's records and clock as its
// scope; problems and errors end the test.
func (h *Host) Fill(t testing.TB, typ, props string) (nodes.Node, []string) {
	t.Helper()
	n := Node(t, typ, props)
	r := h.About.Record.Resource
	env := nodes.EnvOf(Graph(r, n), h.Schemas).WithVars(names(h.Vars)...).WithSteps(names(h.Steps)...)
	bound, problems := nodes.Compile("n1", n, env, r, h.Schemas)
	if problems.HasErrors() {
		t.Fatalf("compiling %s: %v", typ, problems)
	}
	node, warnings, err := bound.Fill(h.Scope(), rule.NewBudget())
	if err != nil {
		t.Fatalf("filling %s: %v", typ, err)
	}
	return node, warnings
}

// Run fills the node and runs it once.
func (h *Host) Run(t testing.TB, typ, props string) (nodes.Result, error) {
	t.Helper()
	node, _ := h.Fill(t, typ, props)
	return node.Run(context.Background(), h)
}

// Scope is what expressions see: the record, the records and the member it
// refers to, and the event.
func (h *Host) Scope() rule.Scope {
	record := h.Record()
	view := h.Schemas[record.Resource].View(record)
	e := h.Event
	values := map[string]any{
		string(record.Resource): view,
		"record":                view,
		"prev":                  h.Schemas[record.Resource].View(crm.Record{ID: record.ID, Fields: e.Before}),
		"event": map[string]any{
			"id": e.ID, "type": e.Type, "kind": e.Kind, "changed": e.Changed,
			"actor": e.Actor, "at": e.At, "data": e.Data,
		},
		"run":   map[string]any{"id": h.About.Run, "started_at": Start},
		"vars":  orEmpty(h.Vars),
		"steps": orEmpty(h.Steps),
	}
	h.refer(values, record, "contact", crm.User, "contact")
	h.refer(values, record, "organization", crm.Organization, "org")
	for _, m := range h.People {
		if m.ID == record.Text("owner") {
			values["owner"] = map[string]any{"id": m.ID, "name": m.Name, "email": m.Email}
		}
	}
	return rule.Scope{Values: values, Now: h.Clock}
}

// refer adds the view of the record that a field points at.
func (h *Host) refer(values map[string]any, from crm.Record, field string, r crm.Resource, root string) {
	if to, ok := h.Records[key(r, from.Text(field))]; ok {
		values[root] = h.Schemas[r].View(to)
	}
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

func names(m map[string]any) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	return list
}
