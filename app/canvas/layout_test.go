package canvas

import (
	"fmt"
	"maps"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestArrangePutsAStraightFlowInOneColumn(t *testing.T) {
	at := Arrange([]Step{{"a", 1}, {"b", 1}, {"c", 1}}, []Way{{From: "a", To: "b"}, {From: "b", To: "c"}})
	require.Equal(t, map[string]Point{"a": {0, 0}, "b": {0, 144}, "c": {0, 288}}, at)
}

func TestArrangeCentresABranchAndItsMerge(t *testing.T) {
	at := Arrange(
		[]Step{{"start", 1}, {"yes", 1}, {"no", 1}, {"merge", 1}, {"branch", 2}},
		[]Way{
			{From: "start", To: "branch"},
			{From: "branch", Port: 1, To: "no"}, {From: "branch", Port: 0, To: "yes"},
			{From: "yes", To: "merge"}, {From: "no", To: "merge"},
		})
	require.Equal(t, map[string]Point{
		"start": {144, 0}, "branch": {144, 144}, "yes": {0, 288}, "no": {288, 288}, "merge": {144, 432},
	}, at)
}

func TestArrangeLeavesALaneForALongWay(t *testing.T) {
	at := Arrange(
		[]Step{{"a", 2}, {"b", 1}, {"c", 1}, {"d", 1}},
		[]Way{{From: "a", To: "b"}, {From: "b", To: "c"}, {From: "c", To: "d"}, {From: "a", Port: 1, To: "d"}})
	require.Equal(t, at["b"].X, at["c"].X)
	require.Equal(t, 432.0, at["d"].Y)
	require.Greater(t, at["d"].X, at["c"].X)
}

func TestArrangeIgnoresWaysThatCloseALoop(t *testing.T) {
	at := Arrange([]Step{{"a", 1}, {"b", 2}, {"c", 1}},
		[]Way{{From: "a", To: "b"}, {From: "b", To: "c"}, {From: "b", Port: 1, To: "a"}, {From: "c", To: "b"}, {From: "c", To: "c"}})
	require.Equal(t, map[string]Point{"a": {0, 0}, "b": {0, 144}, "c": {0, 288}}, at)
}

func TestArrangePlacesAFlowWithoutAStart(t *testing.T) {
	at := Arrange([]Step{{"a", 1}, {"b", 1}}, []Way{{From: "a", To: "b"}, {From: "b", To: "a"}})
	require.Equal(t, map[string]Point{"a": {0, 0}, "b": {0, 144}}, at)
}

func TestArrangeStacksLooseStepsAtTheRight(t *testing.T) {
	at := Arrange([]Step{{"x", 1}, {"a", 1}, {"b", 1}, {"y", 1}}, []Way{{From: "a", To: "b"}, {From: "a", To: "gone"}})
	require.Equal(t, map[string]Point{"a": {0, 0}, "b": {0, 144}, "x": {288, 0}, "y": {288, 144}}, at)
}

// someFlow draws a graph of up to n steps.
func someFlow(t *rapid.T, n int) ([]Step, []Way) {
	steps := make([]Step, rapid.IntRange(1, n).Draw(t, "steps"))
	for i := range steps {
		steps[i] = Step{ID: fmt.Sprint("n", i), Ports: rapid.IntRange(1, 4).Draw(t, "ports")}
	}
	ways := make([]Way, rapid.IntRange(0, 2*len(steps)).Draw(t, "ways"))
	for i := range ways {
		from := rapid.IntRange(0, len(steps)-1).Draw(t, "from")
		ways[i] = Way{
			From: steps[from].ID, Port: rapid.IntRange(0, steps[from].Ports-1).Draw(t, "port"),
			To: steps[rapid.IntRange(0, len(steps)-1).Draw(t, "to")].ID,
		}
	}
	return steps, ways
}

func TestArrangeNeverOverlapsAndStaysOnTheGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps, ways := someFlow(t, 40)
		at := Arrange(steps, ways)
		require.Len(t, at, len(steps))
		low := Point{math.Inf(1), math.Inf(1)}
		for i, a := range steps {
			p := at[a.ID]
			require.Equal(t, p, SnapToGrid(p))
			low = Point{math.Min(low.X, p.X), math.Min(low.Y, p.Y)}
			for _, b := range steps[:i] {
				q := at[b.ID]
				require.False(t, NodeBox(p.X, p.Y).Grow(8).Overlaps(NodeBox(q.X, q.Y)), "%s %v covers %s %v", a.ID, p, b.ID, q)
			}
		}
		require.Equal(t, Point{}, low)
	})
}

func TestArrangeIsTheSameEveryTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps, ways := someFlow(t, 40)
		require.True(t, maps.Equal(Arrange(steps, ways), Arrange(steps, ways)))
	})
}

func TestArrangeKeepsTheBranchOrderOfEveryStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// A tree: every step but the first hangs on an earlier one.
		steps := make([]Step, rapid.IntRange(2, 40).Draw(t, "steps"))
		var ways []Way
		for i := range steps {
			steps[i] = Step{ID: fmt.Sprint("n", i), Ports: 4}
			if i > 0 {
				ways = append(ways, Way{
					From: steps[rapid.IntRange(0, i-1).Draw(t, "parent")].ID, To: steps[i].ID,
					Port: rapid.IntRange(0, 3).Draw(t, "port"),
				})
			}
		}
		at := Arrange(steps, ways)
		for i, a := range ways {
			for j, b := range ways {
				if a.From == b.From && (a.Port < b.Port || a.Port == b.Port && i < j) {
					require.Less(t, at[a.To].X, at[b.To].X)
				}
			}
			require.Equal(t, at[a.From].Y+RankPitch, at[a.To].Y)
		}
		_, n := treeCrossings(steps, ways)
		require.Zero(t, n)
	})
}

func treeCrossings(steps []Step, ways []Way) (*layers, int) {
	g := newNet(steps, ways)
	l := layer(g, g.parts()[0])
	l.sort()
	return l, l.crossings()
}

func TestArrangePointsWaysDownUnlessTheyCloseALoop(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps, ways := someFlow(t, 30)
		at := Arrange(steps, ways)
		g := newNet(steps, ways)
		for v, as := range g.out {
			for _, a := range as {
				if !a.back {
					require.Less(t, at[steps[v].ID].Y, at[steps[a.to].ID].Y)
				}
			}
		}
	})
}

func BenchmarkArrange500(b *testing.B) {
	var steps []Step
	var ways []Way
	for i := range 500 {
		steps = append(steps, Step{ID: fmt.Sprint("n", i), Ports: 3})
		if i > 0 {
			ways = append(ways, Way{From: fmt.Sprint("n", (i-1)/2), Port: i % 3, To: fmt.Sprint("n", i)})
			ways = append(ways, Way{From: fmt.Sprint("n", i*7%i), Port: 2, To: fmt.Sprint("n", i)})
		}
	}
	for b.Loop() {
		Arrange(steps, ways)
	}
}

func BenchmarkArrangeLongWays500(b *testing.B) {
	var steps []Step
	var ways []Way
	for i := range 500 {
		steps = append(steps, Step{ID: fmt.Sprint("n", i), Ports: 2})
		if i > 0 {
			ways = append(ways, Way{From: fmt.Sprint("n", i-1), To: fmt.Sprint("n", i)})
			ways = append(ways, Way{From: "n0", Port: 1, To: fmt.Sprint("n", i)})
		}
	}
	for b.Loop() {
		Arrange(steps, ways)
	}
}
