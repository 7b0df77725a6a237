package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
)

func TestRecordUpdatedListensForTheWatchedFields(t *testing.T) {
	require.Equal(t, nodes.Listen{Events: []string{"deal.updated"}}, listen(t, "record_updated", `{}`))
	l := listen(t, "record_updated", `{"fields": ["amount", "stage"], "when": "deal.amount > prev.amount"}`)
	require.Equal(t, []string{"amount", "stage"}, l.Fields)
	require.Equal(t, "deal.amount > prev.amount", l.When.Source)
}

func TestRecordUpdatedRefusesFieldsThatDoNotExist(t *testing.T) {
	require.Equal(t, []string{"/fields/1 unknown_field"}, codes(t, "record_updated", `{"fields": ["amount", "amuont"]}`))
	require.Equal(t, []string{"/fields/1 duplicate"}, codes(t, "record_updated", `{"fields": ["amount", "amount"]}`))
}
