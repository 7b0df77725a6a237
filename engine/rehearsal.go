package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// Rehearsal is a workspace in memory on a virtual clock: records, members, an
// event log, flows and their runs. It drives runs exactly as the server does,
// but nothing leaves it: effects are written down. A wait of months takes
// microseconds. It belongs to one goroutine.
type Rehearsal struct {
	// Fault, when set, is asked before every call; an error is what the call
	// returns instead of running.
	Fault func(run flow.Run, c Call) error
	// During, when set, is told of every call that has run and whose result is
	// not handed in yet: what happens here, happens while the call is under way.
	During func(run flow.Run, c Call)
	// Answer, when set, answers outbound HTTP requests.
	Answer func(node string) (status int, body string)
	// Twice runs every call a second time, as after a crash between a call and
	// its checkpoint.
	Twice bool

	Effects     []Effect
	Enrollments []flow.Enrollment

	now     time.Time
	schemas crm.Schemas
	plans   []*Plan          // that take records in
	pinned  map[string]*Plan // by "<flow>@<version>"
	index   *Index
	records map[string]crm.Record // by WaitKey's "<resource>:<id>"
	members []crm.Member
	log     []crm.Event // sequence n is log[n-1]
	matched int
	runs    map[string]flow.Run
	order   []string // run ids by start
	ready   []string
	decided map[string]bool
	starts  map[string][]time.Time
	done    map[string]bool // effects by visit key
}

// NewRehearsal makes an empty workspace at a moment.
func NewRehearsal(s crm.Schemas, start time.Time) *Rehearsal {
	return &Rehearsal{now: start.UTC(), schemas: s, pinned: map[string]*Plan{}, index: NewIndex(nil),
		records: map[string]crm.Record{}, runs: map[string]flow.Run{}, decided: map[string]bool{},
		starts: map[string][]time.Time{}, done: map[string]bool{}}
}

// Now is the virtual clock.
func (r *Rehearsal) Now() time.Time { return r.now }

// Publish lets a plan take records in; an older version of the same flow keeps
// only the runs it has.
func (r *Rehearsal) Publish(p *Plan) {
	r.pinned[pin(p.flow, p.version)] = p
	r.Withdraw(p.flow)
	r.plans = append(r.plans, p)
	r.index = NewIndex(r.plans)
}

// Withdraw lets a flow take no more records in.
func (r *Rehearsal) Withdraw(flowID string) {
	r.plans = slices.DeleteFunc(slices.Clone(r.plans), func(p *Plan) bool { return p.flow == flowID })
	r.index = NewIndex(r.plans)
}

func pin(flowID string, version int) string { return fmt.Sprintf("%s@%d", flowID, version) }

// AddMember adds a person.
func (r *Rehearsal) AddMember(m crm.Member) {
	r.members = append(r.members, m)
	slices.SortFunc(r.members, func(a, b crm.Member) int { return strings.Compare(a.ID, b.ID) })
}

// Put places a record without an event.
func (r *Rehearsal) Put(rec crm.Record) {
	rec = rec.Clone()
	rec.Rev = max(rec.Rev, 1)
	if rec.CreatedAt.IsZero() {
		rec.CreatedAt, rec.UpdatedAt = r.now, r.now
	}
	r.records[recordKey(rec.Resource, rec.ID)] = rec
}

// Record is a live record.
func (r *Rehearsal) Record(res crm.Resource, id string) (crm.Record, bool) {
	rec, ok := r.records[recordKey(res, id)]
	return rec, ok
}

func recordKey(res crm.Resource, id string) string { return string(res) + ":" + id }

// Create makes a record, which is an event.
func (r *Rehearsal) Create(res crm.Resource, id string, fields map[string]any, actor string) error {
	if _, there := r.Record(res, id); there {
		return flow.Errorf(flow.CodeConflict, "there is a %s %s already", res, id)
	}
	rec := crm.Record{Resource: res, ID: id, Rev: 1, Fields: crm.CloneFields(fields), CreatedAt: r.now, UpdatedAt: r.now}
	r.records[recordKey(res, id)] = rec
	r.note(rec, "created", nil, crm.CloneFields(fields), actor, crm.Cause{})
	return nil
}

