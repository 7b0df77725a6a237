package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// enter begins a visit of the token's node. It reports whether the node may be
// performed: a limit may have been passed.
func (f *flight) enter(i int) bool {
	t := &f.run.Tokens[i]
	f.run.Visits++
	t.Visit = f.run.Visits
	n := f.p.nodes[t.Node]
	typ := ""
	if n != nil {
		typ = n.spec.Type
		if !n.spec.Pure && !n.disabled {
			t.Mark = f.w.mark()
		}
	}
	f.run.Steps = append(f.run.Steps, flow.Step{Visit: t.Visit, Node: t.Node, Type: typ, Via: t.Via, State: flow.StepRunning, At: f.w.Now})
	f.touch(t.Visit)
	f.run.NodeVisits[t.Node]++
	switch {
	case f.run.Visits > flow.MaxVisits:
		f.stop(i, &nodes.Error{Code: CodeLimitVisits, Text: fmt.Sprintf("The run has visited %d nodes: it goes round in circles.", flow.MaxVisits)})
		return false
	case f.run.NodeVisits[t.Node] > flow.MaxNodeVisits:
		f.fail(i, &nodes.Error{Code: CodeLimitLoop, Text: fmt.Sprintf("The run has visited this node %d times: add a wait or a way out of the loop.", flow.MaxNodeVisits)})
		return false
	}
	return true
}

// perform does the token's node: in memory when it is pure, else by wanting a
// call. It is repeated for the same visit after a retry or a restart.
func (f *flight) perform(i int) {
	t := &f.run.Tokens[i]
	n := f.p.nodes[t.Node]
	switch {
	case n == nil || n.bound == nil:
		f.fail(i, &nodes.Error{Code: CodeCannotRun, Text: "This node has problems, or this build does not know its type."})
		return
	case n.disabled:
		f.close(t.Visit, flow.StepSkipped, n.first, "The node is switched off.")
		f.route(i, []string{n.first}, false)
		return
	case n.trigger:
		f.close(t.Visit, flow.StepDone, n.first, "")
		f.route(i, []string{n.first}, false)
		return
	}
	f.scope.Now = f.w.Now
	do, warnings, err := n.bound.Fill(f.scope, f.budget)
	f.warn(t.Visit, warnings)
	f.warn(t.Visit, f.budget.Warnings())
	if err != nil {
		f.fail(i, err)
		return
	}
	f.reopen(t.Visit)
	if !n.spec.Pure {
		t.Calling = true
		f.calls = append(f.calls, Call{Visit: t.Visit, Node: n.id, Type: n.spec.Type, Do: do, Key: visitKey(f.run.ID, t.Visit)})
		return
	}
	res, err := runPure(do, f.subject(*t))
	if err != nil {
		f.fail(i, err)
		return
	}
	f.result(i, res)
}

// reopen sets a step that was held for a retry, or that failed, running again.
func (f *flight) reopen(visit int) {
	if s := f.stepOf(visit); s != nil && s.State != flow.StepRunning {
		f.touch(visit)
		s.State, s.Error, s.Left = flow.StepRunning, "", nil
	}
}

func (f *flight) warn(visit int, warnings []string) {
	if len(warnings) == 0 {
		return
	}
	if s := f.touch(visit); s != nil {
		for _, w := range warnings {
			if !strings.Contains(s.Note, w) {
				s.Note = join(s.Note, w)
			}
		}
	}
}

// returned takes in what a call's node returned. A result nobody waits for any
// more, of an ended visit, is dropped.
func (f *flight) returned(in Returned) {
	for i := range f.run.Tokens {
		t := &f.run.Tokens[i]
		if t.Visit != in.Visit || !t.Calling {
			continue
		}
		t.Calling = false
		if in.Err != nil {
			f.failed(i, in.Err)
			return
		}
		f.result(i, in.Result)
		return
	}
}

// result takes in what a node made of its visit.
func (f *flight) result(i int, res nodes.Result) {
	t := &f.run.Tokens[i]
	s := f.touch(t.Visit)
	s.Note = join(s.Note, res.Note)
	if !f.remember(i, res) {
		return
	}
	state := flow.StepDone
	if res.Skipped {
		state = flow.StepSkipped
	}
	switch {
	case res.End != "":
		f.close(t.Visit, state, "", "")
		f.finish(flow.Done, res.End)
	case res.Hold != nil:
		f.hold(i, res)
	case res.GoTo != "":
		if f.p.nodes[res.GoTo] == nil {
			f.fail(i, &nodes.Error{Code: CodeCannotRun, Text: fmt.Sprintf("There is no node %q to go to.", res.GoTo)})
			return
		}
		f.close(t.Visit, state, "", "")
		f.run.Tokens[i] = flow.Token{ID: t.ID, Node: res.GoTo, Mark: t.Mark}
	default:
		f.close(t.Visit, state, strings.Join(res.Ports, ","), "")
		f.route(i, res.Ports, false)
	}
}

// visitKey is the idempotency key of a visit's effect.
func visitKey(run string, visit int) string { return fmt.Sprintf("%s:%d", run, visit) }

// Subject is what a run is about, as its node's Host tells it.
func Subject(p *Plan, run flow.Run, node string, visit int, record crm.Record) nodes.Subject {
	return nodes.Subject{Flow: run.Flow, Run: run.ID, Node: node, Version: run.Version, Visit: visit,
		Key: visitKey(run.ID, visit), Record: record, Cause: run.Cause, Zone: p.zone}
}

func (f *flight) subject(t flow.Token) pureHost {
	return pureHost{now: f.w.Now, subject: Subject(f.p, f.run, t.Node, t.Visit, f.w.Record)}
}

// runPure runs a node in memory; its panic is its error.
func runPure(do nodes.Node, h nodes.Host) (res nodes.Result, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &nodes.Error{Code: CodePanic, Text: fmt.Sprintf("The node broke: %v", r)}
		}
	}()
	return do.Run(context.Background(), h)
}

// pureHost is the host of pure nodes: a clock and a subject, nothing outside.
type pureHost struct {
	now     time.Time
	subject nodes.Subject
}

var errPure = errors.New("a pure node reached for the outside")

func (h pureHost) Now() time.Time         { return h.now }
func (h pureHost) Subject() nodes.Subject { return h.subject }
func (h pureHost) Change(context.Context, crm.Resource, string, func(*crm.Record) error) (crm.Record, error) {
	return crm.Record{}, errPure
}
func (h pureHost) AddTask(context.Context, crm.Task) (crm.Task, error) { return crm.Task{}, errPure }
func (h pureHost) Send(context.Context, crm.Message) (crm.Message, error) {
	return crm.Message{}, errPure
}
func (h pureHost) Call(context.Context, nodes.Call) (nodes.Reply, error) {
	return nodes.Reply{}, errPure
}
func (h pureHost) Members(context.Context, nodes.Who) ([]crm.Member, error) { return nil, errPure }
