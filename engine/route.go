package engine

import (
	"errors"
	"fmt"

	"millrace.dev/flow"
	"millrace.dev/flow/rule"
	"millrace.dev/nodes"
)

// route sends token i along the connectors of the ports. Where several are
// taken the token divides; where none is, its branch ends.
func (f *flight) route(i int, ports []string, timedOut bool) {
	t := f.run.Tokens[i]
	var ways []way
	for _, name := range ports {
		picked, err := f.pick(t, name)
		if err != nil {
			f.fail(i, err)
			return
		}
		ways = append(ways, picked...)
	}
	if len(ways) == 0 {
		if timedOut {
			f.run.End = EndTimedOut
		}
		f.run.Tokens = append(f.run.Tokens[:i], f.run.Tokens[i+1:]...)
		return
	}
	if len(f.run.Tokens)+len(ways)-1 > flow.MaxTokens {
		f.stop(i, &nodes.Error{Code: CodeLimitTokens, Text: fmt.Sprintf("The run would stand in more than %d places at once.", flow.MaxTokens)})
		return
	}
	id := f.lastToken()
	for k, w := range ways {
		next := flow.Token{ID: t.ID, Node: w.to, Via: w.id, Mark: t.Mark}
		if k == 0 {
			f.run.Tokens[i] = next
			continue
		}
		next.ID = id + k
		f.run.Tokens = append(f.run.Tokens, next)
	}
}

// pick chooses the connectors of one port: the first whose condition holds, or
// every one.
func (f *flight) pick(t flow.Token, name string) ([]way, error) {
	n := f.p.nodes[t.Node]
	if n == nil || n.ports[name] == nil {
		return nil, nil
	}
	out := n.ports[name]
	var ways []way
	for _, w := range out.ways {
		ok, err := f.holds(t, w)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		ways = append(ways, w)
		if !out.all {
			break
		}
	}
	return ways, nil
}

// holds evaluates a connector's condition. Comparing a value that is not there
// is false, with a warning on the step.
func (f *flight) holds(t flow.Token, w way) (bool, error) {
	if w.when == nil {
		return true, nil
	}
	ok, err := w.when.Holds(f.scope, f.budget)
	f.warn(t.Visit, f.budget.Warnings())
	if err == nil {
		return ok, nil
	}
	if isNil(err) {
		f.warn(t.Visit, []string{fmt.Sprintf("Connector %s: %s", w.id, err)})
		return false, nil
	}
	return false, &nodes.Error{Code: CodeCondition, Text: fmt.Sprintf("Connector %s: %s", w.id, err)}
}

func (f *flight) lastToken() int {
	last := 0
	for _, t := range f.run.Tokens {
		last = max(last, t.ID)
	}
	return last
}

// wired reports whether a connector leaves the node by the port.
func (p *Plan) wired(node, port string) bool {
	n := p.nodes[node]
	return n != nil && n.ports[port] != nil && len(n.ports[port].ways) > 0
}

func asNodeError(err error) *nodes.Error {
	var e *nodes.Error
	if errors.As(err, &e) {
		return e
	}
	return &nodes.Error{Code: string(flow.CodeOf(err)), Text: err.Error(), Temporary: flow.CodeOf(err) == flow.CodeUnavailable}
}

// isNil reports whether an evaluation met a value that is not there.
func isNil(err error) bool {
	var e *rule.Error
	return errors.As(err, &e) && e.Code == rule.CodeNil
}
