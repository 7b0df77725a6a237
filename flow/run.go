package flow

import (
	"time"

	"millrace.dev/crm"
)

// Run is one record going through one version of a flow. It is one document:
// every change is one compare-and-set on Rev.
type Run struct {
	// ID is deterministic (RunID), so a repeated event creates nothing.
	ID       string       `json:"id"`
	Flow     string       `json:"flow"`
	Version  int          `json:"version"`
	Resource crm.Resource `json:"resource"`
	Record   string       `json:"record"`
	// Title is the record's title when the run began, for lists and tokens.
	Title string   `json:"title"`
	State RunState `json:"state"`
	// Rev is the compare-and-set fence: +1 on every write.
	Rev int64 `json:"rev"`
	// Tokens are the places where the run stands; one unless it has parallel
	// branches, none once it has ended.
	Tokens []Token `json:"tokens,omitempty"`
	// Visits counts the nodes entered so far; visit n's effects have the
	// idempotency key "<run>:<n>".
	Visits int `json:"visits"`
	// NodeVisits counts the visits of each node, for the loop limit.
	NodeVisits map[string]int `json:"node_visits,omitempty"`
	// Vars are the values that set_value nodes made.
	Vars map[string]any `json:"vars,omitempty"`
	// Outputs are the last outputs of the visited nodes, by node id ("steps" in
	// expressions).
	Outputs map[string]map[string]any `json:"outputs,omitempty"`
	// Event is what started the run.
	Event crm.Event `json:"event"`
	// Key and ContactKey are the two re-entry guard keys.
	Key        string `json:"key"`
	ContactKey string `json:"contact_key,omitempty"`
	// Steps are the visits so far, oldest first, at most MaxStepsKept.
	Steps []Step `json:"steps,omitempty"`
	// End says how an ended run ended: "end", the end node's outcome,
	// "timed_out", "record_deleted", or an error's code.
	End   string `json:"end,omitempty"`
	Error string `json:"error,omitempty"`
	// Cause is what the events made by this run carry: its chain, this run last.
	Cause crm.Cause `json:"cause,omitzero"`
	// Origin is the event log's position at which the run began.
	Origin  Position   `json:"origin,omitzero"`
	Started time.Time  `json:"started_at"`
	Updated time.Time  `json:"updated_at"`
	Ended   *time.Time `json:"ended_at,omitempty"`
}

// Token is one place where a run stands.
type Token struct {
	ID   int    `json:"id"`
	Node string `json:"node"`
	// Visit is the number of the visit the token is in.
	Visit int `json:"visit"`
	// Via is the connector it came by, "" for the trigger.
	Via  string `json:"via,omitempty"`
	Wait *Wait  `json:"wait,omitempty"`
	// Attempt counts failed tries of this visit.
	Attempt int `json:"attempt,omitempty"`
	// Deaths counts the processes that died while the visit's effect was under
	// way.
	Deaths int `json:"deaths,omitempty"`
	// Calling is set while the visit's effect is wanted or under way.
	Calling bool `json:"calling,omitempty"`
	// Failed is set when the visit failed for good: the run is an incident until
	// an operator retries or skips it.
	Failed bool `json:"failed,omitempty"`
	// Leave is the port the token is about to leave by, once its wait was
	// decided (Resolve); With is what decided it.
	Leave string         `json:"leave,omitempty"`
	With  map[string]any `json:"with,omitempty"`
	// Mark is the event log's position when the token's last action began; an
	// event wait looks back to it.
	Mark Position `json:"mark,omitzero"`
}

// Step is one visit of one node.
type Step struct {
	Visit   int        `json:"visit"`
	Node    string     `json:"node"`
	Type    string     `json:"type"`
	Via     string     `json:"via,omitempty"` // the connector it was entered by
	State   StepState  `json:"state"`
	Port    string     `json:"port,omitempty"` // the port it was left by
	At      time.Time  `json:"at"`
	Left    *time.Time `json:"left,omitempty"`
	Output  any        `json:"output,omitempty"`
	Note    string     `json:"note,omitempty"` // why it was skipped, retried, or a warning
	Error   string     `json:"error,omitempty"`
	Attempt int        `json:"attempt,omitempty"`
	// Held is what the visit was held by last, "" when it was not.
	Held WaitKind `json:"held,omitempty"`
}

// RunState is where a run as a whole stands.
type RunState string

// Run states.
const (
	Queued    RunState = "queued"   // over the flow's quota
	Ready     RunState = "ready"    // to be moved on now
	Waiting   RunState = "waiting"  // every token is held by a wait
	Incident  RunState = "incident" // parked at an error; an operator decides
	Done      RunState = "done"
	Failed    RunState = "failed"
	Cancelled RunState = "cancelled"
	Moved     RunState = "moved" // went on in another flow
)

// runMoves are the legal moves of a run's state; the final ones have none.
var runMoves = map[RunState][]RunState{
	Queued:   {Ready, Cancelled},
	Ready:    {Ready, Waiting, Incident, Done, Failed, Cancelled, Moved},
	Waiting:  {Waiting, Ready, Incident, Done, Failed, Cancelled, Moved},
	Incident: {Ready, Failed, Cancelled},
}

// CanBecome reports whether a run in state s may be put into state to.
func (s RunState) CanBecome(to RunState) bool { return contains(runMoves[s], to) }

// Final reports whether the state is an end.
func (s RunState) Final() bool { return len(runMoves[s]) == 0 }

// RunStates lists all run states in the order screens show them.
var RunStates = []RunState{Queued, Ready, Waiting, Incident, Done, Failed, Cancelled, Moved}

// StepState is where one visit stands.
type StepState string

// Step states.
const (
	StepRunning StepState = "running"
	StepWaiting StepState = "waiting"
	StepDone    StepState = "done"
	StepSkipped StepState = "skipped"
	StepFailed  StepState = "failed"
)

// stepMoves are the legal moves of a step's state.
var stepMoves = map[StepState][]StepState{
	StepRunning: {StepWaiting, StepDone, StepSkipped, StepFailed},
	StepWaiting: {StepRunning, StepDone, StepSkipped, StepFailed},
	StepFailed:  {StepRunning, StepDone, StepSkipped},
}

// CanBecome reports whether a step in state s may be put into state to.
func (s StepState) CanBecome(to StepState) bool { return contains(stepMoves[s], to) }

// Enrollment is the decision to let a record in, or the reason not to.
type Enrollment struct {
	ID       string       `json:"id"` // "<flow>|<event id>"
	Flow     string       `json:"flow"`
	Version  int          `json:"version"`
	Event    string       `json:"event"`
	Resource crm.Resource `json:"resource"`
	Record   string       `json:"record"`
	Title    string       `json:"title"`
	OK       bool         `json:"ok"`
	// Reason is why not: "condition", "already_active", "once_ever", "duplicate",
	// "self_trigger", "chain_depth", "loop_locked", "quota", "error".
	Reason string `json:"reason,omitempty"`
	Detail string `json:"detail,omitempty"`
	Run    string `json:"run,omitempty"`
	// Blocking is the run whose guard refused this one.
	Blocking string    `json:"blocking,omitempty"`
	At       time.Time `json:"at"`
}
