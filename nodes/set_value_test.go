package nodes_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

func TestSetValueRemembersAnyKindOfValue(t *testing.T) {
	for value, want := range map[string]any{
		`"plain"`:                            "plain",
		`7`:                                  7.0,
		`"= deal.amount * 2"`:                3000.0,
		`" =deal.amount * 2"`:                3000.0,
		`"{{ deal.amount }}"`:                1500.0,
		`"{{ deal.title }}: {{ org.name }}"`: "Serviciul 1: An Phát",
		`["{{ deal.title }}", 2]`:            []any{"Serviciul 1", 2.0},
		`{"a": "= 1 + 1", "b": "x"}`:         map[string]any{"a": 2.0, "b": "x"},
		`"{{ deal.lost_reason }}"`:           nil,
	} {
		res := run(t, dealHost(), "set_value", `{"name": "x", "value": `+value+`}`)
		require.Equal(t, map[string]any{"x": want}, res.Set, value)
		require.Equal(t, []string{"out"}, res.Ports)
	}
}

func TestSetValueMakesItsNameKnownToTheFlow(t *testing.T) {
	g := nodetest.Graph(crm.Deal, nodetest.Node(t, "set_value", `{"name": "total", "value": 1}`))
	g.Nodes["after"] = flow.Node{Type: "set_value", Props: map[string]any{"name": "again", "value": "= vars.total"}}
	g.Connectors["c2"] = flow.Connector{From: "n1.out", To: "after", If: "vars.total > 0 && vars.totall > 0"}
	p := find(t, nodes.Check(g, crm.BuiltIn()), "unknown_field")
	require.Equal(t, "/connectors/c2/if", p.Path)
	require.Equal(t, "total", strings.TrimPrefix(p.Suggestion, "vars."))
}

func TestSetValueWantsAUsableName(t *testing.T) {
	for _, name := range []string{"A", "a b", "1a", "a.b", "ă"} {
		require.Equal(t, []string{"/name bad_name"}, codes(t, "set_value", `{"name": "`+name+`", "value": 1}`))
	}
}
