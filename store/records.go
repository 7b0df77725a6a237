package store

import (
	"context"
	"time"

	"millrace.dev/crm"
)

// Records keeps the records of the five resources. A change, its operation key
// and its event are stored in one write of the record's own document.
type Records interface {
	// Load returns flow.CodeNotFound for a record that does not exist or was
	// deleted.
	Load(ctx context.Context, r crm.Resource, id string) (crm.Record, error)
	// Write applies one write, exactly once per operation key, as Apply says. A
	// create of a deleted record that still has events to relay is a conflict. A
	// record with MaxOutbox events refuses changes with flow.CodeUnavailable. When
	// ctx ends, the write either did not happen or its result is returned.
	Write(ctx context.Context, w Write) (Written, error)
	// List pages through the live records of a resource, newest first.
	List(ctx context.Context, q RecordQuery) ([]crm.Record, error)
	// Unrelayed returns up to n documents that hold outbox entries older than
	// before (by the events' At), oldest first.
	Unrelayed(ctx context.Context, before time.Time, n int) ([]Outbox, error)
	// Trim removes the entries up to revision rev from a record's outbox; a
	// deleted record is forgotten with its last entry.
	Trim(ctx context.Context, r crm.Resource, id string, rev int64) error
}

// Write is one change of one record.
type Write struct {
	Resource crm.Resource
	ID       string
	// OpKey names the operation: written again with the same key, nothing
	// happens and Already is true. The last 64 keys of a record are remembered.
	OpKey string
	Op    Op
	// Change edits the record (Create: an empty one). It may be called more than
	// once and must not do anything else. Nil for OpDelete and OpEvent.
	Change func(*crm.Record) error
	// Event is the outside event to append for OpEvent; it keeps its ID, which is
	// the OpKey when it has none, and gets the record's next Rev.
	Event *crm.Event
	// IfRev refuses the write with flow.CodeStale unless the record is at this
	// revision; 0 for any.
	IfRev int64
	Actor string
	Cause crm.Cause
	// At is when it happened, now when zero. A record's events never go back in
	// time: an earlier At becomes that of the last event.
	At time.Time
}

// Op is the kind of a write.
type Op string

// Record operations. OpCreate of an existing id is flow.CodeConflict, unless
// it is the same operation again.
const (
	OpCreate Op = "created"
	OpUpdate Op = "updated"
	OpDelete Op = "deleted"
	OpEvent  Op = "event"
)

// Written is what a write did.
type Written struct {
	Record crm.Record
	// Already is true when the operation had been applied before.
	Already bool
	// Pending are the record's outbox entries, oldest first: relay them all, in
	// order. Empty when nothing changed (a no-op write makes no event).
	Pending []crm.Event
}

// Outbox is a record's events that are not known to have been matched.
type Outbox struct {
	Resource crm.Resource
	ID       string
	Events   []crm.Event // in revision order
}

// RecordQuery pages through records.
type RecordQuery struct {
	Resource crm.Resource
	// Search matches the start of any word of the title, e-mail or phone,
	// ignoring case and diacritics; of several words each must match.
	Search string
	// Field and Value filter by equality of one text field; email, phone, owner,
	// contact and organization are indexed.
	Field, Value string
	// Before is the exclusive cursor: the CreatedAt and ID of the last one seen.
	Before   time.Time
	BeforeID string
	Limit    int // 1–200, 0 for 200
}
