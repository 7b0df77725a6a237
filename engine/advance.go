package engine

import (
	"maps"
	"slices"
	"sort"
	"time"

	"millrace.dev/flow"
	"millrace.dev/flow/rule"
)

// Advance moves a run as far as it goes without the outside: until every token
// is held, wants a call, has failed or has ended, or until flow.MaxBurst nodes
// were visited. The given run is not changed. A run that is queued, an incident
// or at its end stays as it is.
func Advance(p *Plan, run flow.Run, w World, in Input) Outcome {
	if run.State.Final() || run.State == flow.Queued || run.State == flow.Incident {
		return Outcome{Run: run}
	}
	f := newFlight(p, run, w)
	switch in := in.(type) {
	case Returned:
		f.returned(in)
	case Resume:
		for i := range f.run.Tokens {
			f.run.Tokens[i].Calling = false
		}
	}
	for f.burst = 0; f.burst < flow.MaxBurst; f.burst++ {
		i := f.next()
		if i < 0 {
			break
		}
		f.step(i)
	}
	return f.land()
}

// flight is one call of Advance.
type flight struct {
	p       *Plan
	run     flow.Run
	w       World
	scope   rule.Scope
	budget  *rule.Budget   // of the visit at hand
	steps   map[string]any // the scope's "steps"
	calls   []Call
	changed []int // visits, in the order of their first change
	burst   int
	owned   bool // run.Vars and run.Outputs are our own copies
	size    int  // of vars and outputs, -1 until measured
}

func newFlight(p *Plan, run flow.Run, w World) *flight {
	run.Tokens = slices.Clone(run.Tokens)
	run.Steps = append(make([]flow.Step, 0, len(run.Steps)+16), run.Steps...)
	run.NodeVisits = maps.Clone(run.NodeVisits)
	if run.NodeVisits == nil {
		run.NodeVisits = map[string]int{}
	}
	w.Now = utc(w.Now)
	run.State, run.Error, run.Updated = flow.Ready, "", w.Now
	f := &flight{p: p, run: run, w: w, size: -1, budget: rule.NewBudget()}
	f.scope = p.scope(run, w, run.Event)
	f.steps, _ = f.scope.Values["steps"].(map[string]any)
	return f
}

// next finds the first token that can move, -1 for none.
func (f *flight) next() int {
	for i := range f.run.Tokens {
		if movable(f.run.Tokens[i]) {
			return i
		}
	}
	return -1
}

func movable(t flow.Token) bool { return t.Wait == nil && !t.Calling && !t.Failed }

// step moves one token once: out of a decided wait, or into its node.
func (f *flight) step(i int) {
	t := &f.run.Tokens[i]
	f.budget = rule.NewBudget()
	if t.Leave != "" {
		f.leaveHeld(i)
		return
	}
	if t.Visit == 0 && !f.enter(i) {
		return
	}
	f.perform(i)
}

// land closes the flight: the run's state follows from its tokens.
func (f *flight) land() Outcome {
	out := Outcome{Calls: f.calls}
	for _, visit := range f.changed {
		if s := f.stepOf(visit); s != nil {
			out.Changed = append(out.Changed, *s)
		}
	}
	sort.Slice(out.Changed, func(i, j int) bool { return out.Changed[i].Visit < out.Changed[j].Visit })
	f.run.Steps = trim(f.run.Steps)
	f.settle()
	out.Run = f.run
	return out
}

func (f *flight) settle() {
	if f.run.State.Final() {
		return
	}
	busy, failed := false, 0
	for _, t := range f.run.Tokens {
		busy = busy || t.Calling || movable(t)
		if t.Failed && failed == 0 {
			failed = t.Visit
		}
	}
	switch {
	case len(f.run.Tokens) == 0:
		f.finish(flow.Done, f.run.End)
	case busy:
		f.run.State = flow.Ready
	case failed != 0:
		f.run.State = flow.Incident
		if s := f.stepOf(failed); s != nil {
			f.run.Error = s.Node + ": " + s.Error
		}
	default:
		f.run.State = flow.Waiting
	}
}

// finish ends the run; what the other tokens were in ends with it.
func (f *flight) finish(state flow.RunState, end string) {
	if end == "" {
		end = "end"
	}
	for _, t := range f.run.Tokens {
		if t.Visit != 0 && !t.Failed {
			f.close(t.Visit, flow.StepSkipped, "", "The run ended elsewhere.")
		}
	}
	now := f.w.Now
	f.run.State, f.run.End, f.run.Ended = state, end, &now
	f.run.Tokens, f.calls = nil, nil
}

// stepOf finds the step of a visit; steps stand in visit order.
func (f *flight) stepOf(visit int) *flow.Step {
	steps := f.run.Steps
	i := sort.Search(len(steps), func(i int) bool { return steps[i].Visit >= visit })
	if i == len(steps) || steps[i].Visit != visit {
		return nil
	}
	return &steps[i]
}

// touch notes that a step changed.
func (f *flight) touch(visit int) *flow.Step {
	if !slices.Contains(f.changed, visit) {
		f.changed = append(f.changed, visit)
	}
	return f.stepOf(visit)
}

// close ends a visit's step unless it has ended.
func (f *flight) close(visit int, state flow.StepState, port, note string) {
	s := f.stepOf(visit)
	if s == nil || !s.State.CanBecome(state) {
		return
	}
	f.touch(visit)
	now := f.w.Now
	s.State, s.Port, s.Left = state, port, &now
	s.Note = join(s.Note, note)
}

func join(note, more string) string {
	if note == "" || more == "" {
		return note + more
	}
	return note + " " + more
}

// trim keeps the newest flow.MaxStepsKept steps; those that have not ended stay.
func trim(steps []flow.Step) []flow.Step {
	drop := len(steps) - flow.MaxStepsKept
	if drop <= 0 {
		return steps
	}
	kept := make([]flow.Step, 0, flow.MaxStepsKept)
	for _, s := range steps {
		if drop > 0 && (s.State == flow.StepDone || s.State == flow.StepSkipped) {
			drop--
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// mark is the place in the event log where an action begins now.
func (w World) mark() flow.Position {
	return flow.Position{Gen: w.Log.Gen, Seq: w.Log.Seq, Rev: w.Record.Rev, At: w.Now}
}

// later is now plus d.
func (w World) later(d time.Duration) *time.Time {
	t := w.Now.Add(d)
	return &t
}

// utc is a moment as it is stored: in UTC, without the process's own clock.
func utc(t time.Time) time.Time { return t.Round(0).UTC() }
