package e2e

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"millrace.dev/crm"
	"millrace.dev/engine/enginetest"
	"millrace.dev/flow"
)

// do makes one step happen, by HTTP. Flows and runs are the admin's to operate.
func (w *world) do(st enginetest.Step) error {
	path, id := "/api/"+st.Resource.Plural(), w.records.here(st.ID)
	switch st.Verb {
	case "create":
		w.last = st
		return w.create(st.By, st.Resource, st.ID, st.Fields)
	case "update":
		w.last = st
		return w.call(st.By, "PATCH", path+"/"+id, w.records.translated(st.Fields), nil)
	case "delete":
		w.last = st
		return w.call(st.By, "DELETE", path+"/"+id, nil, nil)
	case "event":
		w.last = st
		body := map[string]any{"type": st.Event, "kind": st.Kind, "resource": st.Resource, "record": id, "data": w.records.translated(st.Fields)}
		if st.EventID != "" {
			body["id"] = st.EventID
		}
		return w.call(st.By, "POST", "/api/events", body, nil)
	case "again":
		return w.again()
	case "start":
		return w.call(st.By, "POST", "/api/flows/"+w.flows.here(st.Flow)+"/start", map[string]any{"records": []string{id}}, nil)
	case "finish", "cancel", "retry", "skip":
		return w.operate(st, id)
	case "off", "on":
		state := map[string]flow.State{"off": flow.Draining, "on": flow.Active}[st.Verb]
		return w.call("", "POST", "/api/flows/"+w.flows.here(st.Flow)+"/state", map[string]any{"state": state}, nil)
	case "publish":
		return w.publish(st.Flow)
	case "fail", "answer":
		w.outside.expect(st)
		return nil
	}
	return fmt.Errorf("no way to %s", st.Verb)
}

// operate does what a person does to the newest run of a flow on a record.
func (w *world) operate(st enginetest.Step, record string) error {
	runs, err := w.runs()
	if err != nil {
		return err
	}
	for _, run := range slices.Backward(runs) {
		if run.Flow != w.flows.here(st.Flow) || run.Record != record {
			continue
		}
		if st.Verb != "finish" {
			return w.call("", "POST", "/api/runs/"+run.ID+"/"+st.Verb, nil, nil)
		}
		for _, tok := range run.Tokens {
			if tok.Node == st.Node {
				return w.call(st.By, "POST", fmt.Sprintf("/api/runs/%s/steps/%d/finish", run.ID, tok.Visit), nil, nil)
			}
		}
	}
	return fmt.Errorf("no run of %s on %s to %s", st.Flow, st.ID, st.Verb)
}

// again offers the last step's event to the log once more, as the relay does
// when it does not know whether the log has it.
func (w *world) again() error {
	typ := w.last.Event
	if typ == "" {
		typ = string(w.last.Resource) + "." + w.last.Verb + "d"
	}
	var last crm.Event
	for l, err := range w.bus.LookBack(context.Background(), 0, w.last.Resource, w.records.here(w.last.ID), typ) {
		if err != nil {
			return err
		}
		last = l.Event
	}
	_, err := w.bus.PublishEvent(context.Background(), last)
	return err
}

// sight is how a scenario stands, in the scenario's words.
type sight struct {
	trace, enrollments []string
	wake               *time.Time // when the next wait ends by itself
}

func (w *world) look() (s sight, err error) {
	runs, err := w.runs()
	if err != nil {
		return s, err
	}
	for i := range runs {
		if wake := runs[i].Wake(); wake != nil && runs[i].State == flow.Waiting && (s.wake == nil || wake.Before(*s.wake)) {
			s.wake = wake
		}
		runs[i].Flow, runs[i].Record = w.flows.there(runs[i].Flow), w.records.there(runs[i].Record)
	}
	slices.SortFunc(runs, func(a, b flow.Run) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Record, b.Record), cmp.Compare(a.Origin.Seq, b.Origin.Seq))
	})
	for _, run := range runs {
		s.trace = append(s.trace, enginetest.Lines(run)...)
	}
	for _, id := range w.flows.all() {
		var page struct{ Items []flow.Enrollment }
		if err := w.call("", "GET", "/api/enrollments?limit=200&flow="+id, nil, &page); err != nil {
			return s, err
		}
		for _, e := range page.Items {
			word := "ok"
			if !e.OK {
				word = e.Reason
			}
			s.enrollments = append(s.enrollments, fmt.Sprintf("+%s %s %s %s", e.At.Sub(w.s.Clock), w.flows.there(e.Flow), w.records.there(e.Record), word))
		}
	}
	slices.Sort(s.enrollments)
	return s, nil
}

// runs are all runs with their steps, oldest first.
func (w *world) runs() (runs []flow.Run, err error) {
	for _, id := range w.flows.all() {
		var page struct{ Items []flow.Run }
		if err := w.call("", "GET", "/api/runs?limit=200&flow="+id, nil, &page); err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			var run flow.Run
			if err := w.call("", "GET", "/api/runs/"+item.ID, nil, &run); err != nil {
				return nil, err
			}
			runs = append(runs, run)
		}
	}
	slices.SortFunc(runs, func(a, b flow.Run) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Origin.Seq, b.Origin.Seq))
	})
	return runs, nil
}

// behind reports whether the last event of the log was not matched yet.
func (w *world) behind() (bool, error) {
	floors, err := w.bus.Matched(context.Background())
	return slices.Max(floors[:]) < w.bus.LastSeq(), err
}

// reach moves the clock to a moment whose waits do not end yet: what happens at
// the moment comes first.
func (w *world) reach(at time.Time) {
	w.store.bell.Store(false)
	w.clock.set(at)
}

// ring moves the clock to a moment and lets the waits end that are over.
func (w *world) ring(at time.Time) {
	w.clock.set(at)
	w.store.bell.Store(true)
}
