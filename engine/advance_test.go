package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

var dawn = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// compiled compiles a flow in the written form; "flow f … deal" is put before it.
func compiled(t testing.TB, lines ...string) *Plan {
	t.Helper()
	p, problems := parsed(t, lines...)
	require.False(t, problems.HasErrors(), problems.String())
	return p
}

func parsed(t testing.TB, lines ...string) (*Plan, flow.Problems) {
	t.Helper()
	f, problems := flow.ParseWritten("flow f \"F\" deal\n" + strings.Join(lines, "\n"))
	require.Empty(t, problems)
	return Compile(flow.Version{Flow: "f", Number: 1, Graph: f.Graph}, crm.BuiltIn())
}

func deal(amount float64) World {
	return World{Now: dawn, Log: flow.Position{Gen: "g", Seq: 10}, Record: crm.Record{Resource: crm.Deal, ID: "D-1", Rev: 3,
		Fields: map[string]any{"title": "Hotel", "amount": crm.Minor(amount, "EUR"), "currency": "EUR", "contact": "C-1"}}}
}

func updated(id string) crm.Event {
	return crm.Event{ID: id, Type: "deal.updated", Resource: crm.Deal, Record: "D-1", Rev: 3, At: dawn, Changed: []string{"amount"}}
}

// begun begins a run at the trigger "start" and resumes it.
func begun(t testing.TB, p *Plan, w World) Outcome {
	t.Helper()
	return Advance(p, Begin(p, "start", updated("e1"), w), w, Resume{})
}

func stepAt(t testing.TB, run flow.Run, node string) flow.Step {
	t.Helper()
	for i := len(run.Steps) - 1; i >= 0; i-- {
		if run.Steps[i].Node == node {
			return run.Steps[i]
		}
	}
	require.Fail(t, "no step at "+node)
	return flow.Step{}
}

func TestAdvanceLeavesTheGivenRunAlone(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a set_value name="x" value="= deal.amount"`,
		`node w wait_duration for="PT1H"`, `start.out -> a`, `a.out -> w`)
	run := Begin(p, "start", updated("e1"), deal(5))
	before, err := json.Marshal(run)
	require.NoError(t, err)
	first := Advance(p, run, deal(5), Resume{})
	after, err := json.Marshal(run)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
	require.Equal(t, first, Advance(p, run, deal(5), Resume{}), "the same inputs give the same outcome")
	require.Equal(t, flow.Waiting, first.Run.State)
	require.Equal(t, map[string]any{"x": 5.0}, first.Run.Vars)
}

func TestEffectsAreWantedAgainWithTheSameKeyUntilTheyReturn(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a add_tag tag="x"`, `start.out -> a`)
	first := begun(t, p, deal(5))
	require.Len(t, first.Calls, 1)
	require.Equal(t, flow.Ready, first.Run.State)
	require.Equal(t, first.Run.ID+":2", first.Calls[0].Key)

	again := Advance(p, first.Run, deal(5), Resume{})
	require.Equal(t, first.Calls[0].Key, again.Calls[0].Key)
	require.Equal(t, 2, again.Run.Visits)

	done := Advance(p, again.Run, deal(5), Returned{Visit: 2, Result: nodes.Leave("out", nil)})
	require.Equal(t, flow.Done, done.Run.State)
	require.Equal(t, "end", done.Run.End)
	late := Advance(p, done.Run, deal(5), Returned{Visit: 2, Result: nodes.Leave("out", nil)})
	require.Equal(t, done.Run, late.Run)
	require.Empty(t, late.Calls)
}

