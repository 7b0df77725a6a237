package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
)

func TestEveryManualPageNamesAllThereIs(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		page := nodes.Manual(s.Type)
		require.Contains(t, page, "# "+s.Title+"\n")
		require.Contains(t, page, s.Summary)
		for _, p := range nodes.FormOf(s.Type) {
			require.Contains(t, page, "`"+p.Name+"`")
		}
		for _, p := range nodes.PortsOf(example(t, s)) {
			require.Contains(t, page, "- **"+p.Name+"**: "+p.Text)
		}
		require.Contains(t, nodes.ManualIndex(), "["+s.Title+"]("+s.Type+")")
	})
}

func TestAManualPageReadsLikeThis(t *testing.T) {
	require.Equal(t, "# Wait\n\n`wait_duration` · special\n\nHolds the run for a length of time.\n\n"+
		"## Properties\n\n| Property | Name | Takes | Required | |\n|---|---|---|---|---|\n"+
		"| How long | `for` | length of time | yes | From one second to 366 days. A day is 24 hours. |\n\n"+
		"## Ways out\n\n- **out**: The time is over.\n\n"+
		"## Example\n\n```json\n{\n  \"for\": \"PT24H\",\n  \"type\": \"wait_duration\"\n}\n```\n", nodes.Manual("wait_duration"))
	require.Empty(t, nodes.Manual("no_such_type"))
}
