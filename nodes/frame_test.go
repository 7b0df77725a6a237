package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

func TestAFrameIsNotPartOfTheLogic(t *testing.T) {
	n := nodetest.Node(t, "frame", `{"name": "Follow-up", "width": 500}`)
	require.True(t, flow.IsNote(n.Type))
	require.Empty(t, nodes.PortsOf(n))
	require.Empty(t, nodes.Check(nodetest.Graph(crm.Deal, n), crm.BuiltIn()))
}

func TestAFrameHasAReasonableSize(t *testing.T) {
	require.Equal(t, []string{"/width too_small", "/height too_large"}, codes(t, "frame", `{"width": 1, "height": 20000}`))
}
