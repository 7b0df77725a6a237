package nodes

import (
	"context"
	"time"

	"millrace.dev/crm"
)

// Host is all that a node may touch. The server's lives in engine/host; the
// dry run's records what would have happened.
//
// Every method is idempotent by the visit's key: called again after a crash it
// changes nothing twice (mail, SMS and HTTP are at least once, with the key).
type Host interface {
	// Now is the run's clock.
	Now() time.Time
	// Subject is what the run is about.
	Subject() Subject
	// Change applies change to one of our own records, exactly once per visit.
	// An error of change is returned as it is, and nothing is stored.
	Change(ctx context.Context, r crm.Resource, id string, change func(*crm.Record) error) (crm.Record, error)
	// AddTask makes a task; the key becomes its id.
	AddTask(ctx context.Context, t crm.Task) (crm.Task, error)
	// Send hands a message to its channel's provider, or to the sink. Its ID is
	// the visit's key, or starts with it when a visit sends several.
	Send(ctx context.Context, m crm.Message) (crm.Message, error)
	// Call makes one outbound HTTP request.
	Call(ctx context.Context, c Call) (Reply, error)
	// Members finds people who can be assigned, in a fixed order.
	Members(ctx context.Context, q Who) ([]crm.Member, error)
}

// Subject is what a run is about, and the visit that asks.
type Subject struct {
	Flow, Run, Node string
	Version, Visit  int
	// Key is "<run>:<visit>", the idempotency key of the visit's effect.
	Key    string
	Record crm.Record // live
	Cause  crm.Cause
	Zone   *time.Location
}

// Call is one outbound HTTP request.
type Call struct {
	Method, URL string
	Header      map[string]string
	Body        string // JSON
}

// Reply is the answer to a Call.
type Reply struct {
	Status int
	Body   string // at most 64 KiB
	// RetryAfter is what the answer's Retry-After asks for, 0 when it says nothing.
	RetryAfter time.Duration
}

// Who selects members: the union of ids, teams and roles, without those who are
// off, each once, sorted by id.
type Who struct {
	IDs, Teams []string
	Roles      []crm.Role
}