// Update changes fields of a record; one that changes nothing is no event.
func (r *Rehearsal) Update(res crm.Resource, id string, fields map[string]any, actor string) error {
	_, err := r.write(res, id, actor, crm.Cause{}, func(rec *crm.Record) error {
		maps.Copy(rec.Fields, fields)
		return nil
	})
	return err
}

// Delete removes a record and ends its runs.
func (r *Rehearsal) Delete(res crm.Resource, id string, actor string) error {
	rec, there := r.Record(res, id)
	if !there {
		return flow.Errorf(flow.CodeNotFound, "there is no %s %s", res, id)
	}
	delete(r.records, recordKey(res, id))
	rec.Rev++
	r.note(rec, "deleted", rec.Fields, nil, actor, crm.Cause{})
	return nil
}

func (r *Rehearsal) write(res crm.Resource, id, actor string, cause crm.Cause, change func(*crm.Record) error) (crm.Record, error) {
	old, there := r.Record(res, id)
	if !there {
		return crm.Record{}, flow.Errorf(flow.CodeNotFound, "there is no %s %s", res, id)
	}
	rec := old.Clone()
	if err := change(&rec); err != nil {
		return old, err
	}
	if len(crm.Changed(old.Fields, rec.Fields)) == 0 {
		return old, nil
	}
	rec.Rev, rec.UpdatedAt = old.Rev+1, r.now
	r.records[recordKey(res, id)] = rec
	r.note(rec, "updated", old.Fields, crm.CloneFields(rec.Fields), actor, cause)
	return rec.Clone(), nil
}

// note appends a record's event to the log.
func (r *Rehearsal) note(rec crm.Record, verb string, before, after map[string]any, actor string, cause crm.Cause) {
	r.log = append(r.log, crm.Event{ID: fmt.Sprintf("%s:%s:%d", rec.Resource, rec.ID, rec.Rev),
		Type: string(rec.Resource) + "." + verb, Resource: rec.Resource, Record: rec.ID, Rev: rec.Rev, At: r.now,
		Actor: actor, Before: before, After: after, Changed: crm.Changed(before, after), Cause: cause})
}

// Emit appends an outside event to the log; without an ID or a time it gets
// them.
func (r *Rehearsal) Emit(ev crm.Event) {
	if ev.ID == "" {
		ev.ID = fmt.Sprintf("outside:%d", len(r.log)+1)
	}
	if ev.At.IsZero() {
		ev.At = r.now
	}
	r.log = append(r.log, ev)
}

// Again appends the last event once more, as a log that repeats itself does.
func (r *Rehearsal) Again() {
	if n := len(r.log); n > 0 {
		r.log = append(r.log, r.log[n-1])
	}
}

// Runs lists the runs by their start.
func (r *Rehearsal) Runs() []flow.Run {
	runs := make([]flow.Run, len(r.order))
	for i, id := range r.order {
		runs[i] = r.runs[id]
	}
	return runs
}

// Find is the newest run of a flow on a record.
func (r *Rehearsal) Find(flowID, record string) (flow.Run, bool) {
	for _, id := range slices.Backward(r.order) {
		if run := r.runs[id]; run.Flow == flowID && run.Record == record {
			return run, true
		}
	}
	return flow.Run{}, false
}

// save keeps a run as a store would: as JSON, read back.
func (r *Rehearsal) save(run flow.Run) flow.Run {
	run.Rev++
	data, err := json.Marshal(run)
	var back flow.Run
	if err == nil {
		err = json.Unmarshal(data, &back)
	}
	if err != nil {
		panic(fmt.Sprintf("engine: a run cannot be stored: %v", err))
	}
	if _, known := r.runs[run.ID]; !known {
		r.order = append(r.order, run.ID)
	}
	r.runs[run.ID] = back
	return back
}

// world is what a plan sees of a record now.
func (r *Rehearsal) world(p *Plan, rec crm.Record) World {
	w := World{Now: r.now, Record: rec, Log: flow.Position{Gen: "rehearsal", Seq: uint64(len(r.log))}}
	for i := range r.members {
		if p.needs.Owner && r.members[i].ID == rec.Text("owner") {
			w.Owner = &r.members[i]
		}
	}
	if org, ok := r.Record(crm.Organization, rec.Text("organization")); ok && p.needs.Org {
		w.Org = &org
	}
	if contact, ok := r.Record(crm.User, rec.Text("contact")); ok && p.needs.Contact {
		w.Contact = &contact
	}
	return w
}
