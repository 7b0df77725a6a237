package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// kinds are nodes for random flows, with the ports connectors may leave by.
var kinds = []struct {
	text  string
	ports []string
}{
	{`set_value name="x" value="= (vars.x ?? 0) + deal.amount"`, []string{"out", "error"}},
	{`set_value name="y" value="= 1 / (deal.amount - 5)"`, []string{"out", "error"}},
	{`branch mode="all" cases=[{"name":"a","if":"deal.amount > 3"},{"name":"b","if":"vars.x > 7"}]`, []string{"a", "b", "else"}},
	{`add_tag tag="t"`, []string{"out", "error"}},
	{`create_task subject="s {{ steps.n0.tag }}" owner=true`, []string{"out"}},
	{`wait_duration for="PT1H"`, []string{"out"}},
	{`wait_event event="deal.paid" timeout="PT2H"`, []string{"event", "timeout"}},
	{`stage name="S" owner=true`, []string{"done"}},
	{`add_tag disabled tag="off"`, []string{"out"}},
	{`end outcome="won"`, nil},
}

func anyPlan(t *rapid.T) *Plan {
	n := rapid.IntRange(1, 7).Draw(t, "nodes")
	lines := []string{``, `node start record_updated routing={"out":"all"}`, `node n0 add_tag tag="t"`}
	ports := map[string][]string{"start": {"out"}, "n0": {"out"}}
	for i := 1; i <= n; i++ {
		k := kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, "kind")]
		id := fmt.Sprintf("n%d", i)
		text := k.text
		if len(k.ports) > 0 && rapid.Bool().Draw(t, "all") {
			text += fmt.Sprintf(` routing={%q:"all"}`, k.ports[0])
		}
		lines, ports[id] = append(lines, "node "+id+" "+text), k.ports
	}
	lines = append(lines, `node x set_value name="x" value="= 0"`)
	for _, from := range sortedKeys(ports) {
		for _, port := range ports[from] {
			for range rapid.IntRange(0, 2).Draw(t, "connectors") {
				line := fmt.Sprintf("%s.%s -> n%d", from, port, rapid.IntRange(0, n).Draw(t, "to"))
				if rapid.Bool().Draw(t, "if") {
					line += ` if "deal.amount > 4"`
				}
				lines = append(lines, line)
			}
		}
	}
	return anyCompiled(t, lines[1:]...)
}

func anyCompiled(t *rapid.T, lines ...string) *Plan {
	src := "flow f \"F\" deal\n" + strings.Join(lines, "\n")
	f, problems := flow.ParseWritten(src)
	require.Empty(t, problems)
	p, found := Compile(flow.Version{Flow: "f", Number: 1, Graph: f.Graph}, crm.BuiltIn())
	require.False(t, found.HasErrors(), "%s\n%s", found, src)
	return p
}

// stored is the run as a store gives it back.
func stored(t require.TestingT, run flow.Run) flow.Run {
	data, err := json.Marshal(run)
	require.NoError(t, err)
	var back flow.Run
	require.NoError(t, json.Unmarshal(data, &back))
	return back
}

