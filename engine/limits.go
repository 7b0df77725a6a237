package engine

import (
	"fmt"

	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// Codes of the errors that the engine itself puts on a step.
const (
	CodeLimitVisits = "limit_visits" // flow.MaxVisits
	CodeLimitLoop   = "limit_loop"   // flow.MaxNodeVisits
	CodeLimitTokens = "limit_tokens" // flow.MaxTokens
	CodeLimitVars   = "limit_vars"   // flow.MaxVars
	CodeLimitDelay  = "limit_delay"  // flow.MaxDelay
	CodeCannotRun   = "cannot_run"   // the node has problems or an unknown type
	CodeCondition   = "condition"    // a connector's condition broke
	CodeNoContact   = "no_contact"   // nobody to wait for
	CodePanic       = "panic"
)

// Ends of a run that no end node chose, in flow.Run.End.
const (
	EndTimedOut      = "timed_out"      // the last wait timed out and its timeout leads nowhere
	EndRecordDeleted = "record_deleted" // the record is gone
	EndCancelled     = "cancelled"
)

// remember keeps a result's variables and output in the run, as JSON would. It
// reports whether they fit.
func (f *flight) remember(i int, res nodes.Result) bool {
	if len(res.Set) == 0 && len(res.Output) == 0 {
		return true
	}
	t := f.run.Tokens[i]
	set, out := plainMap(res.Set), plainMap(res.Output)
	more := 0
	for name, v := range set {
		more += len(name) + size(v) - size(f.run.Vars[name])
	}
	if !f.fits(i, more, out) {
		return false
	}
	f.own()
	for name, v := range set {
		f.run.Vars[name] = v
	}
	f.output(t, out)
	return true
}

// fits reports whether the run has room for more bytes of variables and a new
// output of token i's node; else the visit fails.
func (f *flight) fits(i, more int, out map[string]any) bool {
	node := f.run.Tokens[i].Node
	if len(out) > 0 {
		more += len(node) + size(out) - size(f.run.Outputs[node])
	}
	if f.measure()+more > flow.MaxVars {
		f.fail(i, &nodes.Error{Code: CodeLimitVars, Text: fmt.Sprintf("The run's values are larger than %d KB together.", flow.MaxVars>>10)})
		return false
	}
	f.size += more
	return true
}

// output keeps what later nodes see as steps.<node>, and shows it on the step.
func (f *flight) output(t flow.Token, out map[string]any) {
	if len(out) == 0 {
		return
	}
	f.own()
	f.run.Outputs[t.Node] = out
	f.steps[t.Node] = out
	if s := f.touch(t.Visit); s != nil {
		s.Output = out
	}
}

// own makes the run's maps its own before the first change.
func (f *flight) own() {
	if f.owned {
		return
	}
	f.owned = true
	vars := make(map[string]any, len(f.run.Vars)+1)
	for k, v := range f.run.Vars {
		vars[k] = v
	}
	outputs := make(map[string]map[string]any, len(f.run.Outputs)+1)
	for k, v := range f.run.Outputs {
		outputs[k] = v
	}
	f.run.Vars, f.run.Outputs = vars, outputs
	f.scope.Values["vars"] = vars
}

func (f *flight) measure() int {
	if f.size < 0 {
		f.size = size(f.run.Vars)
		for k, v := range f.run.Outputs {
			f.size += len(k) + size(v)
		}
	}
	return f.size
}

// size is about the length of a value's JSON.
func size(v any) int {
	switch x := v.(type) {
	case string:
		return len(x) + 2
	case map[string]any:
		n := 2
		for k, e := range x {
			n += len(k) + 4 + size(e)
		}
		return n
	case []any:
		n := 2
		for _, e := range x {
			n += size(e) + 1
		}
		return n
	case nil:
		return 0
	}
	return 8
}
