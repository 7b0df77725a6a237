package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// spinning is a flow that goes round two nodes for ever.
func spinning(t testing.TB) *Plan {
	return compiled(t, `node start record_updated`, `node a set_value name="n" value="= (vars.n ?? 0) + 1"`, `node b go_to node="a"`,
		`start.out -> a`, `a.out -> b`)
}

func TestBurstEndsAtItsLimitAndTheRunStaysReady(t *testing.T) {
	lines := []string{`node start record_updated`, `start.out -> n0`}
	for i := range flow.MaxBurst {
		lines = append(lines, fmt.Sprintf(`node n%d set_value name="x" value="= %d"`, i, i), fmt.Sprintf("n%d.out -> n%d", i, i+1))
	}
	lines = append(lines, fmt.Sprintf(`node n%d end`, flow.MaxBurst))
	p := compiled(t, lines...)
	out := begun(t, p, deal(5))
	require.Equal(t, flow.Ready, out.Run.State)
	require.Equal(t, flow.MaxBurst, out.Run.Visits)
	require.Equal(t, flow.Done, Advance(p, out.Run, deal(5), Resume{}).Run.State)
}

func TestNodeIsVisitedAHundredTimesAndNotOnceMore(t *testing.T) {
	p := spinning(t)
	out := begun(t, p, deal(5))
	for out.Run.State == flow.Ready {
		out = Advance(p, out.Run, deal(5), Resume{})
	}
	require.Equal(t, flow.Incident, out.Run.State)
	require.Equal(t, float64(flow.MaxNodeVisits), out.Run.Vars["n"])
	require.Equal(t, flow.MaxNodeVisits+1, out.Run.NodeVisits["a"])
	require.Contains(t, stepAt(t, out.Run, "a").Error, CodeLimitLoop)
}

func TestLoopLimitLeavesByTheErrorPort(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a set_value name="n" value="= 1"`, `node b go_to node="a"`, `node c end outcome="looped"`,
		`start.out -> a`, `a.out -> b`, `a.error -> c`)
	out := begun(t, p, deal(5))
	for out.Run.State == flow.Ready {
		out = Advance(p, out.Run, deal(5), Resume{})
	}
	require.Equal(t, "looped", out.Run.End)
}

func TestRunVisitsTenThousandNodesAndNotOneMore(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a set_value name="n" value="= 1"`, `start.out -> a`)
	for visits, state := range map[int]flow.RunState{flow.MaxVisits - 2: flow.Done, flow.MaxVisits - 1: flow.Incident} {
		run := Begin(p, "start", updated("e1"), deal(5))
		run.Visits = visits
		require.Equal(t, state, Advance(p, run, deal(5), Resume{}).Run.State, visits)
	}
}

func TestRunStandsInSixtyFourPlacesAndNotInOneMore(t *testing.T) {
	for places, state := range map[int]flow.RunState{flow.MaxTokens: flow.Waiting, flow.MaxTokens + 1: flow.Incident} {
		lines := []string{`node start record_updated routing={"out":"all"}`}
		for i := range places {
			lines = append(lines, fmt.Sprintf(`node w%d wait_duration for="PT1H"`, i), fmt.Sprintf(`start.out -> w%d`, i))
		}
		out := begun(t, compiled(t, lines...), deal(5))
		require.Equal(t, state, out.Run.State, places)
	}
}