// sound checks what holds of every run between two writes.
func sound(t *rapid.T, before, run flow.Run) {
	require.True(t, before.State == run.State || before.State.CanBecome(run.State), "%s → %s", before.State, run.State)
	require.LessOrEqual(t, len(run.Tokens), flow.MaxTokens)
	visits := 0
	for _, n := range run.NodeVisits {
		visits += n
	}
	require.Equal(t, run.Visits, visits)
	ids := map[int]bool{}
	failed, busy := 0, 0
	for _, tok := range run.Tokens {
		require.False(t, ids[tok.ID], "two tokens %d", tok.ID)
		ids[tok.ID] = true
		switch {
		case tok.Failed:
			failed++
		case tok.Wait == nil:
			busy++
		}
		require.False(t, tok.Wait != nil && tok.Calling)
	}
	switch run.State {
	case flow.Done, flow.Cancelled:
		require.Empty(t, run.Tokens)
		require.NotNil(t, run.Ended)
		require.NotEmpty(t, run.End)
		for _, s := range run.Steps {
			require.NotContains(t, []flow.StepState{flow.StepRunning, flow.StepWaiting}, s.State)
		}
	case flow.Waiting:
		require.Zero(t, failed+busy)
		require.NotEmpty(t, run.Tokens)
	case flow.Incident:
		require.Positive(t, failed)
		require.Zero(t, busy)
		require.NotEmpty(t, run.Error)
	case flow.Ready:
		require.Positive(t, busy)
	}
	was := map[int]flow.Step{}
	for _, s := range before.Steps {
		was[s.Visit] = s
	}
	last := 0
	for _, s := range run.Steps {
		require.Greater(t, s.Visit, last)
		last = s.Visit
		if old, ok := was[s.Visit]; ok && old.State != s.State {
			tried := old.State.CanBecome(flow.StepRunning) && flow.StepRunning.CanBecome(s.State)
			require.True(t, tried || old.State.CanBecome(s.State), "step %s → %s", old.State, s.State)
		}
	}
}

func TestAnyFlowMovesLegallyWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPlan(t)
		w := deal(float64(rapid.IntRange(1, 8).Draw(t, "amount")))
		run := stored(t, Begin(p, "start", updated("e1"), w))
		for i := range 40 {
			if run.State.Final() {
				break
			}
			w.Now, w.Log.Seq = w.Now.Add(time.Minute), w.Log.Seq+1
			next := happen(t, p, run, w, i)
			sound(t, run, next)
			run = stored(t, next)
		}
	})
}

// happen does one random thing to a run.
func happen(t *rapid.T, p *Plan, run flow.Run, w World, i int) flow.Run {
	if run.State == flow.Ready && (i == 0 || rapid.Bool().Draw(t, "resume")) {
		return advanced(t, p, run, w, Resume{})
	}
	if len(run.Tokens) == 0 {
		return Cancel(run, "u-1", w.Now)
	}
	tok := run.Tokens[rapid.IntRange(0, len(run.Tokens)-1).Draw(t, "token")]
	switch {
	case run.State == flow.Incident && tok.Failed:
		again, ok := Retry(run, tok.Visit, w.Now)
		if rapid.Bool().Draw(t, "skip") {
			again, ok = Skip(run, tok.Visit, w.Now)
		}
		require.True(t, ok)
		return again
	case tok.Calling:
		in := Returned{Visit: tok.Visit, Result: nodes.Leave("out", nodes.Output{"n": 1})}
		switch rapid.IntRange(0, 4).Draw(t, "answer") {
		case 0:
			in.Err = &nodes.Error{Code: "down", Text: "down", Temporary: true}
		case 1:
			in.Err = &nodes.Error{Code: "broken", Text: "broken"}
		case 2:
			in.Result = in.Result.After(time.Hour)
		}
		return advanced(t, p, run, w, in)
	case tok.Wait != nil:
		ev := crm.Event{ID: fmt.Sprint("p", i), Type: "deal.paid", Resource: crm.Deal, Record: "D-1", At: w.Now}
		d := rapid.SampledFrom([]Decision{{Event: &ev}, {Timeout: true}, {Finished: &Finished{By: "u-1"}}}).Draw(t, "decision")
		if d.Timeout && tok.Wait.Wake != nil {
			w.Now = *tok.Wait.Wake
		}
		next, _ := Resolve(p, run, tok.Visit, d, w)
		return next
	}
	return run
}

// advanced advances a run, and demands the same of what a store would give back.
func advanced(t *rapid.T, p *Plan, run flow.Run, w World, in Input) flow.Run {
	out := Advance(p, run, w, in)
	again := Advance(p, stored(t, run), w, in)
	require.Equal(t, stored(t, out.Run), stored(t, again.Run))
	require.Equal(t, len(out.Calls), len(again.Calls))
	for _, s := range out.Changed {
		require.LessOrEqual(t, s.Visit, out.Run.Visits)
	}
	return out.Run
}
