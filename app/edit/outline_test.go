package edit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawn is an outline as text.
func drawn(rows []Row) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Repeat("  ", r.Depth))
		switch r.Kind {
		case StepRow:
			fmt.Fprintln(&b, r.Node)
		case BranchRow:
			fmt.Fprintf(&b, "[%s, %d]\n", r.Port, r.Steps)
		case ContinuesRow:
			fmt.Fprintf(&b, "→ %s\n", r.Node)
		case EmptyRow:
			fmt.Fprintln(&b, "+")
		}
	}
	return b.String()
}

func TestTheOutlineNestsBranchesAndNamesMerges(t *testing.T) {
	d := sample()
	require.Equal(t, `start
branch
  [yes, 2]
    mail
    end
  [no, 0]
    → end
note
`, drawn(Outline(d.Graph, catalogue)))
	apply(t, d, Delete{Connectors: []string{"c3", "c4"}})
	apply(t, d, Connect{From: End{"mail", "error"}, To: "branch"})
	require.Equal(t, `start
branch
  [yes, 1]
    mail
      [out, 0]
        +
      [error, 0]
        → branch
  [no, 0]
    +
end
note
`, drawn(Outline(d.Graph, catalogue)))
}

func TestTheOutlineHasEveryStepOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := someGraph(t)
		var ids []string
		ways := map[string]bool{}
		for _, r := range Outline(d.Graph, catalogue) {
			if r.Kind == StepRow {
				ids = append(ids, r.Node)
			}
			if r.Connector != "" {
				require.False(t, ways[r.Connector])
				ways[r.Connector] = true
			}
		}
		require.ElementsMatch(t, sortedNodes(d.Graph), ids)
		require.Len(t, ways, len(d.Graph.Connectors), "every connector leads to one row")
	})
}

func TestBelowNamesTheStepAbove(t *testing.T) {
	d := sample()
	require.Equal(t, "branch", Below(d.Graph, catalogue, "mail"))
	require.Equal(t, "mail", Below(d.Graph, catalogue, "end"))
	require.Empty(t, Below(d.Graph, catalogue, "start"))
}
