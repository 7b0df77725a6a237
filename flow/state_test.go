package flow

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// moves reads a table of legal moves: a line for each state, "from: to to …".
func moves[S ~string](table string) (states []S, legal map[S]map[S]bool) {
	legal = map[S]map[S]bool{}
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		from, to, _ := strings.Cut(strings.TrimSpace(line), ":")
		states = append(states, S(from))
		legal[S(from)] = map[S]bool{}
		for _, s := range strings.Fields(to) {
			legal[S(from)][S(s)] = true
		}
	}
	return states, legal
}

// everyMove tries each state against each, and against some that do not exist.
func everyMove[S ~string](t *testing.T, table string, can func(from, to S) bool) {
	t.Helper()
	states, legal := moves[S](table)
	for _, from := range append(states, "", "nonsense") {
		for _, to := range append(states, "", "nonsense") {
			require.Equal(t, legal[from][to], can(from, to), "%q → %q", from, to)
		}
	}
	for from, tos := range legal {
		for to := range tos {
			require.Contains(t, states, to, "%q leads to a state of the table", from)
		}
	}
}

func TestAFlowMovesOnlyAsAllowed(t *testing.T) {
	everyMove(t, `
		draft: active archived
		active: draining paused inactive
		draining: active paused inactive
		paused: active draining inactive
		inactive: active archived
		archived: inactive
	`, State.CanBecome)
}

const runTable = `
	queued: ready cancelled
	ready: ready waiting incident done failed cancelled moved
	waiting: waiting ready incident done failed cancelled moved
	incident: ready failed cancelled
	done:
	failed:
	cancelled:
	moved:
`

func TestARunMovesOnlyAsAllowed(t *testing.T) { everyMove(t, runTable, RunState.CanBecome) }

func TestARunThatEndedStaysSo(t *testing.T) {
	states, legal := moves[RunState](runTable)
	require.Equal(t, RunStates, states)
	for _, s := range states {
		require.Equal(t, len(legal[s]) == 0, s.Final(), s)
	}
}

func TestAStepMovesOnlyAsAllowed(t *testing.T) {
	everyMove(t, `
		running: waiting done skipped failed
		waiting: running done skipped failed
		failed: running done skipped
		done:
		skipped:
	`, StepState.CanBecome)
}
