package crm

import "time"

// Role is what a member may do; the API enforces it (server/policy.go).
type Role string

// Roles, most powerful first. An admin does everything; an analyst reads all,
// clones, edits own drafts and dry-runs; an agent works records, tasks and
// stages; a viewer looks.
const (
	Admin   Role = "admin"
	Analyst Role = "analyst"
	Agent   Role = "agent"
	Viewer  Role = "viewer"
)

// Member is a person who signs in.
type Member struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Email    string   `json:"email"`
	Role     Role     `json:"role"`
	Teams    []string `json:"teams,omitempty"`
	Language string   `json:"language,omitempty"`
	// Off members keep their history but cannot sign in or be assigned.
	Off       bool      `json:"off,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	Demo      bool      `json:"demo,omitempty"`
}

// Task is work for members.
type Task struct {
	// ID is "<run>:<visit>" for a task made by a flow, which makes creating it
	// twice impossible.
	ID        string     `json:"id"`
	Title     string     `json:"title"`
	Body      string     `json:"body,omitempty"`
	Resource  Resource   `json:"resource,omitempty"`
	Record    string     `json:"record,omitempty"`
	Run       string     `json:"run,omitempty"`
	Assignees []string   `json:"assignees"`
	Due       *time.Time `json:"due,omitempty"`
	Done      bool       `json:"done"`
	DoneBy    string     `json:"done_by,omitempty"`
	DoneAt    *time.Time `json:"done_at,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
}

// Message is one mail, SMS, chat message or notice that was sent, or that the
// sink captured instead of sending: the Outbox page lists them.
type Message struct {
	// ID is the idempotency key, "<run>:<visit>".
	ID string `json:"id"`
	// Channel is "email", "sms", "chat", "webhook" or "notice".
	Channel string `json:"channel"`
	To      string `json:"to"`
	// ReplyTo is the address for answers to a mail, "" for the workspace's own.
	ReplyTo string `json:"reply_to,omitempty"`
	Subject string `json:"subject,omitempty"`
	Body    string `json:"body"`
	// State is "captured" (sink), "sent", "failed" or "uncertain".
	State    string    `json:"state"`
	Error    string    `json:"error,omitempty"`
	Resource Resource  `json:"resource,omitempty"`
	Record   string    `json:"record,omitempty"`
	Run      string    `json:"run,omitempty"`
	Flow     string    `json:"flow,omitempty"`
	Node     string    `json:"node,omitempty"`
	At       time.Time `json:"at"`
}
