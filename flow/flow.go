package flow

import (
	"time"

	"millrace.dev/crm"
)

// Flow is what an author names. Its graphs live in its Draft and its Versions.
type Flow struct {
	ID       string            `json:"id"`
	Name     map[string]string `json:"name"` // by language; "en" at least
	Resource crm.Resource      `json:"resource"`
	State    State             `json:"state"`
	// Active is the published version that new runs start on, 0 before the first.
	Active int `json:"active"`
	// Settings are the published version's, for listing without its graph.
	Settings   Settings  `json:"settings"`
	Owner      string    `json:"owner"`
	ClonedFrom string    `json:"cloned_from,omitempty"` // "<flow>@<version>"
	Order      int       `json:"order,omitempty"`       // enrollment order among flows, lowest first
	Rev        int64     `json:"rev"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
	Demo       bool      `json:"demo,omitempty"`
}

// Draft is a flow's one editable graph.
type Draft struct {
	Flow  string    `json:"flow"`
	Graph Graph     `json:"graph"`
	Rev   int64     `json:"rev"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// Version is a published, numbered, immutable graph.
type Version struct {
	Flow   string    `json:"flow"`
	Number int       `json:"number"`
	Hash   string    `json:"hash"` // of the logic, see Graph.Hash
	Graph  Graph     `json:"graph"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Note   string    `json:"note,omitempty"`
}

// State is what a flow as a whole does.
type State string

// Flow states.
const (
	Drafted  State = "draft"    // never published
	Active   State = "active"   // takes records in
	Draining State = "draining" // lets those inside finish, takes none in
	Paused   State = "paused"   // nothing moves, the clock runs on
	Inactive State = "inactive" // nothing inside, takes none in
	Archived State = "archived" // kept for its history
)

// flowMoves are the legal moves of a flow's state.
var flowMoves = map[State][]State{
	Drafted:  {Active, Archived},
	Active:   {Draining, Paused, Inactive},
	Draining: {Active, Paused, Inactive},
	Paused:   {Active, Draining, Inactive},
	Inactive: {Active, Archived},
	Archived: {Inactive},
}

// CanBecome reports whether a flow in state s may be put into state to.
func (s State) CanBecome(to State) bool { return contains(flowMoves[s], to) }

func contains[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}
