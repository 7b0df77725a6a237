package flow

import (
	"time"

	"millrace.dev/crm"
)

// WaitKind is what a step is held by.
type WaitKind string

// Wait kinds.
const (
	WaitDelay WaitKind = "delay" // until Wake
	WaitEvent WaitKind = "event" // for an event, at most until Wake when set
	WaitStage WaitKind = "stage" // for people, who finish the stage
	WaitRetry WaitKind = "retry" // until Wake, then the same visit is tried again
)

// Wait is what a token is held by. It is part of the run's document.
type Wait struct {
	Kind WaitKind `json:"kind"`
	// Key is what an event must be about and of, WaitKey's form; "" for delay and
	// retry. It is computed at entry and never changes.
	Key string `json:"key,omitempty"`
	// EventKind narrows the event ("reply"); "" takes any.
	EventKind string `json:"event_kind,omitempty"`
	// Port is left by when the event comes (or, for a delay, at Wake).
	Port string `json:"port"`
	// Wake is when the wait ends by itself; nil means never.
	Wake *time.Time `json:"wake,omitempty"`
	// OnTimeout is the port left by at Wake when an event was awaited.
	OnTimeout string `json:"on_timeout,omitempty"`
	// Since is the log position after which events count: they may have come
	// before the wait did.
	Since Position `json:"since,omitzero"`
	// Output is what the node already knew when it began to wait.
	Output map[string]any `json:"output,omitempty"`
}

// Position is a place in the event log. Sequences compare only within one
// generation of the log; across generations Rev, then At, decide.
type Position struct {
	Gen string    `json:"gen,omitempty"`
	Seq uint64    `json:"seq,omitempty"`
	Rev int64     `json:"rev,omitempty"` // of the run's own record
	At  time.Time `json:"at,omitzero"`
}

// WaitKey is the key an event wait is found by: "deal:D-1|message.received".
func WaitKey(r crm.Resource, record, event string) string {
	return string(r) + ":" + record + "|" + event
}

// Wake is the earliest moment at which one of the run's waits ends by itself.
func (r Run) Wake() *time.Time {
	var wake *time.Time
	for _, t := range r.Tokens {
		if t.Wait != nil && t.Wait.Wake != nil && (wake == nil || t.Wait.Wake.Before(*wake)) {
			wake = t.Wait.Wake
		}
	}
	return wake
}

// WaitKeys lists the keys of the run's event waits.
func (r Run) WaitKeys() []string {
	var keys []string
	for _, t := range r.Tokens {
		if t.Wait != nil && t.Wait.Key != "" {
			keys = append(keys, t.Wait.Key)
		}
	}
	return keys
}
