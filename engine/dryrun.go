package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// Start is what a dry run begins with.
type Start struct {
	At time.Time
	// Record goes through the flow; Around are the records it refers to.
	Record  crm.Record
	Around  []crm.Record
	Members []crm.Member
	// Event starts the run if a trigger accepts it; without one a person does,
	// at Trigger, or at the flow's manual trigger.
	Event   *crm.Event
	Trigger string
}

// Script is what happens while a dry run goes on.
type Script struct {
	Happenings []Happening
	// Answers say what happens once the run rests at a node, or calls it; without
	// one, waits end by time and calls succeed.
	Answers map[string]Answer
	// Until is how far the clock goes, 0 for 400 days.
	Until time.Duration
}

// Happening is one event from outside, or a change of the record by people.
type Happening struct {
	After  time.Duration // from the start
	Event  *crm.Event
	Change map[string]any
	By     string
}

// Answer is what happens at a node.
type Answer struct {
	// After is how long the run has rested when the answer comes.
	After time.Duration
	// Timeout lets the wait end by time, whatever else is said.
	Timeout bool
	Kind    string // of the event, the awaited one when ""
	Data    map[string]any
	By      string
	Port    string // that a stage is left by, its own when ""
	// Fail is the error of a call; Status and Body are an HTTP answer.
	Fail   *nodes.Error
	Status int
	Body   string
}

// Report is what a dry run did. Nothing of it happened.
type Report struct {
	Enrollment flow.Enrollment
	Run        flow.Run
	Trace      []string
	Effects    []Effect
	// Rests says what the run still waits for, "" when it has ended.
	Rests string
}

// DryRun plays one run of a plan in memory on a virtual clock: the engine, the
// nodes and the expressions are the server's own, the effects are written down.
func DryRun(p *Plan, s Start, script Script) Report {
	d := &dryRun{r: NewRehearsal(p.schemas, s.At), p: p, script: script, answered: map[int]bool{}}
	d.r.pinned[pin(p.flow, p.version)] = p
	for _, rec := range append(slices.Clone(s.Around), s.Record) {
		d.r.Put(rec)
	}
	for _, m := range s.Members {
		d.r.AddMember(m)
	}
	d.r.Fault, d.r.Answer = d.fault, d.answer
	report := Report{Enrollment: d.begin(s)}
	if report.Enrollment.OK {
		d.plan(s.At)
		d.play(s.At)
		report.Run = d.r.runs[report.Enrollment.Run]
		report.Trace, report.Effects, report.Rests = Trace(report.Run), d.r.Effects, rests(report.Run)
	}
	return report
}

type dryRun struct {
	r        *Rehearsal
	p        *Plan
	script   Script
	pending  []pending // by time
	answered map[int]bool
}

// pending is something that will happen at a moment.
type pending struct {
	at time.Time
	do func()
}

func (d *dryRun) begin(s Start) flow.Enrollment {
	rec, _ := d.r.Record(s.Record.Resource, s.Record.ID)
	w := d.r.world(d.p, rec)
	if s.Event != nil {
		ev := *s.Event
		if ev.At.IsZero() {
			ev.At = s.At
		}
		var cs []Candidate
		for _, c := range NewIndex([]*Plan{d.p}).Match(ev) {
			if s.Trigger == "" || s.Trigger == c.Trigger {
				cs = append(cs, c)
			}
		}
		if len(cs) == 0 {
			return refuse(enrollment(d.p, ev, w), ReasonCondition, "No trigger listens to this event.")
		}
		e, trigger := Consider(cs, ev, w)
		d.r.admit(d.p, e, trigger, ev, w)
		return e
	}
	ev := crm.Event{ID: "dry:1", Type: "manual", Resource: d.p.resource, Record: rec.ID, At: s.At}
	trigger, ok := d.p.Manual()
	if s.Trigger != "" {
		trigger, ok = s.Trigger, d.p.nodes[s.Trigger] != nil
	}
	e := Enroll(d.p, ev, w)
	if !ok {
		return refuse(e, ReasonCondition, "The flow has no trigger to start at.")
	}
	d.r.admit(d.p, e, trigger, ev, w)
	return e
}

