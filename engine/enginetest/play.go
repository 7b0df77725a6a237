package enginetest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"millrace.dev/crm"
	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// Options change how a scenario is played, never what comes of it.
type Options struct {
	// Twice runs every call a second time, as after a crash.
	Twice bool
}

// horizon is how long waits are followed after the last step without an "end".
const horizon = 400 * 24 * time.Hour

// RunPure plays the scenario on the pure engine.
func (s Scenario) RunPure() (Result, error) { return s.Play(Options{}) }

// Play plays the scenario on the pure engine.
func (s Scenario) Play(o Options) (Result, error) {
	p := &play{s: s, r: engine.NewRehearsal(s.Schemas, s.Clock), faults: map[string][]error{},
		answers: map[string]Step{}, during: map[string][]Step{}, versions: map[string]int{}}
	p.r.Twice, p.r.Fault, p.r.During, p.r.Answer = o.Twice, p.fault, p.hook, p.answer
	for _, m := range s.Members {
		p.r.AddMember(m)
	}
	for _, rec := range s.Records {
		p.r.Put(rec)
	}
	for _, f := range s.Flows {
		if p.versions[f.Flow] == 0 {
			if err := p.publish(f.Flow); err != nil {
				return Result{}, err
			}
		}
	}
	if err := p.script(); err != nil {
		return Result{}, err
	}
	return p.result(), nil
}

type play struct {
	s        Scenario
	r        *engine.Rehearsal
	faults   map[string][]error // by node
	answers  map[string]Step
	during   map[string][]Step
	versions map[string]int // published so far, by flow
	err      error
}

// publish publishes the next section of a flow.
func (p *play) publish(id string) error {
	n := 0
	for _, f := range p.s.Flows {
		if f.Flow != id {
			continue
		}
		if n++; n <= p.versions[id] {
			continue
		}
		plan, problems := engine.Compile(flow.Version{Flow: id, Number: n, Graph: f.Graph}, p.s.Schemas)
		if problems.HasErrors() {
			return fmt.Errorf("flow %s: %s", id, problems)
		}
		p.versions[id] = n
		p.r.Publish(plan)
		return nil
	}
	return fmt.Errorf("there is no further version of flow %s", id)
}

func (p *play) script() error {
	for _, st := range p.s.Steps {
		if st.During != "" {
			p.during[st.During] = append(p.during[st.During], st)
		}
	}
	for _, st := range p.s.Steps {
		if st.During != "" {
			continue
		}
		if st.Verb == "end" {
			p.r.Finish(p.s.Clock.Add(st.At))
			return p.err
		}
		p.r.Reach(p.s.Clock.Add(st.At))
		if err := p.do(st); err != nil {
			return fmt.Errorf("line %d: %w", st.Line, err)
		}
		p.r.Settle()
	}
	p.r.Finish(p.r.Now().Add(horizon))
	return p.err
}

// do makes one step happen.
func (p *play) do(st Step) error {
	switch st.Verb {
	case "update":
		return p.r.Update(st.Resource, st.ID, st.Fields, st.By)
	case "create":
		return p.r.Create(st.Resource, st.ID, st.Fields, st.By)
	case "delete":
		return p.r.Delete(st.Resource, st.ID, st.By)
	case "event":
		p.r.Emit(crm.Event{ID: st.EventID, Type: st.Event, Kind: st.Kind, Resource: st.Resource, Record: st.ID, Actor: st.By, Data: st.Fields})
	case "again":
		p.r.Again()
	case "start":
		return p.r.Start(st.Flow, st.ID, st.By)
	case "finish":
		return p.r.FinishStage(st.Flow, st.ID, st.Node, st.Port, st.By)
	case "cancel", "retry", "skip":
		return p.r.Operate(st.Verb, st.Flow, st.ID, st.By)
	case "off":
		p.r.Withdraw(st.Flow)
	case "on":
		p.versions[st.Flow]--
		return p.publish(st.Flow)
	case "publish":
		return p.publish(st.Flow)
	case "fail":
		for range max(st.Times, 1) {
			p.faults[st.Node] = append(p.faults[st.Node], &nodes.Error{Code: st.Code, Text: st.Text, Temporary: st.Temporary})
		}
	case "answer":
		p.answers[st.Node] = st
	}
	return nil
}

func (p *play) fault(_ flow.Run, c engine.Call) error {
	list := p.faults[c.Node]
	if len(list) == 0 {
		return nil
	}
	p.faults[c.Node] = list[1:]
	return list[0]
}

func (p *play) hook(_ flow.Run, c engine.Call) {
	list := p.during[c.Node]
	if len(list) == 0 {
		return
	}
	p.during[c.Node] = list[1:]
	if err := p.do(list[0]); err != nil && p.err == nil {
		p.err = fmt.Errorf("line %d: %w", list[0].Line, err)
	}
}

func (p *play) answer(node string) (int, string) {
	st, ok := p.answers[node]
	if !ok {
		return 200, "{}"
	}
	return st.Status, st.Text
}

// result writes down what came of it. Runs come by their start, and at the same
// moment by flow and record.
func (p *play) result() Result {
	runs := p.r.Runs()
	slices.SortStableFunc(runs, func(a, b flow.Run) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Record, b.Record))
	})
	var out Result
	for _, run := range runs {
		out.Trace = append(out.Trace, Lines(run)...)
	}
	for _, e := range p.r.Effects {
		out.Effects = append(out.Effects, fmt.Sprintf("+%s %s", e.At.Sub(p.s.Clock), e))
	}
	for _, e := range p.r.Enrollments {
		word := "ok"
		if !e.OK {
			word = e.Reason
		}
		out.Enrollments = append(out.Enrollments, fmt.Sprintf("+%s %s %s %s", e.At.Sub(p.s.Clock), e.Flow, e.Record, word))
	}
	return out
}

// Lines is a run's canonical trace as scenarios write it.
func Lines(run flow.Run) []string {
	var lines []string
	for _, l := range engine.Trace(run) {
		lines = append(lines, fmt.Sprintf("%s %s: %s", run.Flow, run.Record, l))
	}
	return lines
}
