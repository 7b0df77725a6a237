package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
)

func TestRecordCreatedListensForNewRecordsOfTheFlow(t *testing.T) {
	require.Equal(t, nodes.Listen{Events: []string{"deal.created"}}, listen(t, "record_created", `{}`))
	require.Equal(t, "deal.amount > 5", listen(t, "record_created", `{"when": "deal.amount > 5"}`).When.Source)
}

func TestRecordCreatedFindsAMisspeltField(t *testing.T) {
	require.Equal(t, []string{"/when unknown_field"}, codes(t, "record_created", `{"when": "deal.amuont > 5"}`))
}
