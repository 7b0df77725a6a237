package nodes

import (
	"context"
	"time"

	"millrace.dev/crm"
)

// Spec describes one node type. Everything else is derived from it.
type Spec struct {
	// Type is the name in flow files: snake_case, unique, the file's own name.
	Type  string
	Group Group
	// Title is at most four words, Summary one sentence, both in English; the
	// other languages are in app/i18n under "node.<type>.title" and ".summary".
	Title, Summary string
	// Line is the card's one line, with {properties}: "to {to}".
	Line string
	// Icon names a Lucide icon of the fixed set in web/icons.
	Icon string
	// Ports are the named ways out, first the ordinary one. A node whose ports
	// depend on its properties also implements Porter.
	Ports []Port
	// Pure nodes need no Host: the interpreter runs them in memory.
	Pure bool
	// Communication nodes reach people outside and obey windows and consent.
	Communication bool
	// Holds marks nodes that can keep a run for a while: waits and stages.
	Holds bool
	New   func() Node
	// Example is a valid set of properties, as JSON.
	Example string
}

// Group is a section of the palette.
type Group string

// Palette groups in palette order.
const (
	Triggers Group = "triggers"
	Special  Group = "special"
	People   Group = "people"
	Messages Group = "messages"
	Records  Group = "records"
	Notes    Group = "notes"
)

// Groups lists the palette groups in order.
var Groups = []Group{Triggers, Special, People, Messages, Records, Notes}

// Port is a named way out of a node. Every node also has the port ErrorPort,
// which is not declared.
type Port struct{ Name, Text string }

// ErrorPort is taken after the last failed try when a connector leaves by it.
const ErrorPort = "error"

// Node is one node type's behaviour; its struct fields are its properties.
type Node interface {
	// Form declares the properties, binding each to a struct field.
	Form(f *Form)
	// Run does the work once. A refusal by design is a port; a returned error is
	// the machine's and is retried when it is Temporary.
	Run(ctx context.Context, h Host) (Result, error)
}

// Porter is implemented by nodes whose ports depend on their properties. Only
// literal properties are filled in when it is asked.
type Porter interface{ Ports() []Port }

// Setter is implemented by nodes that set vars; it names them. Only literal
// properties are filled in when it is asked.
type Setter interface{ Sets() []string }

// Checker is implemented by nodes that find problems which their form cannot
// express.
type Checker interface{ Check(in Inspection) }

// Inspection is one node being checked.
type Inspection struct {
	// Props are the author's values, each of the JSON type its kind asks for.
	Props map[string]any
	// Schema is that of the flow's resource.
	Schema crm.Schema
	// Report adds a problem at a property; code is snake_case and stable.
	Report func(prop, code, text string)
}

// Text is the named property when it is a text, else "".
func (in Inspection) Text(prop string) string {
	s, _ := in.Props[prop].(string)
	return s
}

// Trigger is implemented by nodes that start runs.
type Trigger interface {
	Node
	// Listen says which events start a run; resource is the flow's.
	Listen(resource crm.Resource) Listen
}

// Listen is what a trigger waits for. An event starts a run when its type is in
// Events, one of Fields changed (any field when empty), every value in To is
// the field's new value and every value in From its old one, and When holds.
type Listen struct {
	Events []string
	Fields []string
	From   map[string][]string
	To     map[string][]string
	When   Filter
	// Manual triggers are started by a person, not by an event.
	Manual bool
}

// Filter is an expression that the engine evaluates later, against an event.
type Filter struct{ Source string }

// Cond is a condition that was evaluated before Run; an evaluation error
// surfaces when it is asked.
type Cond struct {
	Holds bool
	Err   error
	// Warning says why it does not hold although nothing failed: a field without
	// a value was compared.
	Warning string
}

// Result says how a run leaves a node.
type Result struct {
	// Ports are left by, in parallel when there are several; none ends the branch.
	Ports  []string
	Output Output
	// Hold keeps the run at the node first.
	Hold *Hold
	// Note explains a skip or a warning on the step.
	Note string
	// Skipped marks a step that did nothing by design.
	Skipped bool
	// Set are values to remember in vars.
	Set map[string]any
	// GoTo jumps to a node instead of leaving by a port.
	GoTo string
	// End ends the whole run with this outcome when not "".
	End string
}

// Output is what later nodes see as steps.<node>.
type Output map[string]any

// Hold is what keeps a run at a node: an event, a time, or people.
type Hold struct {
	Until time.Time     // wake at this time, when not zero
	For   time.Duration // wake after this long, when not zero
	// Event is awaited, about About of the run's record: "record" (default),
	// "contact" or "organization". Kind narrows it.
	Event, Kind, About string
	Where              Filter
	// Timeout is the port left by when time ends an awaited event.
	Timeout string
	// Stage holds until a person finishes it.
	Stage *Stage
	// Since says which earlier events count: "action" (default: since the
	// previous action began), "start" (of the run) or "now".
	Since string
}

// Stage is people's work on a board.
type Stage struct {
	Title     string
	Assignees []string
}

// Leave leaves by one port.
func Leave(port string, out Output) Result { return Result{Ports: []string{port}, Output: out} }

// Skip leaves by a port without having done anything, by design; note says why.
func Skip(port, note string) Result {
	return Result{Ports: []string{port}, Skipped: true, Note: note}
}

// After holds the run for d first.
func (r Result) After(d time.Duration) Result { h := r.hold(); h.For = d; return r.with(h) }

// Until holds the run until t first.
func (r Result) Until(t time.Time) Result { h := r.hold(); h.Until = t; return r.with(h) }

// On holds the run until the event comes for which where holds.
func (r Result) On(event string, where Filter) Result {
	h := r.hold()
	h.Event, h.Where = event, where
	return r.with(h)
}

// Or names the port that is left by when time ends the wait for an event.
func (r Result) Or(timeout string) Result { h := r.hold(); h.Timeout = timeout; return r.with(h) }

func (r Result) hold() Hold {
	if r.Hold == nil {
		return Hold{}
	}
	return *r.Hold
}

func (r Result) with(h Hold) Result { r.Hold = &h; return r }

// Error is a node's failure. Temporary ones are retried.
type Error struct {
	Code, Text string
	Temporary  bool
	// After is the least time before the next try, 0 for the engine's own.
	After time.Duration
	// Cause is the error behind it, if any.
	Cause error
}

// Error is the text.
func (e *Error) Error() string { return e.Text }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Cause }
