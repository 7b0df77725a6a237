package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
)

func TestChangeStatusPutsTheRecordIntoTheStatus(t *testing.T) {
	h := dealHost()
	res := run(t, h, "change_status", `{"status": "won"}`)
	require.Equal(t, "won", h.Record().Text("status"))
	require.Equal(t, nodes.Output{"from": "open", "to": "won"}, res.Output)
	require.Equal(t, []string{"out"}, res.Ports)
}

func TestChangeStatusGoesOnWhenTheRecordAlreadyHasIt(t *testing.T) {
	h := dealHost()
	res := run(t, h, "change_status", `{"status": "{{ deal.status }}"}`)
	require.Equal(t, []string{"out"}, res.Ports)
	require.Contains(t, res.Note, "already")
	require.Empty(t, h.Changes)
}

func TestChangeStatusIsSkippedWhenTheStatusComesOutEmpty(t *testing.T) {
	h := dealHost()
	require.True(t, run(t, h, "change_status", `{"status": "{{ deal.lost_reason }}"}`).Skipped)
}

func TestChangeStatusRefusesAStatusThatDealsDoNotHave(t *testing.T) {
	require.Equal(t, []string{"/status not_a_choice"}, codes(t, "change_status", `{"status": "wonn"}`))
	_, err := dealHost().Run(t, "change_status", `{"status": "{{ contact.first_name }}"}`)
	var failed *nodes.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "wrong_value", failed.Code)
}
