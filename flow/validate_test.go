package flow

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
)

// testShape knows three types: start, step and fork.
func testShape(_ string, n Node) Shape {
	switch n.Type {
	case "start":
		return Shape{Ports: []string{"out"}, Trigger: true, Known: true}
	case "step":
		return Shape{Ports: []string{"out"}, Known: true}
	case "fork":
		return Shape{Ports: []string{"yes", "no"}, Known: true}
	case "note":
		return Shape{Known: true}
	}
	return Shape{}
}

func smallGraph() Graph {
	return Graph{
		Resource: crm.Lead,
		Nodes:    map[string]Node{"a": {Type: "start"}, "b": {Type: "fork"}, "c": {Type: "step"}},
		Connectors: map[string]Connector{
			"ab": {From: "a.out", To: "b"},
			"bc": {From: "b.yes", To: "c"},
		},
	}
}

func TestASoundGraphHasNoProblems(t *testing.T) {
	require.Empty(t, Validate(smallGraph(), testShape))
}

func TestValidateFindsWhatIsWrong(t *testing.T) {
	long := strings.Repeat("x", MaxID+1)
	tests := []struct {
		name  string
		spoil func(*Graph)
		want  string
	}{
		{"source missing", func(g *Graph) { g.Connectors["x"] = Connector{From: "zz.out", To: "c"} }, "/connectors/x/from: dangling_connector"},
		{"target missing", func(g *Graph) { g.Connectors["x"] = Connector{From: "c.out", To: "zz"} }, "/connectors/x/to: dangling_connector"},
		{"unknown port", func(g *Graph) { g.Connectors["x"] = Connector{From: "b.maybe", To: "c"} }, "/connectors/x/from: unknown_port"},
		{"unknown type", func(g *Graph) { g.Nodes["c"] = Node{Type: "fax"} }, "/nodes/c/type: unknown_type"},
		{"into a trigger", func(g *Graph) { g.Connectors["x"] = Connector{From: "c.out", To: "a"} }, "/connectors/x/to: into_trigger"},
		{"into a note", func(g *Graph) {
			g.Nodes["n"] = Node{Type: "note"}
			g.Connectors["x"] = Connector{From: "c.out", To: "n"}
		}, "/connectors/x/to: into_note"},
		{"bad id", func(g *Graph) { g.Nodes["../b"] = Node{Type: "step"} }, "/nodes/..~1b: bad_id"},
		{"long id", func(g *Graph) { g.Nodes[long] = Node{Type: "step"} }, "bad_id"},
		{"no trigger", func(g *Graph) { delete(g.Nodes, "a"); delete(g.Connectors, "ab") }, "/nodes: no_trigger"},
		{"unreachable", func(g *Graph) { g.Nodes["d"] = Node{Type: "step"} }, "/nodes/d: unreachable"},
		{"two elses", func(g *Graph) { g.Connectors["x"] = Connector{From: "b.yes", To: "c"} }, "/connectors/x: two_else"},
		{"bidi title", func(g *Graph) { g.Nodes["c"] = Node{Type: "step", Title: "a\u202eb"} }, "/nodes/c/title: bad_name"},
		{"unknown routing", func(g *Graph) { g.Nodes["b"] = Node{Type: "fork", Routing: map[string]string{"yes": "some"}} }, "/nodes/b/routing/yes: unknown_routing"},
		{"large node", func(g *Graph) {
			g.Nodes["c"] = Node{Type: "step", Props: map[string]any{"t": strings.Repeat("x", MaxNodeBytes)}}
		}, "/nodes/c: node_too_large"},
		{"unknown resource", func(g *Graph) { g.Resource = "invoice" }, "/resource: unknown_resource"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g := smallGraph()
			tt.spoil(&g)
			require.Contains(t, Validate(g, testShape).String(), tt.want)
		})
	}
}

func TestNodeAndConnectorLimitsHoldAtNAndNPlusOne(t *testing.T) {
	chain := func(n int) Graph {
		g := Graph{Resource: crm.Lead, Nodes: map[string]Node{"n0": {Type: "start"}}, Connectors: map[string]Connector{}}
		for i := 1; i < n; i++ {
			g.Nodes[fmt.Sprintf("n%d", i)] = Node{Type: "step"}
			g.Connectors[fmt.Sprintf("c%d", i)] = Connector{From: fmt.Sprintf("n%d.out", i-1), To: fmt.Sprintf("n%d", i)}
		}
		return g
	}
	require.Empty(t, Validate(chain(MaxNodes), testShape))
	require.Contains(t, Validate(chain(MaxNodes+1), testShape).String(), "too_many_nodes")

	g := chain(MaxNodes)
	for i := len(g.Connectors); i < MaxConnectors; i++ {
		g.Connectors[fmt.Sprintf("x%d", i)] = Connector{From: "n1.out", To: "n2", If: "true"}
	}
	require.Empty(t, Validate(g, testShape))
	g.Connectors["last"] = Connector{From: "n1.out", To: "n2", If: "true"}
	require.Contains(t, Validate(g, testShape).String(), "too_many_connectors")
}

func TestEveryLimitIsTheOneOfTheSafetyPage(t *testing.T) {
	require.Equal(t, 500, MaxNodes)
	require.Equal(t, 1000, MaxConnectors)
	require.Equal(t, 4096, MaxExpression)
	require.Equal(t, 366*24*time.Hour, MaxDelay)
}
