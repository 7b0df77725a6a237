package nodetest

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// Host is a nodes.Host in memory. Its fields may be set before and read after a
// run; it is not safe for concurrent use.
type Host struct {
	// Clock is what Now returns.
	Clock time.Time
	// About is the run and the visit; its Record is looked up in Records.
	About nodes.Subject
	// Schemas are those of the workspace.
	Schemas crm.Schemas
	// Records are kept by "<resource>:<id>".
	Records map[string]crm.Record
	People  []crm.Member
	// Replies answer Call in order, then everything is answered with 200.
	Replies []nodes.Reply
	// Down makes every effect fail with it when not nil.
	Down error
	// Vars and Steps are what the run remembers.
	Vars  map[string]any
	Steps map[string]any
	// Event is what started the run.
	Event crm.Event

	// Tasks, Messages, Calls and Changes are the effects so far, in order.
	Tasks    []crm.Task
	Messages []crm.Message
	Calls    []nodes.Call
	Changes  []Change

	done map[string]bool
}

// Change is one changed record.
type Change struct {
	Resource crm.Resource
	Record   string
	// Fields are the names that differ.
	Fields []string
}

// Start is the time at which a new Host's clock stands.
var Start = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// New makes a host for the first visit of a run about a record.
func New(about crm.Record, others ...crm.Record) *Host {
	h := &Host{
		Clock: Start,
		About: nodes.Subject{
			Flow: "f1", Run: "r1", Node: "n1", Version: 1, Visit: 1, Key: "r1:1",
			Record: about, Zone: time.UTC,
		},
		Schemas: crm.BuiltIn(),
		Records: map[string]crm.Record{},
		Event: crm.Event{
			ID: "e1", Type: string(about.Resource) + ".updated",
			Resource: about.Resource, Record: about.ID, At: Start,
		},
		done: map[string]bool{},
	}
	for _, r := range append(others, about) {
		h.Records[key(r.Resource, r.ID)] = r
	}
	return h
}

func key(r crm.Resource, id string) string { return string(r) + ":" + id }

// Visit moves on to another visit of the same run.
func (h *Host) Visit(n int) {
	h.About.Visit = n
	h.About.Key = fmt.Sprintf("%s:%d", h.About.Run, n)
}

// Now is the clock.
func (h *Host) Now() time.Time { return h.Clock }

// Subject is the run, with its record as it is now.
func (h *Host) Subject() nodes.Subject {
	s := h.About
	s.Record = h.Record()
	return s
}

// Record is the run's record as it is now.
func (h *Host) Record() crm.Record {
	r := h.About.Record
	if live, ok := h.Records[key(r.Resource, r.ID)]; ok {
		return live.Clone()
	}
	return r.Clone()
}

// Change applies change once per visit.
func (h *Host) Change(_ context.Context, r crm.Resource, id string, change func(*crm.Record) error) (crm.Record, error) {
	if h.Down != nil {
		return crm.Record{}, h.Down
	}
	before, ok := h.Records[key(r, id)]
	if !ok {
		return crm.Record{}, flow.Errorf(flow.CodeNotFound, "there is no %s %s", r, id)
	}
	if h.done[h.About.Key] {
		return before.Clone(), nil
	}
	after := before.Clone()
	if err := change(&after); err != nil {
		return crm.Record{}, err
	}
	h.done[h.About.Key] = true
	fields := crm.Changed(before.Fields, after.Fields)
	if len(fields) == 0 {
		return after, nil
	}
	after.Rev++
	after.UpdatedAt = h.Clock
	h.Records[key(r, id)] = after
	h.Changes = append(h.Changes, Change{r, id, fields})
	return after.Clone(), nil
}

// AddTask keeps the task; one with the same id is made once.
func (h *Host) AddTask(_ context.Context, t crm.Task) (crm.Task, error) {
	if h.Down != nil {
		return crm.Task{}, h.Down
	}
	for _, old := range h.Tasks {
		if old.ID == t.ID {
			return old, nil
		}
	}
	h.Tasks = append(h.Tasks, t)
	return t, nil
}

// Send captures the message; one with the same id is taken once.
func (h *Host) Send(_ context.Context, m crm.Message) (crm.Message, error) {
	if h.Down != nil {
		return crm.Message{}, h.Down
	}
	for _, old := range h.Messages {
		if old.ID == m.ID {
			return old, nil
		}
	}
	m.State = "captured"
	h.Messages = append(h.Messages, m)
	return m, nil
}

// Call remembers the request and gives the next of Replies.
func (h *Host) Call(_ context.Context, c nodes.Call) (nodes.Reply, error) {
	if h.Down != nil {
		return nodes.Reply{}, h.Down
	}
	h.Calls = append(h.Calls, c)
	if len(h.Replies) == 0 {
		return nodes.Reply{Status: 200, Body: "{}"}, nil
	}
	reply := h.Replies[0]
	h.Replies = h.Replies[1:]
	return reply, nil
}

// Members finds people as nodes.Who promises: each once, none who are off, by
// id.
func (h *Host) Members(_ context.Context, q nodes.Who) ([]crm.Member, error) {
	if h.Down != nil {
		return nil, h.Down
	}
	var found []crm.Member
	for _, m := range h.People {
		wanted := slices.Contains(q.IDs, m.ID) || slices.Contains(q.Roles, m.Role) ||
			slices.ContainsFunc(q.Teams, func(t string) bool { return slices.Contains(m.Teams, t) })
		if wanted && !m.Off {
			found = append(found, m)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].ID < found[j].ID })
	return found, nil
}

var _ nodes.Host = (*Host)(nil)