func TestParallelEffectsAreWantedTogether(t *testing.T) {
	p := compiled(t, `node start record_updated routing={"out":"all"}`, `node a add_tag tag="a"`, `node b add_tag tag="b"`,
		`start.out -> a`, `start.out -> b`)
	out := begun(t, p, deal(5))
	require.Len(t, out.Calls, 2)
	one := Advance(p, out.Run, deal(5), Returned{Visit: 2, Result: nodes.Leave("out", nil)})
	require.Empty(t, one.Calls, "the other call is under way")
	require.Equal(t, flow.Ready, one.Run.State)
	require.Len(t, Advance(p, one.Run, deal(5), Resume{}).Calls, 1, "after a restart it is wanted again")
	two := Advance(p, one.Run, deal(5), Returned{Visit: 3, Result: nodes.Leave("out", nil)})
	require.Equal(t, flow.Done, two.Run.State)
}

func TestFailureOfOneBranchIsAnIncidentOnceTheOthersRest(t *testing.T) {
	p := compiled(t, `node start record_updated routing={"out":"all"}`, `node a add_tag tag="a"`, `node b add_tag tag="b"`,
		`node w wait_duration for="PT1H"`, `start.out -> a`, `start.out -> b`, `b.out -> w`)
	out := begun(t, p, deal(5))
	out = Advance(p, out.Run, deal(5), Returned{Visit: 2, Err: &nodes.Error{Code: "broken", Text: "no"}})
	require.Equal(t, flow.Ready, out.Run.State, "b is under way")
	out = Advance(p, out.Run, deal(5), Returned{Visit: 3, Result: nodes.Leave("out", nil)})
	require.Equal(t, flow.Incident, out.Run.State)
	require.Equal(t, "a: broken: no", out.Run.Error)

	still := Advance(p, out.Run, deal(5), Resume{})
	require.Equal(t, out.Run, still.Run, "an incident waits for an operator")
	_, ok := Retry(out.Run, 3, dawn)
	require.False(t, ok, "b has not failed")
	revived, ok := Skip(out.Run, 2, dawn)
	require.True(t, ok)
	end := Advance(p, revived, deal(5), Resume{})
	require.Equal(t, flow.Waiting, end.Run.State)
	require.Equal(t, flow.StepSkipped, stepAt(t, end.Run, "a").State)
}

func TestPanicOfANodeIsItsError(t *testing.T) {
	_, err := runPure(panicking{}, pureHost{})
	require.ErrorContains(t, err, "boom")
}

type panicking struct{ nodes.Node }

func (panicking) Run(context.Context, nodes.Host) (nodes.Result, error) { panic("boom") }

func TestNodesWithProblemsStopTheRunThere(t *testing.T) {
	p, problems := parsed(t, `node start record_updated`, `node a send_fax to="x"`, `start.out -> a`)
	require.True(t, problems.HasErrors())
	out := begun(t, p, deal(5))
	require.Equal(t, flow.Incident, out.Run.State)
	require.Contains(t, out.Run.Error, CodeCannotRun)
}

func TestMissingValueInAConnectorsConditionIsFalseWithAWarning(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a end outcome="late"`, `node b end outcome="else"`,
		`start.out -> a if "deal.close_date < now()"`, `start.out -> b`)
	out := begun(t, p, deal(5))
	require.Equal(t, "else", out.Run.End)
	require.NotEmpty(t, stepAt(t, out.Run, "start").Note)
}

func TestBrokenExpressionBelongsToItsStep(t *testing.T) {
	lines := []string{`node start record_updated`, `node a set_value name="x" value="= 1 / (deal.amount - 5)"`, `start.out -> a`}
	out := begun(t, compiled(t, lines...), deal(5))
	require.Equal(t, flow.Incident, out.Run.State)
	require.Equal(t, flow.StepFailed, stepAt(t, out.Run, "a").State)
	wired := begun(t, compiled(t, append(lines, `node b end outcome="handled"`, `a.error -> b`)...), deal(5))
	require.Equal(t, "handled", wired.Run.End)
	require.Equal(t, "error", stepAt(t, wired.Run, "a").Port)
}

func TestTimeoutThatLeadsNowhereEndsTimedOut(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node w wait_event event="message.received" timeout="PT1H"`, `start.out -> w`)
	out := begun(t, p, deal(5))
	w := deal(5)
	w.Now = dawn.Add(time.Hour)
	run, ok := Resolve(p, out.Run, 2, Decision{Timeout: true}, w)
	require.True(t, ok)
	require.Equal(t, EndTimedOut, Advance(p, run, w, Resume{}).Run.End)
}

