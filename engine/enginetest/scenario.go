package enginetest

import (
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// Scenario is one parsed scenario.
type Scenario struct {
	Title   string
	Flows   []flow.File
	Clock   time.Time
	Schemas crm.Schemas // with the scenario's own fields
	Members []crm.Member
	Records []crm.Record // values as they are stored
	Steps   []Step
	// Want is what must come of it.
	Want Result
}

// Step is one line of a script. By verb it uses:
//
//	update|create|delete <resource> <id> field=value… by=<member>
//	event <type> <resource> <id> kind=… id=… by=… key=value…
//	again                               the last event once more
//	start <flow> <record> by=…          by hand
//	finish <flow> <record> <node> port=… by=…
//	cancel|retry|skip <flow> <record> by=…
//	off|on <flow>                       takes records in no more, or again
//	fail <node> times=2 temporary=true code=… text=…
//	answer <node> status=404 body=…     outbound HTTP from now on
//	publish <flow>                      the next section of that flow
//	end                                 the script ends at this moment
type Step struct {
	// At is the virtual time from the scenario's start.
	At time.Duration
	// During names the node whose next call this happens in, instead of At.
	During string
	Verb   string
	// Event is the type of an outside event, Kind and EventID its own.
	Event, Kind, EventID string
	Resource             crm.Resource
	// ID is the record's.
	ID         string
	Flow, Node string
	Port       string
	By         string
	// Fields are a record's values as they are stored, or an event's data.
	Fields map[string]any
	// Times, Temporary, Code and Text describe a failure; Status and Text an answer.
	Times, Status int
	Temporary     bool
	Code, Text    string
	// Line is where the step stands in the text, from 1.
	Line int
}

// Result is what came of a scenario: canonical lines without ids, which are the
// same in every process.
type Result struct {
	// Trace tells each run's history: "big-deal D-1: +1h0m0s reply timeout".
	Trace []string
	// Effects are the calls: `+0s big-deal D-1 mail: email to ana@example.com "Hi"`.
	Effects []string
	// Enrollments are the decisions: "+0s big-deal D-1 ok".
	Enrollments []string
}
