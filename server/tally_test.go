package server

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

func TestTallyCountsEveryStepOnceWhateverIsRepeated(t *testing.T) {
	tally := newTally()
	running := flow.Step{Visit: 1, Node: "mail", Via: "c1", State: flow.StepRunning}
	done := flow.Step{Visit: 1, Node: "mail", Via: "c1", State: flow.StepDone}
	tally.add("r", 1, flow.Ready, []flow.Step{running})
	tally.add("r", 2, flow.Done, []flow.Step{done})
	tally.add("r", 2, flow.Done, []flow.Step{done})
	tally.add("r", 1, flow.Ready, []flow.Step{running})
	require.Equal(t, Counts{
		ByState:     map[flow.RunState]int{flow.Done: 1},
		ByNode:      map[string]NodeCount{"mail": {Done: 1}},
		ByConnector: map[string]int{"c1": 1},
	}, tally.counts)
}

func TestTallyThatWasReadTakesOverWhatMessagesKnewBetter(t *testing.T) {
	heard := newTally()
	heard.add("new", 1, flow.Ready, []flow.Step{{Visit: 1, Node: "a", State: flow.StepRunning}})
	heard.add("both", 5, flow.Waiting, []flow.Step{{Visit: 1, Node: "a", State: flow.StepWaiting}})
	read := newTally()
	read.add("both", 4, flow.Ready, []flow.Step{{Visit: 1, Node: "a", State: flow.StepRunning}})
	read.catchUp(heard)
	require.Equal(t, map[flow.RunState]int{flow.Ready: 1, flow.Waiting: 1}, read.counts.ByState)
	require.Equal(t, NodeCount{Running: 1, Waiting: 1}, read.counts.ByNode["a"])
}

func TestCountsThatLostAMessageHealThemselves(t *testing.T) {
	w := newWorld(t)
	f := w.published()
	c := w.watch(crm.Viewer, "flow:"+f.ID, 0)
	c.of("snapshot")
	w.runIn(f, "r1", flow.Waiting) // no message about it ever comes
	w.clock.forward(tallyFresh + time.Second)
	w.progress(f, "r2", 1, flow.Waiting)
	require.Eventually(t, func() bool {
		got, ok := w.server.tallies.known(f.ID)
		return ok && got.ByState[flow.Waiting] == 2
	}, 10*time.Second, 5*time.Millisecond)
}
