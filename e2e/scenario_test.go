package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"millrace.dev/engine/enginetest"
	"millrace.dev/flow"
)

// The same texts are played by the engine alone and by the browser's build of
// it (engine/enginetest): afterwards all three are known to be equal.
func TestEveryScenarioLeavesTheSameTraceThroughTheServer(t *testing.T) {
	paths, err := filepath.Glob("../engine/testdata/*.txt")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(paths), 15)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			s, err := enginetest.Parse(string(text))
			require.NoError(t, err)
			pure, err := s.RunPure()
			require.NoError(t, err)
			require.Equal(t, s.Want.Trace, pure.Trace, "the engine alone")
			if why := unplayable(s); why != "" {
				t.Skip("not through HTTP: " + why)
			}
			p := &play{t: t, s: s, world: openWorld(t, s)}
			p.script()
			seen, err := p.world.look()
			require.NoError(t, err)
			require.Equal(t, pure.Trace, seen.trace)
		})
	}
}

// unplayable says what a scenario has that cannot be done through the server's
// ways in and out, "" when there is no such thing.
func unplayable(s enginetest.Scenario) string {
	outward := map[string]bool{}
	for _, f := range s.Flows {
		for id, n := range f.Graph.Nodes {
			outward[id] = outward[id] || n.Type == "send_email" || n.Type == "call_url"
		}
	}
	for _, st := range s.Steps {
		switch {
		case st.During != "" && !outward[st.During]:
			return fmt.Sprintf("line %d happens during %s, which calls nobody outside", st.Line, st.During)
		case (st.Verb == "fail" || st.Verb == "answer") && !outward[st.Node]:
			return fmt.Sprintf("line %d: %s calls nobody outside", st.Line, st.Node)
		case st.Verb == "finish" && st.Port != "":
			return fmt.Sprintf("line %d: a stage is finished without naming a port", st.Line)
		}
	}
	return racing(s)
}

// racing names two flows that start on the same change, of which one changes
// what the other watches: which of their runs is quicker is the server's
// business, and the engine alone tells only one of the outcomes.
func racing(s enginetest.Scenario) string {
	for _, a := range s.Flows {
		for _, b := range s.Flows {
			if a.Flow == b.Flow || !overlap(watched(a), watched(b)) {
				continue
			}
			if overlap(changed(a), watched(b)) {
				return fmt.Sprintf("flow %s races with what flow %s changes", b.Flow, a.Flow)
			}
		}
	}
	return ""
}

// anyField stands for every field.
const anyField = "*"

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(name string) bool {
		return slices.Contains(b, name) || slices.Contains(b, anyField) || name == anyField && len(b) > 0
	})
}

// watched are the fields whose change starts a flow.
func watched(f flow.File) (names []string) {
	for _, n := range f.Graph.Nodes {
		list, _ := n.Props["fields"].([]any)
		switch {
		case n.Type == "status_changed":
			names = append(names, "status")
		case n.Type == "record_updated" && len(list) == 0:
			names = append(names, anyField)
		case n.Type == "record_updated":
			for _, name := range list {
				names = append(names, fmt.Sprint(name))
			}
		}
	}
	return names
}

// changed are the fields that a flow changes itself.
func changed(f flow.File) (names []string) {
	for _, n := range f.Graph.Nodes {
		set, _ := n.Props["set"].(map[string]any)
		for name := range set {
			names = append(names, name)
		}
		if field := map[string]string{"change_status": "status", "add_tag": "tags", "assign_owner": "owner"}[n.Type]; field != "" {
			names = append(names, field)
		}
	}
	return names
}

// play walks through one scenario's moments.
type play struct {
	t     *testing.T
	s     enginetest.Scenario
	world *world
	done  []enginetest.Step
}

// horizon is how long waits are followed after the last step without an "end",
// as long as the engine alone does.
const horizon = 400 * 24 * time.Hour

// script does every step at its moment. As for the engine alone, what happens at
// a moment comes before the waits that end then.
func (p *play) script() {
	for _, st := range p.s.Steps {
		if st.During != "" {
			continue
		}
		if st.Verb == "end" {
			p.ring(st.At)
			return
		}
		p.ring(st.At - 1)
		p.world.reach(p.s.Clock.Add(st.At))
		require.NoError(p.t, p.world.do(st), "line %d", st.Line)
		p.done = append(p.done, st)
		p.await(st.At-1, fmt.Sprintf("after line %d", st.Line))
	}
	p.ring(p.world.clock.Now().Sub(p.s.Clock) + horizon)
}

// ring goes through the waits that end not after until, moment by moment.
func (p *play) ring(until time.Duration) {
	for {
		seen, err := p.world.look()
		require.NoError(p.t, err)
		if seen.wake == nil || seen.wake.Sub(p.s.Clock) > until {
			return
		}
		p.world.ring(*seen.wake)
		at := seen.wake.Sub(p.s.Clock)
		p.await(at, fmt.Sprintf("when the waits of +%s end", at))
	}
}

// await waits until the server stands where the engine alone stands after the
// steps that were done, when all waits up to a moment have ended.
func (p *play) await(until time.Duration, when string) {
	p.t.Helper()
	want := p.pure(until)
	require.EventuallyWithT(p.t, func(c *assert.CollectT) {
		behind, err := p.world.behind()
		require.NoError(c, err)
		seen, err := p.world.look()
		require.NoError(c, err)
		require.Equal(c, want.Trace, seen.trace)
		require.Equal(c, want.Enrollments, seen.enrollments)
		require.False(c, seen.wake != nil && seen.wake.Sub(p.s.Clock) <= until, "a wait is overdue")
		require.False(c, behind, "an event is not matched yet")
	}, 15*time.Second, 5*time.Millisecond, when)
}

// pure is what the engine alone tells of the scenario so far. Enrollments are
// sorted, and without those of repeated events: the server keeps the first
// decision about an event only.
func (p *play) pure(until time.Duration) enginetest.Result {
	cut := p.s
	cut.Steps = append(slices.Clone(p.done), enginetest.Step{At: until, Verb: "end"})
	for _, st := range p.s.Steps {
		if st.During != "" {
			cut.Steps = append(cut.Steps, st)
		}
	}
	r, err := cut.RunPure()
	require.NoError(p.t, err)
	r.Enrollments = slices.DeleteFunc(r.Enrollments, func(l string) bool { return strings.HasSuffix(l, " duplicate") })
	slices.Sort(r.Enrollments)
	return r
}
