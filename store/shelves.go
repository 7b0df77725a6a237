package store

import (
	"context"
	"time"
)

// Kind names one shelf of plain documents.
type Kind string

// The shelves, with the keys that their documents can be listed by.
const (
	Flows       Kind = "flows"       // flow.Flow by id
	Drafts      Kind = "drafts"      // flow.Draft by flow id
	Versions    Kind = "versions"    // flow.Version by "<flow>@<number>"
	Enrollments Kind = "enrollments" // flow.Enrollment by "<flow>|<event>"
	Guards      Kind = "guards"      // re-entry guards by "<flow>|<key>": {run}
	Members     Kind = "members"     // crm.Member by id
	Logins      Kind = "logins"      // password hashes and one-time links
	Sessions    Kind = "sessions"    // by sha256 of the cookie
	Tasks       Kind = "tasks"       // crm.Task by id
	Messages    Kind = "messages"    // crm.Message by id: the outbox page
	Fields      Kind = "fields"      // custom fields by "<resource>.<name>"
	Meta        Kind = "meta"        // workspace settings, bus generation, …
)

// Keys lists, for each shelf, the keys its documents may be listed by. A store
// has one index for each.
var Keys = map[Kind][]string{
	Flows:       {"order"},
	Drafts:      {},
	Versions:    {"flow"},
	Enrollments: {"flow", "record", "recent"}, // recent: "<flow>|" and Recent
	Guards:      {"run"},
	Members:     {"email"},
	Logins:      {"member"},
	Sessions:    {"member"},
	Tasks:       {"record", "open", "recent"},
	Messages:    {"all", "run", "record", "recent"},
	Fields:      {"resource"},
	Meta:        {},
}

// Doc is one document of a shelf.
type Doc struct {
	ID string
	// Rev is the compare-and-set fence, 1 after Insert, +1 on every CAS.
	Rev int64
	// Keys are the values it can be listed by; see Keys.
	Keys map[string]string
	// Body is JSON.
	Body []byte
}

// Shelf keeps documents of one kind by id.
type Shelf interface {
	// Insert stores a new document; created is false when the id exists, which
	// is how uniqueness is decided: exactly one of any racing inserts wins.
	Insert(ctx context.Context, d Doc) (created bool, err error)
	// Load returns flow.CodeNotFound when there is none.
	Load(ctx context.Context, id string) (Doc, error)
	// CAS replaces the document whose Rev is d.Rev and leaves it at d.Rev+1; ok
	// is false when it has another revision or is gone.
	CAS(ctx context.Context, d Doc) (ok bool, err error)
	// Delete removes the document; deleting none is not an error.
	Delete(ctx context.Context, id string) error
	// Remove deletes the document whose Rev is rev; ok is false when it has
	// another revision or is gone.
	Remove(ctx context.Context, id string, rev int64) (ok bool, err error)
	// List returns documents whose key has the value, in id order (descending
	// when q.Down), after q.After, at most q.Limit (1–1000). An empty q.Key lists
	// all.
	List(ctx context.Context, q ShelfQuery) ([]Doc, error)
}

// ShelfQuery selects documents of a shelf.
type ShelfQuery struct {
	Key, Value string
	// By lists in the order of this key's values, and of the ids within one,
	// instead of the ids; documents without the key, or whose value does not begin
	// with Prefix, are left out. After is then the Place of the last one.
	By, Prefix string
	After      string // exclusive cursor, an id unless By is set, "" for the start
	Down       bool
	Limit      int
}

// Place is where the document stands in a list By the key.
func (d Doc) Place(by string) string { return d.Keys[by] + "\n" + d.ID }

// Recent is a moment as a key that sorts by time.
func Recent(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000") }