func TestValuesOfARunAreBounded(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a add_tag tag="x"`, `start.out -> a`)
	out := begun(t, p, deal(5))
	for n, state := range map[int]flow.RunState{flow.MaxVars - 100: flow.Done, flow.MaxVars: flow.Incident} {
		big := nodes.Leave("out", nodes.Output{"body": strings.Repeat("x", n)})
		require.Equal(t, state, Advance(p, out.Run, deal(5), Returned{Visit: 2, Result: big}).Run.State, n)
	}
}

func TestEffectIsTriedEightTimesWithGrowingPauses(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a add_tag tag="x"`, `start.out -> a`)
	w := deal(5)
	out := begun(t, p, w)
	var pauses []time.Duration
	for range flow.MaxAttempts {
		key := out.Calls[0].Key
		out = Advance(p, out.Run, w, Returned{Visit: 2, Err: &nodes.Error{Code: "down", Text: "down", Temporary: true}})
		if out.Run.State != flow.Waiting {
			break
		}
		pauses = append(pauses, out.Run.Wake().Sub(w.Now))
		_, early := Resolve(p, out.Run, 2, Decision{Timeout: true}, w)
		require.False(t, early, "not before its time")
		w.Now = *out.Run.Wake()
		run, ok := Resolve(p, out.Run, 2, Decision{Timeout: true}, w)
		require.True(t, ok)
		out = Advance(p, run, w, Resume{})
		require.Equal(t, key, out.Calls[0].Key)
	}
	require.Equal(t, flow.Incident, out.Run.State)
	require.Equal(t, flow.MaxAttempts, stepAt(t, out.Run, "a").Attempt)
	require.Equal(t, []time.Duration{2e9, 4e9, 8e9, 16e9, 32e9, 64e9, 128e9}, pauses)
	require.Equal(t, maxBackoff, backoff(40, 0))
	require.Equal(t, maxAfter, backoff(1, 9999*time.Hour))
}

func TestUnavailableStoreIsTriedAgain(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a add_tag tag="x"`, `start.out -> a`)
	out := begun(t, p, deal(5))
	err := fmt.Errorf("writing: %w", flow.Errorf(flow.CodeUnavailable, "the store is down"))
	require.Equal(t, flow.Waiting, Advance(p, out.Run, deal(5), Returned{Visit: 2, Err: err}).Run.State)
	err = fmt.Errorf("writing: %w", flow.Errorf(flow.CodeConflict, "no"))
	require.Equal(t, flow.Incident, Advance(p, out.Run, deal(5), Returned{Visit: 2, Err: err}).Run.State)
}

func TestStepsKeptAreTheNewestAndThoseUnfinished(t *testing.T) {
	p := compiled(t, `node start record_updated routing={"out":"all"}`, `node w wait_duration for="P1D"`,
		`node a set_value name="n" value="= 1"`, `node b set_value name="n" value="= 2"`, `node c set_value name="n" value="= 3"`, `node d go_to node="a"`,
		`start.out -> w`, `start.out -> a`, `a.out -> b`, `b.out -> c`, `c.out -> d`)
	out := begun(t, p, deal(5))
	for out.Run.State == flow.Ready {
		out = Advance(p, out.Run, deal(5), Resume{})
	}
	require.Len(t, out.Run.Steps, flow.MaxStepsKept)
	require.Equal(t, flow.StepWaiting, stepAt(t, out.Run, "w").State)
}

func TestWaitOfMoreThanAYearIsRefused(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a add_tag tag="x"`, `start.out -> a`)
	out := begun(t, p, deal(5))
	for d, state := range map[time.Duration]flow.RunState{flow.MaxDelay: flow.Waiting, flow.MaxDelay + time.Second: flow.Incident} {
		res := nodes.Leave("out", nil).Until(dawn.Add(d))
		require.Equal(t, state, Advance(p, out.Run, deal(5), Returned{Visit: 2, Result: res}).Run.State, d)
	}
	past := nodes.Leave("out", nil).Until(dawn.Add(-time.Hour))
	require.Equal(t, flow.Done, Advance(p, out.Run, deal(5), Returned{Visit: 2, Result: past}).Run.State, "a past date goes on at once")
}

func TestChainsAndStartsAreBounded(t *testing.T) {
	p := compiled(t, `node start record_updated`)
	ev := updated("e1")
	for depth, ok := range map[int]bool{flow.MaxDepth - 1: true, flow.MaxDepth: false} {
		ev.Cause = crm.Cause{Root: "e0", Depth: depth}
		e, _ := Consider(NewIndex([]*Plan{p}).Match(ev), ev, deal(5))
		require.Equal(t, ok, e.OK, depth)
	}
	e, _ := Consider(NewIndex([]*Plan{p}).Match(updated("e2")), updated("e2"), deal(5))
	require.True(t, Admit(p, e, Standing{Starts: flow.MaxStarts - 1}).OK)
	require.Equal(t, ReasonLoop, Admit(p, e, Standing{Starts: flow.MaxStarts}).Reason)
}