// plan puts the script's happenings on the calendar.
func (d *dryRun) plan(start time.Time) {
	for _, h := range d.script.Happenings {
		d.later(start.Add(h.After), func() {
			if h.Event != nil {
				d.r.Emit(*h.Event)
			}
			for _, run := range d.r.Runs() {
				if h.Change != nil {
					_ = d.r.Update(run.Resource, run.Record, h.Change, h.By) // the record may be gone: then nothing happens
				}
			}
		})
	}
}

func (d *dryRun) later(at time.Time, do func()) {
	i := len(d.pending)
	for i > 0 && d.pending[i-1].at.After(at) {
		i--
	}
	d.pending = slices.Insert(d.pending, i, pending{at, do})
}

// play lets everything happen in its order until the run has ended or only
// people or the outside could move it.
func (d *dryRun) play(start time.Time) {
	until := start.Add(d.script.Until)
	if d.script.Until == 0 {
		until = start.Add(400 * 24 * time.Hour)
	}
	for {
		d.r.Settle()
		d.answers()
		wake := d.r.wake()
		switch {
		case len(d.pending) > 0 && !d.pending[0].at.After(until) && (wake == nil || !wake.Before(d.pending[0].at)):
			next := d.pending[0]
			d.pending = d.pending[1:]
			if next.at.After(d.r.now) {
				d.r.now = next.at
			}
			next.do()
		case wake != nil && !wake.After(until):
			d.r.ring(*wake)
		default:
			return
		}
	}
}

// answers puts the answers of the nodes where the run rests on the calendar.
func (d *dryRun) answers() {
	for _, run := range d.r.Runs() {
		for _, t := range run.Tokens {
			a, ok := d.script.Answers[t.Node]
			if !ok || t.Wait == nil || a.Timeout || d.answered[t.Visit] {
				continue
			}
			d.answered[t.Visit] = true
			d.later(d.r.now.Add(a.After), func() { d.give(run.ID, t, a) })
		}
	}
}

func (d *dryRun) give(id string, t flow.Token, a Answer) {
	switch t.Wait.Kind {
	case flow.WaitStage:
		d.r.resolve(id, t.Visit, Decision{Finished: &Finished{By: a.By, Port: a.Port}}, flow.Position{})
	case flow.WaitEvent:
		about, typ, _ := strings.Cut(t.Wait.Key, "|")
		res, record, _ := strings.Cut(about, ":")
		kind := a.Kind
		if kind == "" {
			kind = t.Wait.EventKind
		}
		d.r.Emit(crm.Event{Type: typ, Kind: kind, Resource: crm.Resource(res), Record: record, Actor: a.By, Data: a.Data})
	}
}

func (d *dryRun) fault(_ flow.Run, c Call) error {
	if a, ok := d.script.Answers[c.Node]; ok && a.Fail != nil {
		return a.Fail
	}
	return nil
}

func (d *dryRun) answer(node string) (int, string) {
	if a := d.script.Answers[node]; a.Status != 0 {
		return a.Status, a.Body
	}
	return 200, "{}"
}

// rests says in words what an unfinished run waits for.
func rests(run flow.Run) string {
	if run.State.Final() {
		return ""
	}
	var parts []string
	for _, t := range run.Tokens {
		switch {
		case t.Failed:
			parts = append(parts, fmt.Sprintf("%s failed", t.Node))
		case t.Wait != nil && t.Wait.Kind == flow.WaitStage:
			parts = append(parts, fmt.Sprintf("%s waits for people", t.Node))
		case t.Wait != nil:
			parts = append(parts, fmt.Sprintf("%s waits", t.Node))
		}
	}
	return strings.Join(parts, ", ")
}