func TestRunReadsLiveRecordsAtEachStep(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node a add_tag tag="x"`, `node b set_value name="x" value="= deal.amount"`,
		`start.out -> a`, `a.out -> b`)
	out := begun(t, p, deal(5))
	out = Advance(p, out.Run, deal(7), Returned{Visit: 2, Result: nodes.Leave("out", nil)})
	require.Equal(t, 7.0, out.Run.Vars["x"])
}

func TestCancelledAndDeletedRunsAreAtTheirEnd(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node w wait_duration for="PT1H"`, `start.out -> w`)
	run := begun(t, p, deal(5)).Run
	for end, halted := range map[string]flow.Run{EndCancelled: Cancel(run, "u-1", dawn), EndRecordDeleted: RecordDeleted(run, dawn)} {
		require.Equal(t, flow.Cancelled, halted.State)
		require.Equal(t, end, halted.End)
		require.Empty(t, halted.Tokens)
		require.Equal(t, flow.StepSkipped, stepAt(t, halted, "w").State)
		require.Equal(t, halted, Cancel(halted, "u-2", dawn.Add(time.Hour)))
	}
	require.Equal(t, flow.StepWaiting, stepAt(t, run, "w").State, "the given run is not changed")
}

func BenchmarkPureNode(b *testing.B) {
	lines := []string{`node start record_updated`, `start.out -> n0`}
	const n = 150
	for i := range n {
		lines = append(lines, fmt.Sprintf(`node n%d set_value name="v%d" value="= deal.amount * %d"`, i, i%10, i))
		if i > 0 {
			lines = append(lines, fmt.Sprintf(`n%d.out -> n%d if "deal.amount > 1"`, i-1, i))
		}
	}
	p := compiled(b, lines...)
	run := Begin(p, "start", updated("e1"), deal(5))
	b.ReportAllocs()
	for b.Loop() {
		if out := Advance(p, run, deal(5), Resume{}); out.Run.Visits != n+1 {
			b.Fatal(out.Run.State, out.Run.Error)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "us/node")
}

func BenchmarkOneEffect(b *testing.B) {
	p := compiled(b, `node start record_updated`, `node a add_tag tag="x"`, `start.out -> a`)
	run := Begin(p, "start", updated("e1"), deal(5))
	for b.Loop() {
		out := Advance(p, run, deal(5), Resume{})
		Advance(p, out.Run, deal(5), Returned{Visit: 2, Result: nodes.Leave("out", nil)})
	}
}

func TestEndNodeEndsTheOtherBranchesAndDropsTheirCalls(t *testing.T) {
	p := compiled(t, `node start record_updated routing={"out":"all"}`, `node a add_tag tag="a"`, `node b add_tag tag="b"`,
		`node w wait_duration for="PT1H"`, `node z end outcome="won"`,
		`start.out -> a`, `start.out -> b`, `start.out -> w`, `a.out -> z`)
	out := begun(t, p, deal(5))
	out = Advance(p, out.Run, deal(5), Returned{Visit: 3, Err: &nodes.Error{Code: "broken", Text: "no"}})
	out = Advance(p, out.Run, deal(5), Returned{Visit: 2, Result: nodes.Leave("out", nil)})
	require.Equal(t, flow.Done, out.Run.State)
	require.Equal(t, "won", out.Run.End)
	require.Equal(t, flow.StepFailed, stepAt(t, out.Run, "b").State, "what failed stays told")
	require.Equal(t, flow.StepSkipped, stepAt(t, out.Run, "w").State)
	require.Equal(t, []string{"+0s start out", "+0s a out", "+0s b failed broken", "+0s w waiting", "+0s w skipped", "+0s z done", "done won"}, Trace(out.Run))
}
