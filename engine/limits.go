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
	if f.measure()+size(set)+size(out) > flow.MaxVars {
		f.fail(i, &nodes.Error{Code: CodeLimitVars, Text: fmt.Sprintf("The run's values are larger than %d KB together.", flow.MaxVars>>10)})
		return false
	}
	f.size += size(set) + size(out)
	f.own()
	for name, v := range set {
		f.run.Vars[name] = v
	}
	f.output(t.Node, out)
	return true
}

// output keeps what later nodes see as steps.<node>.
func (f *flight) output(node string, out map[string]any) {
	if len(out) == 0 {
		return
	}
	f.own()
	f.run.Outputs[node] = out
	f.steps[node] = out
	if visit := f.run.NodeVisits[node]; visit > 0 && len(f.changed) > 0 {
		f.stepOutput(node, out)
	}
}

// stepOutput shows the output on the node's newest step.
func (f *flight) stepOutput(node string, out map[string]any) {
	for k := len(f.run.Steps) - 1; k >= 0; k-- {
		if f.run.Steps[k].Node == node {
			f.run.Steps[k].Output = out
			f.touch(f.run.Steps[k].Visit)
			return
		}
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
		return 4
	}
	return 8
}
