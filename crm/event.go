package crm

import "time"

// Event is something that happened: to a record ("deal.updated",
// "deal.created", "deal.deleted"), or from outside about one
// ("message.received", kind "reply").
type Event struct {
	// ID is unique for all time; the same id seen twice is one event.
	ID string `json:"id"`
	// Type is "<resource>.created|updated|deleted", or another dotted noun.verb.
	Type     string   `json:"type"`
	Resource Resource `json:"resource"`
	Record   string   `json:"record"`
	// Rev is the record's revision after the change; 0 for outside events.
	Rev int64     `json:"rev,omitempty"`
	At  time.Time `json:"at"`
	// Actor is a member id, "flow:<id>@<version>", "api" or "simulator".
	Actor string `json:"actor,omitempty"`
	// Before and After are the field values around a change: Before is nil for
	// created, After is nil for deleted, both are nil for outside events.
	Before map[string]any `json:"before,omitempty"`
	After  map[string]any `json:"after,omitempty"`
	// Changed lists the changed fields, sorted.
	Changed []string `json:"changed,omitempty"`
	// Kind narrows an outside event: "reply", "answered", "opened", …
	Kind string `json:"kind,omitempty"`
	// Data carries an outside event's own values.
	Data  map[string]any `json:"data,omitempty"`
	Cause Cause          `json:"cause,omitzero"`
}

// Cause is the chain that led to an event; it is stored with the event, never
// kept in a process.
type Cause struct {
	// Root is the id of the first event of the chain.
	Root string `json:"root,omitempty"`
	// Run is the run that made this change, "" for people and the outside.
	Run string `json:"run,omitempty"`
	// Depth counts the runs between the root and this event.
	Depth int `json:"depth,omitempty"`
	// Links are the runs of the chain, eldest first.
	Links []Link `json:"links,omitempty"`
}

// Link is one run of a causation chain.
type Link struct {
	Flow   string `json:"flow"`
	Record string `json:"record"`
}

// Has reports whether the flow already acted on the record in this chain.
func (c Cause) Has(flow, record string) bool {
	for _, l := range c.Links {
		if l.Flow == flow && l.Record == record {
			return true
		}
	}
	return false
}
