package nodes_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

func TestCheckFindsEverythingAtOnceInOrder(t *testing.T) {
	g := flow.Graph{Resource: crm.Deal, Nodes: map[string]flow.Node{
		"a":     {Type: "send_email", Props: map[string]any{"to": "{{ deal.titel }} {{ deal.staus }}", "subjct": "x", "body": "y"}},
		"b":     {Type: "no_such_type"},
		"start": {Type: "record_created", Props: map[string]any{"when": 7.0}},
	}, Connectors: map[string]flow.Connector{
		"c1": {From: "start.out", To: "a", If: "deal.amount >"},
		"c2": {From: "a.gone", To: "b"},
		"c3": {From: "a.sent", To: "nowhere"},
	}}
	var got []string
	problems := nodes.Check(g, crm.BuiltIn())
	for _, p := range problems {
		got = append(got, p.Path+" "+p.Code)
	}
	require.Subset(t, got, []string{
		"/connectors/c2/from unknown_port", "/connectors/c3/to dangling_connector",
		"/nodes/a/subjct unknown_property", "/nodes/a/subject required", "/nodes/a/to unknown_field",
		"/nodes/b/type unknown_type", "/nodes/start/when wrong_type",
	})
	require.True(t, slices.IsSortedFunc(problems, func(a, b flow.Problem) int {
		if a.Path != b.Path {
			if a.Path < b.Path {
				return -1
			}
			return 1
		}
		return a.Column - b.Column
	}))
	for _, p := range problems {
		require.NotEmpty(t, p.Text)
		if p.Path == "/connectors/c1/if" {
			require.Equal(t, "c1", p.Connector)
			require.Positive(t, p.Column)
			require.NotEmpty(t, p.Caret)
		}
	}
}

func TestCheckAsksForATrigger(t *testing.T) {
	find(t, nodes.Check(flow.Graph{Resource: crm.Deal}, crm.BuiltIn()), "no_trigger")
}

func TestADisabledNodeOnlyWarns(t *testing.T) {
	g := flow.Graph{Resource: crm.Deal, Nodes: map[string]flow.Node{
		"start": {Type: "manual_start"}, "mail": {Type: "send_email", Disabled: true, Props: map[string]any{"to": "{{ deal.nope }}"}},
	}, Connectors: map[string]flow.Connector{"c": {From: "start.out", To: "mail"}}}
	problems := nodes.Check(g, crm.BuiltIn())
	require.NotEmpty(t, problems)
	require.False(t, problems.HasErrors(), problems.String())
	bound, problems := nodes.Compile("mail", g.Nodes["mail"], nodes.EnvOf(g, crm.BuiltIn()), crm.Deal, crm.BuiltIn())
	require.NotNil(t, bound)
	require.NotEmpty(t, problems)
}

func TestSensitiveFieldsAreNotOffered(t *testing.T) {
	s := crm.BuiltIn().With(crm.Deal, crm.Field{Name: "iban", Type: crm.Text, Sensitive: true})
	n := flow.Node{Type: "update_record", Props: map[string]any{"set": map[string]any{"iban": "x", "source": "{{ deal.iban }}"}}}
	_, problems := nodes.Compile("n", n, nodes.EnvOf(flow.Graph{Resource: crm.Deal}, s), crm.Deal, s)
	require.Len(t, problems, 2, problems.String())
	for _, p := range problems {
		require.Equal(t, "unknown_field", p.Code)
	}
}

func TestCustomFieldsCanBeUsed(t *testing.T) {
	s := crm.BuiltIn().With(crm.Deal, crm.Field{Name: "klient_imie", Type: crm.Text, Custom: true})
	n := flow.Node{Type: "create_task", Props: map[string]any{"owner": true, "subject": "{{ deal.klient_imię }}"}}
	_, problems := nodes.Compile("n", n, nodes.EnvOf(flow.Graph{Resource: crm.Deal}, s), crm.Deal, s)
	require.Len(t, problems, 1)
	n.Props["subject"] = "{{ deal.klient_imie }} {deal.klient_imie}"
	_, problems = nodes.Compile("n", n, nodes.EnvOf(flow.Graph{Resource: crm.Deal}, s), crm.Deal, s)
	require.Empty(t, problems)
}

// largest is a chain of as many nodes as a flow may have.
func largest() flow.Graph {
	g := flow.Graph{Resource: crm.Deal, Nodes: map[string]flow.Node{"start": {Type: "manual_start"}}, Connectors: map[string]flow.Connector{}}
	last := "start.out"
	for i := range flow.MaxNodes - 1 {
		id := fmt.Sprintf("n%03d", i)
		g.Nodes[id] = flow.Node{Type: "add_tag", Props: map[string]any{"tag": "{{ deal.title }}"}}
		g.Connectors["c"+id] = flow.Connector{From: last, To: id, If: "deal.amount > 5"}
		last = id + ".out"
	}
	return g
}

func TestTheLargestFlowHasNoProblems(t *testing.T) {
	require.Empty(t, nodes.Check(largest(), crm.BuiltIn()))
}

func BenchmarkCheckLargest(b *testing.B) {
	g := largest()
	for b.Loop() {
		nodes.Check(g, crm.BuiltIn())
	}
}

func TestCheckReadsTheSettings(t *testing.T) {
	g := nodetest.Graph(crm.Deal, flow.Node{Type: "note"})
	g.Settings = flow.Settings{Reentry: "once_evr", Zone: "Europe/Warszawa", Key: "deal.titel"}
	var got []string
	for _, p := range nodes.Check(g, crm.BuiltIn()) {
		got = append(got, p.Path+" "+p.Code+" "+p.Suggestion)
	}
	require.Equal(t, []string{"/settings/key unknown_field deal.title", "/settings/reentry not_a_choice once_ever", "/settings/zone unknown_zone "}, got)
	g.Settings = flow.Settings{Reentry: flow.Parallel, Zone: "Asia/Ho_Chi_Minh", Key: `deal.title + "-" + run.id`}
	require.Empty(t, nodes.Check(g, crm.BuiltIn()))
}
