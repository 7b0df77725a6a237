package store

import (
	"context"
	"time"

	"millrace.dev/flow"
)

// Runs keeps runs. Every change is one compare-and-set of one document.
type Runs interface {
	// Insert stores a new run at revision 1; created is false when the id exists.
	Insert(ctx context.Context, r flow.Run) (created bool, err error)
	// Load returns flow.CodeNotFound when there is none.
	Load(ctx context.Context, id string) (flow.Run, error)
	// CAS stores r at r.Rev+1 if the stored revision is r.Rev. Exactly one of any
	// racing writers wins.
	CAS(ctx context.Context, r flow.Run) (ok bool, err error)
	// Due returns waiting runs whose wake is not after now, in (wake, id) order,
	// after the given place.
	Due(ctx context.Context, now, afterWake time.Time, afterID string, n int) ([]DueRun, error)
	// Waiting returns the ids and revisions of the runs that wait for the key, in
	// id order: every unfinished run of which a token waits for it, also one that
	// is ready because another of its branches moves on.
	Waiting(ctx context.Context, key string, afterID string, n int) ([]RunRef, error)
	// List pages through runs; see RunQuery.
	List(ctx context.Context, q RunQuery) ([]flow.Run, error)
	// Counts counts the runs of a flow by version and state.
	Counts(ctx context.Context, flowID string) ([]RunCount, error)
}

// RunRef is a run's id at a revision.
type RunRef struct {
	ID  string
	Rev int64
}

// DueRun is a run whose wait has ended by time.
type DueRun struct {
	RunRef
	Flow string
	Wake time.Time
}

// RunQuery selects runs: by flow, by record, or by state (with Stale), newest
// id last unless Down.
type RunQuery struct {
	Flow   string
	Record string
	States []flow.RunState
	// StaleBefore keeps only runs whose Updated, which writers set, is earlier;
	// zero for all.
	StaleBefore time.Time
	AfterID     string
	Down        bool // newest first, by start
	Limit       int  // 1–1000
}

// RunCount is a number of runs.
type RunCount struct {
	Version int
	State   flow.RunState
	N       int
}
