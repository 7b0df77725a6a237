package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAddTagAddsItOnce(t *testing.T) {
	h := dealHost()
	run(t, h, "add_tag", `{"tag": " {{ contact.first_name }} "}`)
	require.Equal(t, []any{"vip", "Ion"}, h.Record().Fields["tags"])
	h.Visit(2)
	res := run(t, h, "add_tag", `{"tag": "vip"}`)
	require.Equal(t, []any{"vip", "Ion"}, h.Record().Fields["tags"])
	require.Contains(t, res.Note, "already")
	require.Len(t, h.Changes, 1)
}

func TestAddTagStartsTheListOfARecordWithoutTags(t *testing.T) {
	h := dealHost()
	set(h, map[string]any{"tags": nil})
	run(t, h, "add_tag", `{"tag": "new"}`)
	require.Equal(t, []any{"new"}, h.Record().Fields["tags"])
}

func TestAddTagIsSkippedWhenTheTagComesOutEmpty(t *testing.T) {
	require.True(t, run(t, dealHost(), "add_tag", `{"tag": "{{ deal.lost_reason }}"}`).Skipped)
}
