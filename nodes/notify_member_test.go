package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNotifyMembersTellsEachChosenMemberOnce(t *testing.T) {
	h := dealHost()
	res := run(t, h, "notify_member", `{"owner": true, "members": ["max", "ana"], "text": "{{ deal.title }} waits"}`)
	require.Len(t, h.Messages, 2)
	require.Equal(t, "ana", h.Messages[0].To)
	require.Equal(t, "r1:1:ana", h.Messages[0].ID)
	require.Equal(t, "notice", h.Messages[0].Channel)
	require.Equal(t, "Serviciul 1 waits", h.Messages[0].Body)
	require.Equal(t, "max", h.Messages[1].To)
	require.Equal(t, []string{"out"}, res.Ports)
}

func TestNotifyMembersIsSkippedWhenNobodyIsLeft(t *testing.T) {
	h := dealHost()
	res := run(t, h, "notify_member", `{"members": ["gone"], "text": "x"}`)
	require.True(t, res.Skipped)
	require.Empty(t, h.Messages)
}

func TestNotifyMembersWantsSomebody(t *testing.T) {
	require.Equal(t, []string{"/members required"}, codes(t, "notify_member", `{"text": "x"}`))
}
