package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
)

func TestCreateTaskGivesItToEverybodyChosenEachOnce(t *testing.T) {
	h := dealHost()
	res := run(t, h, "create_task", `{"subject": "Telefon kontrolny – {{ contact.full_name }}", "body": "{{ deal.title }}",
		"teams": ["Sales"], "members": ["max", "ana"], "roles": ["agent"], "owner": true, "due": "P7D"}`)
	due := h.Clock.AddDate(0, 0, 7)
	require.Equal(t, []crm.Task{{
		ID: "r1:1", Title: "Telefon kontrolny – Ion Popescu", Body: "Serviciul 1", Resource: crm.Deal, Record: "D-1", Run: "r1",
		Assignees: []string{"ana", "max", "zoe"}, Due: &due, CreatedAt: h.Clock,
	}}, h.Tasks)
	require.Equal(t, []string{"out"}, res.Ports)
	require.Equal(t, "r1:1", res.Output["task"])
}

func TestCreateTaskLeavesOutWhoIsOff(t *testing.T) {
	h := dealHost()
	run(t, h, "create_task", `{"subject": "x", "members": ["gone", "zoe"]}`)
	require.Equal(t, []string{"zoe"}, h.Tasks[0].Assignees)
	require.Nil(t, h.Tasks[0].Due)
}

func TestCreateTaskIsSkippedWithAReasonWhenNobodyIsLeft(t *testing.T) {
	for _, props := range []string{`"members": ["gone"]`, `"teams": ["Nowhere"]`, `"owner": true`} {
		h := dealHost()
		set(h, map[string]any{"owner": nil})
		res := run(t, h, "create_task", `{"subject": "x", `+props+`}`)
		require.True(t, res.Skipped)
		require.NotEmpty(t, res.Note)
		require.Equal(t, []string{"out"}, res.Ports)
		require.Empty(t, h.Tasks)
	}
}

func TestCreateTaskPutsItsSubjectOnOneLine(t *testing.T) {
	h := dealHost()
	set(h, map[string]any{"title": "a\r\nb\tc"})
	run(t, h, "create_task", `{"subject": "{{ deal.title }}", "owner": true}`)
	require.Equal(t, "a b c", h.Tasks[0].Title)
}

func TestCreateTaskWantsASubjectAndSomebody(t *testing.T) {
	require.Equal(t, []string{"/subject required", "/members required"}, codes(t, "create_task", `{}`))
	require.Equal(t, []string{"/roles/0 not_a_choice"}, codes(t, "create_task", `{"subject": "x", "owner": true, "roles": ["boss"]}`))
	require.Equal(t, []string{"/due too_small"}, codes(t, "create_task", `{"subject": "x", "owner": true, "due": "PT0S"}`))
}
