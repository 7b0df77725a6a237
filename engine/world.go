package engine

import (
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// World is what the outside looks like at one moment: the host reads it anew
// for every call, because a run works on live records.
type World struct {
	Now    time.Time
	Record crm.Record
	// Owner is the member assigned to the record, nil when there is none or the
	// plan's Needs leave it out; so are Org and Contact.
	Owner        *crm.Member
	Org, Contact *crm.Record
	// Log is the event log's position now. For Begin and Matches it is the
	// event's own position.
	Log flow.Position
}

// Needs says what a World must hold for a plan.
type Needs struct {
	Owner, Org, Contact bool
	// EventWaits is set when a run of the plan may wait for an event.
	EventWaits bool
}

// Input is what Advance is told: Resume or Returned.
type Input interface{ input() }

// Resume moves every token that can move. A token whose call is under way wants
// the same call again, with the same key.
type Resume struct{}

// Returned hands in what a call's node returned.
type Returned struct {
	Visit  int
	Result nodes.Result
	Err    error
}

func (Resume) input()   {}
func (Returned) input() {}

// Outcome is what Advance made of a run.
type Outcome struct {
	Run flow.Run
	// Calls are the effects newly wanted, in order. Without any the run is held,
	// ended, or has used up its burst and is still Ready.
	Calls []Call
	// Changed are the steps that this call made or changed, in visit order.
	Changed []flow.Step
}

// Call is one effect that a run wants: the host runs Do and returns its result
// to Advance as Returned.
type Call struct {
	Visit int
	Node  string
	Type  string
	// Do is the node with its final values.
	Do nodes.Node
	// Key is "<run>:<visit>", the idempotency key of the effect.
	Key string
}

// Decision ends one wait: exactly one of its fields is set.
type Decision struct {
	Event    *crm.Event
	Timeout  bool
	Finished *Finished
}

// Finished says who ended a stage, and by which port ("" for the stage's own).
type Finished struct{ By, Port string }
