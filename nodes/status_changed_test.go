package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStatusChangedListensForAnyChangeWhenNothingIsChosen(t *testing.T) {
	l := listen(t, "status_changed", `{}`)
	require.Equal(t, []string{"deal.updated"}, l.Events)
	require.Equal(t, []string{"status"}, l.Fields)
	require.Empty(t, l.From)
	require.Empty(t, l.To)
}

func TestStatusChangedNarrowsToTheChosenStatuses(t *testing.T) {
	l := listen(t, "status_changed", `{"from": ["open"], "to": ["won", "lost"], "when": "deal.amount > 1"}`)
	require.Equal(t, map[string][]string{"status": {"open"}}, l.From)
	require.Equal(t, map[string][]string{"status": {"won", "lost"}}, l.To)
	require.Equal(t, "deal.amount > 1", l.When.Source)
}

func TestStatusChangedTakesNewRecordsOnlyWhenAsked(t *testing.T) {
	require.Equal(t, []string{"deal.updated", "deal.created"}, listen(t, "status_changed", `{"created": true}`).Events)
}

func TestStatusChangedRefusesAStatusThatDealsDoNotHave(t *testing.T) {
	require.Equal(t, []string{"/to/0 not_a_choice"}, codes(t, "status_changed", `{"to": ["wonn"]}`))
}
