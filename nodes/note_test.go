package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

func TestANoteIsNotPartOfTheLogic(t *testing.T) {
	n := nodetest.Node(t, "note", `{"text": "Ask Maria"}`)
	require.True(t, flow.IsNote(n.Type))
	require.Empty(t, nodes.PortsOf(n))
	require.Empty(t, nodes.Check(nodetest.Graph(crm.Deal, n), crm.BuiltIn()))
	require.Equal(t, "Ask Maria", nodes.Line(n))
}
