package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
)

func TestEndEndsTheRunWithItsOutcome(t *testing.T) {
	require.Equal(t, nodes.Result{End: "won"}, run(t, dealHost(), "end", `{"outcome": "won"}`))
	require.Equal(t, nodes.Result{End: "end"}, run(t, dealHost(), "end", `{}`))
}
