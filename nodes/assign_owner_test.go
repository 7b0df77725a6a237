package nodes_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAssignOwnerAssignsTheNamedMember(t *testing.T) {
	h := dealHost()
	res := run(t, h, "assign_owner", `{"mode": "member", "member": "max"}`)
	require.Equal(t, "max", h.Record().Text("owner"))
	require.Equal(t, "Max", res.Output["name"])
}

func TestAssignOwnerSharesATeamsWorkEvenlyAndRepeatably(t *testing.T) {
	got := map[string]int{}
	for i := range 400 {
		h := dealHost()
		h.About.Run = fmt.Sprintf("r%d", i)
		run(t, h, "assign_owner", `{"mode": "team", "teams": ["Sales"]}`)
		first := h.Record().Text("owner")
		got[first]++
		h.Visit(2)
		run(t, h, "assign_owner", `{"mode": "team", "teams": ["Sales"]}`)
		require.Equal(t, first, h.Record().Text("owner"), "the same run picks the same member")
	}
	require.Len(t, got, 2, "members who are off get nothing")
	require.InDelta(t, 200, got["ana"], 60)
}

func TestAssignOwnerKeepsThePresentOwnerWhenAsked(t *testing.T) {
	h := dealHost()
	require.True(t, run(t, h, "assign_owner", `{"mode": "member", "member": "max", "keep": true}`).Skipped)
	require.Equal(t, "ana", h.Record().Text("owner"))
	set(h, map[string]any{"owner": nil})
	run(t, h, "assign_owner", `{"mode": "member", "member": "max", "keep": true}`)
	require.Equal(t, "max", h.Record().Text("owner"))
}

func TestAssignOwnerIsSkippedWhenNobodyIsLeft(t *testing.T) {
	h := dealHost()
	require.True(t, run(t, h, "assign_owner", `{"mode": "member", "member": "gone"}`).Skipped)
	require.True(t, run(t, h, "assign_owner", `{"mode": "team", "teams": ["Nowhere"]}`).Skipped)
}

func TestAssignOwnerNotesWhenNothingChanges(t *testing.T) {
	h := dealHost()
	require.Contains(t, run(t, h, "assign_owner", `{"member": "ana"}`).Note, "already")
	require.Empty(t, h.Changes)
}

func TestAssignOwnerWantsOnlyWhatItsModeShows(t *testing.T) {
	require.Equal(t, []string{"/member required"}, codes(t, "assign_owner", `{}`))
	require.Equal(t, []string{"/teams required"}, codes(t, "assign_owner", `{"mode": "team"}`))
	require.Empty(t, codes(t, "assign_owner", `{"mode": "team", "teams": ["Sales"]}`))
}
