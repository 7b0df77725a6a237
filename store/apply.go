package store

import (
	"fmt"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// Limits of one record's own document.
const (
	// OpsKept is how many operation keys a record remembers.
	OpsKept = 64
	// MaxOutbox is how many events a record may hold that are not trimmed yet;
	// more writes are refused with flow.CodeUnavailable until some are.
	MaxOutbox = 256
	// MaxOpKey is the longest operation key, in bytes.
	MaxOpKey = 200
)

// Held is a record as a store holds it, with what makes its writes happen once.
type Held struct {
	// Record has Rev 0 when there is none.
	Record  crm.Record
	Deleted bool
	// Ops are the operation keys applied last, eldest first.
	Ops []string
	// Pending is the number of events in the outbox.
	Pending int
	// At is the time of the record's last event, which no later one precedes.
	At time.Time
}

// There reports whether the record exists.
func (h Held) There() bool { return h.Record.Rev > 0 && !h.Deleted }

// Applied is what a write makes of a held record.
type Applied struct {
	Held Held
	// Already is true when the operation had been applied before.
	Already bool
	// Event goes to the outbox; nil when nothing changed.
	Event *crm.Event
}

// Apply works out one write, the same way for every store. It calls w.Change
// on a copy and leaves h as it is.
func Apply(h Held, w Write) (Applied, error) {
	if err := check(w); err != nil {
		return Applied{}, err
	}
	if w.OpKey != "" && knows(h.Ops, w.OpKey) {
		return Applied{Held: h, Already: true}, nil
	}
	if err := admit(h, w); err != nil {
		return Applied{}, err
	}
	a := Applied{Held: h}
	a.Held.Ops = remember(h.Ops, w.OpKey)
	before := h.Record
	at := w.At
	if at.IsZero() && w.Event != nil {
		at = w.Event.At
	}
	at = later(at, h.At)
	if w.Op == OpCreate {
		before = crm.Record{Resource: w.Resource, ID: w.ID, Fields: map[string]any{}, CreatedAt: at, UpdatedAt: at}
	}
	ev, err := edit(&a.Held, before, w, at)
	if err != nil || ev == nil {
		return a, err
	}
	if h.Pending >= MaxOutbox {
		return Applied{}, flow.Errorf(flow.CodeUnavailable,
			"%s %s has %d events that flows have not looked at yet: try again in a moment", w.Resource, w.ID, h.Pending)
	}
	if ev.Cause.Root == "" {
		ev.Cause.Root = ev.ID
	}
	a.Event, a.Held.At = ev, at
	a.Held.Pending++
	return a, nil
}

// check refuses a write that is malformed whatever the record is.
func check(w Write) error {
	switch {
	case !w.Resource.Valid():
		return flow.Errorf(flow.CodeInvalid, "unknown resource %q", w.Resource)
	case w.ID == "":
		return flow.Errorf(flow.CodeInvalid, "a %s needs an id", w.Resource)
	case len(w.OpKey) > MaxOpKey || strings.ContainsRune(w.OpKey, '\n'):
		return flow.Errorf(flow.CodeInvalid, "the operation key must be one line of at most %d bytes", MaxOpKey)
	}
	switch w.Op {
	case OpCreate, OpUpdate:
		if w.Change == nil {
			return flow.Errorf(flow.CodeInvalid, "writing %s %s: Change is missing", w.Resource, w.ID)
		}
	case OpEvent:
		if w.Event == nil {
			return flow.Errorf(flow.CodeInvalid, "writing %s %s: Event is missing", w.Resource, w.ID)
		}
	case OpDelete:
	default:
		return flow.Errorf(flow.CodeInvalid, "unknown operation %q", w.Op)
	}
	return nil
}

// admit refuses a write that the record's state forbids.
func admit(h Held, w Write) error {
	if w.Op == OpCreate {
		if h.Record.Rev > 0 {
			return flow.Errorf(flow.CodeConflict, "there is or was a %s with the id %s: use another id", w.Resource, w.ID)
		}
		return nil
	}
	if !h.There() {
		return NoRecord(w.Resource, w.ID)
	}
	if w.IfRev != 0 && w.IfRev != h.Record.Rev {
		return flow.Errorf(flow.CodeStale, "%s %s was changed by somebody else: load it again", w.Resource, w.ID)
	}
	return nil
}

// NoRecord is the error for a record that does not exist.
func NoRecord(r crm.Resource, id string) error {
	return flow.Errorf(flow.CodeNotFound, "there is no %s %s", r, id)
}

// edit puts the write's result into h and returns its event, nil for none.
func edit(h *Held, before crm.Record, w Write, at time.Time) (*crm.Event, error) {
	if w.Op == OpEvent {
		return outside(h, w, at), nil
	}
	after := before.Clone()
	if w.Change != nil {
		if err := w.Change(&after); err != nil {
			return nil, err
		}
	}
	after.Resource, after.ID, after.CreatedAt = before.Resource, before.ID, before.CreatedAt
	settle(after.Fields)
	if w.Op == OpUpdate && len(crm.Changed(before.Fields, after.Fields)) == 0 && after.Demo == before.Demo {
		h.Record.UpdatedAt = before.UpdatedAt
		return nil, nil
	}
	after.Rev, after.UpdatedAt = before.Rev+1, at
	h.Record, h.Deleted = after, w.Op == OpDelete
	ev := &crm.Event{
		ID: ChangeID(after), Type: string(w.Resource) + "." + string(w.Op), Resource: w.Resource, Record: w.ID,
		Rev: after.Rev, At: at, Actor: w.Actor, Cause: w.Cause,
	}
	if w.Op != OpCreate {
		ev.Before = before.Fields
	}
	if w.Op != OpDelete {
		ev.After = crm.CloneFields(after.Fields)
	}
	ev.Changed = crm.Changed(ev.Before, ev.After)
	return ev, nil
}

// outside makes the event of an OpEvent: the caller's, at the record's next
// revision.
func outside(h *Held, w Write, at time.Time) *crm.Event {
	h.Record.Rev++
	ev := *w.Event
	ev.Resource, ev.Record, ev.Rev, ev.At = w.Resource, w.ID, h.Record.Rev, at
	if ev.ID == "" {
		ev.ID = w.OpKey
	}
	if ev.ID == "" {
		ev.ID = ChangeID(h.Record)
	}
	if ev.Actor == "" {
		ev.Actor = w.Actor
	}
	if ev.Cause.Root == "" {
		ev.Cause = w.Cause
	}
	return &ev
}

// ChangeID is the id of the event that brought a record to its revision:
// "deal:D-1:7".
func ChangeID(r crm.Record) string { return fmt.Sprintf("%s:%s:%d", r.Resource, r.ID, r.Rev) }

// later is at in UTC, or floor when at is earlier.
func later(at, floor time.Time) time.Time {
	if at.Before(floor) {
		return floor
	}
	return at.UTC()
}

func knows(ops []string, key string) bool {
	for _, k := range ops {
		if k == key {
			return true
		}
	}
	return false
}

// remember returns ops with the key added, at most OpsKept of them.
func remember(ops []string, key string) []string {
	if key == "" {
		return ops
	}
	if len(ops) >= OpsKept {
		ops = ops[len(ops)-OpsKept+1:]
	}
	return append(append(make([]string, 0, len(ops)+1), ops...), key)
}
