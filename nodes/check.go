package nodes

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
)

// Check finds everything that is wrong with a graph: its structure
// (flow.Validate), every property, every connector's condition, references
// between nodes, the settings, and waits that cannot end well. Problems come sorted by path,
// then column. The builder, the publish check and the command line all call it.
func Check(g flow.Graph, s crm.Schemas) flow.Problems {
	found := flow.Validate(g, func(_ string, n flow.Node) flow.Shape { return shapeOf(n) })
	if len(g.Nodes) > flow.MaxNodes || len(g.Connectors) > flow.MaxConnectors {
		return found
	}
	env := EnvOf(g, s)
	found = append(found, settings(env, g.Settings)...)
	for _, id := range sorted(g.Nodes) {
		n := g.Nodes[id]
		if _, known := Lookup(n.Type); known {
			_, problems := Compile(id, n, env, g.Resource, s)
			found = append(found, problems...)
			found = append(found, references(g, id, n)...)
		}
	}
	for _, id := range sorted(g.Connectors) {
		found = append(found, connector(env, id, g.Connectors[id])...)
	}
	found = append(found, waits(g)...)
	found = append(found, loops(g)...)
	slices.SortStableFunc(found, func(a, b flow.Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code))
	})
	return found
}

// EnvOf is the expression environment of a graph: its resource's fields, the
// vars that its nodes set and the steps that its nodes are.
func EnvOf(g flow.Graph, s crm.Schemas) rule.Env {
	var vars, steps []string
	for _, id := range sorted(g.Nodes) {
		steps = append(steps, id)
		node, ok := Literal(g.Nodes[id])
		if setter, sets := node.(Setter); ok && sets {
			vars = append(vars, setter.Sets()...)
		}
	}
	return rule.NewEnv(s, g.Resource).WithVars(vars...).WithSteps(steps...)
}

func shapeOf(n flow.Node) flow.Shape {
	spec, known := Lookup(n.Type)
	if !known {
		return flow.Shape{}
	}
	shape := flow.Shape{Known: true, Trigger: spec.Group == Triggers}
	for _, p := range PortsOf(n) {
		shape.Ports = append(shape.Ports, p.Name)
	}
	return shape
}

// references checks properties that name other nodes.
func references(g flow.Graph, id string, n flow.Node) (found flow.Problems) {
	for _, p := range FormOf(n.Type) {
		target, _ := n.Props[p.Name].(string)
		if p.Kind != KindNode || target == "" {
			continue
		}
		problem := flow.Problem{Level: flow.LevelError, Path: flow.Pointer("nodes", id, p.Name), Node: id}
		to, exists := g.Nodes[target]
		spec, _ := Lookup(to.Type)
		switch {
		case !exists:
			problem.Code, problem.Suggestion = "unknown_node", nearest(target, sorted(g.Nodes))
			problem.Text = fmt.Sprintf("There is no node %q in this flow. Choose one that exists.", target)
		case target == id:
			problem.Code, problem.Text = "self_reference", "The node would lead to itself for ever. Choose another node."
		case spec.Group == Triggers:
			problem.Code, problem.Text = "into_trigger", "A trigger starts the flow; nothing can lead to it. Choose the node after it."
		case flow.IsNote(to.Type):
			problem.Code, problem.Text = "into_note", "A note is not part of the flow. Choose another node."
		default:
			continue
		}
		found = append(found, problem)
	}
	return found
}

func connector(env rule.Env, id string, c flow.Connector) (found flow.Problems) {
	if c.If == "" {
		return nil
	}
	_, issues := env.Condition(c.If)
	for _, i := range issues {
		p := issueAt(flow.Pointer("connectors", id, "if"), i)
		p.Level, p.Connector = flow.LevelError, id
		found = append(found, p)
	}
	return found
}

// waits warns about awaited events whose time-out leads nowhere, or never comes.
func waits(g flow.Graph) (found flow.Problems) {
	leads := map[string]bool{}
	for _, c := range g.Connectors {
		from, port := c.Source()
		leads[from+"."+port] = true
	}
	for _, id := range sorted(g.Nodes) {
		n := g.Nodes[id]
		if n.Type != "wait_event" || n.Disabled {
			continue
		}
		warning := flow.Problem{Level: flow.LevelWarning, Node: id}
		switch {
		case blank(n.Props["timeout"]):
			warning.Code, warning.Path = "no_timeout", flow.Pointer("nodes", id, "timeout")
			warning.Text = "If the event never comes, the run waits for ever. Say how long to wait at most."
		case !leads[id+".timeout"]:
			warning.Code, warning.Path = "timeout_unconnected", flow.Pointer("nodes", id)
			warning.Text = "When the time is over, the run ends as timed out. Connect the port \"timeout\" to say what happens then."
		default:
			continue
		}
		found = append(found, warning)
	}
	return found
}

// loops warns about a way round without a wait or a counter: it would spin until
// the visit limit. It peels away what nothing leads to, or what leads nowhere,
// without passing a wait; what is left stands on or between such loops.
func loops(g flow.Graph) flow.Problems {
	next := map[string][]string{}
	holds := func(id string) bool { // or counts, so that a condition can end it
		spec, _ := Lookup(g.Nodes[id].Type)
		return (spec.Holds || spec.Type == "set_value") && !g.Nodes[id].Disabled
	}
	add := func(from, to string) {
		if target, ok := g.Nodes[to]; ok && !shapeOf(target).Trigger && !holds(from) && !holds(to) {
			next[from] = append(next[from], to)
		}
	}
	for _, c := range g.Connectors {
		from, _ := c.Source()
		add(from, c.To)
	}
	for id, n := range g.Nodes {
		if to, ok := n.Props["node"].(string); ok && n.Type == "go_to" {
			add(id, to)
		}
	}
	left := peel(peel(next))
	if len(left) == 0 {
		return nil
	}
	id := sorted(left)[0]
	return flow.Problems{{
		Level: flow.LevelWarning, Code: "loop_without_wait", Path: flow.Pointer("nodes", id), Node: id,
		Text: fmt.Sprintf("This node is on a loop without a wait. A run stops there after %d rounds. Add a wait or a condition that ends it.", flow.MaxNodeVisits),
	}}
}

// peel removes, again and again, the nodes that nothing leads to, and returns
// what remains turned round.
func peel(next map[string][]string) map[string][]string {
	in := map[string]int{}
	for _, tos := range next {
		for _, to := range tos {
			in[to]++
		}
	}
	var free []string
	for id := range next {
		if in[id] == 0 {
			free = append(free, id)
		}
	}
	gone := map[string]bool{}
	for len(free) > 0 {
		id := free[len(free)-1]
		free = free[:len(free)-1]
		gone[id] = true
		for _, to := range next[id] {
			if in[to]--; in[to] == 0 {
				free = append(free, to)
			}
		}
	}
	back := map[string][]string{}
	for from, tos := range next {
		for _, to := range tos {
			if !gone[from] {
				back[to] = append(back[to], from)
			}
		}
	}
	return back
}

// noValue reports whether an evaluation failed only because a field has no
// value.
func noValue(err error) bool {
	var e *rule.Error
	return errors.As(err, &e) && e.Code == rule.CodeNil
}
