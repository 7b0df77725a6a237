package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

func TestGoToJumpsWithoutAPort(t *testing.T) {
	res := run(t, dealHost(), "go_to", `{"node": "wait"}`)
	require.Equal(t, nodes.Result{GoTo: "wait"}, res)
}

func goToGraph(target string) flow.Graph {
	return flow.Graph{Resource: crm.Deal, Nodes: map[string]flow.Node{
		"start": {Type: "manual_start"},
		"wait":  {Type: "wait_duration", Props: map[string]any{"for": "P1D"}},
		"tag":   {Type: "add_tag", Props: map[string]any{"tag": "x"}},
		"back":  {Type: "go_to", Props: map[string]any{"node": target}},
		"note":  {Type: "note"},
	}, Connectors: map[string]flow.Connector{
		"a": {From: "start.out", To: "wait"}, "b": {From: "wait.out", To: "tag"}, "c": {From: "tag.out", To: "back"},
	}}
}

func TestGoToWantsAnotherNodeThatCanBeLedTo(t *testing.T) {
	for target, code := range map[string]string{
		"wiat": "unknown_node", "back": "self_reference", "start": "into_trigger", "note": "into_note",
	} {
		p := find(t, nodes.Check(goToGraph(target), crm.BuiltIn()), code)
		require.Equal(t, "/nodes/back/node", p.Path)
		require.Equal(t, flow.LevelError, p.Level)
	}
	require.Equal(t, "wait", find(t, nodes.Check(goToGraph("wiat"), crm.BuiltIn()), "unknown_node").Suggestion)
}

func TestALoopThroughAWaitIsFineAndOneWithoutIsAWarning(t *testing.T) {
	require.Empty(t, nodes.Check(goToGraph("wait"), crm.BuiltIn()))
	p := find(t, nodes.Check(goToGraph("tag"), crm.BuiltIn()), "loop_without_wait")
	require.Equal(t, flow.LevelWarning, p.Level)
	require.Equal(t, "back", p.Node)
}

func TestALoopThatCountsIsFine(t *testing.T) {
	g := goToGraph("tag")
	g.Nodes["tag"] = flow.Node{Type: "set_value", Props: map[string]any{"name": "n", "value": "= 1"}}
	require.Empty(t, nodes.Check(g, crm.BuiltIn()))
}
