package nodes_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

func TestAFlowWithANodeFromAnotherVersionStaysLoadable(t *testing.T) {
	data := []byte(`{"schema": 1, "flow": "x", "name": {"en": "X"}, "resource": "deal", "nodes": {
		"start": {"type": "manual_start"}, "zalo": {"type": "send_zalo", "to": "x", "odd": {"deep": [1]}}, "tag": {"type": "add_tag", "tag": "y"}},
		"connectors": {"a": {"from": "start.out", "to": "zalo"}, "b": {"from": "zalo.sent", "to": "tag"}}}`)
	file, problems := flow.ParseFile(data)
	require.False(t, problems.HasErrors(), problems.String())
	n := file.Graph.Nodes["zalo"]
	require.Equal(t, map[string]any{"to": "x", "odd": map[string]any{"deep": []any{1.0}}}, n.Props, "its properties are kept")
	problems = nodes.Check(file.Graph, crm.BuiltIn())
	require.Len(t, problems, 1, problems.String())
	require.Equal(t, "unknown_type", problems[0].Code)
	require.Equal(t, "zalo", problems[0].Node)
	require.Empty(t, nodes.PortsOf(n))
	require.Empty(t, nodes.FormOf(n.Type))
	require.Equal(t, "send_zalo", nodes.TitleOf(n))
}

func TestAnUnknownNodeIsNeverRun(t *testing.T) {
	bound, problems := nodes.Compile("zalo", flow.Node{Type: "send_zalo"}, nodes.EnvOf(flow.Graph{Resource: crm.Deal}, crm.BuiltIn()), crm.Deal, crm.BuiltIn())
	require.Nil(t, bound)
	require.Equal(t, "unknown_type", problems[0].Code)
	s := nodes.UnknownSpec("send_zalo")
	require.NotEmpty(t, s.Icon)
	_, err := s.New().Run(context.Background(), nil)
	require.Error(t, err)
	_, known := nodes.Lookup("unknown")
	require.False(t, known)
}
