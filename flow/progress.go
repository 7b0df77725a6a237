package flow

import (
	"time"

	"millrace.dev/crm"
)

// Progress is one live message about one run: watchers see it within a second.
type Progress struct {
	Flow     string       `json:"flow"`
	Version  int          `json:"version"`
	Run      string       `json:"run"`
	Resource crm.Resource `json:"resource"`
	Record   string       `json:"record"`
	Title    string       `json:"title"`
	State    RunState     `json:"state"`
	// Rev is the run's revision: a watcher drops what is older than it has.
	Rev int64 `json:"rev"`
	// Steps are the visits that changed since the last message, in order.
	Steps []Step    `json:"steps,omitempty"`
	At    time.Time `json:"at"`
}
