package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestManualStartListensToNoEvent(t *testing.T) {
	l := listen(t, "manual_start", `{"when": "deal.amount > 1"}`)
	require.True(t, l.Manual)
	require.Empty(t, l.Events)
	require.Equal(t, "deal.amount > 1", l.When.Source)
}
