package flow

import (
	"encoding/json"
	"fmt"
	"sort"
	"unicode"
	"unicode/utf8"
)

// Shape is what validation needs to know of a node's type.
type Shape struct {
	// Ports are the declared ways out, without the error port.
	Ports []string
	// Trigger nodes start runs and cannot be led to.
	Trigger bool
	// Known is false for a type that this build lacks.
	Known bool
}

// errorPort is the undeclared port that every node has (nodes.ErrorPort).
const errorPort = "error"

// Validate finds everything that is structurally wrong with a graph: limits,
// ids, types, connectors that lead nowhere, nodes that nothing leads to. It is
// iterative and linear in nodes and connectors. Problems come sorted by path.
func Validate(g Graph, shape func(id string, n Node) Shape) Problems {
	v := &validation{graph: g, shapes: make(map[string]Shape, len(g.Nodes))}
	if v.tooLarge() {
		return v.found
	}
	if !g.Resource.Valid() {
		v.add("unknown_resource", Pointer("resource"), "", "", fmt.Sprintf(
			"%q is not a resource. Use ticket, lead, deal, user or organization.", g.Resource))
	}
	for _, id := range sortedKeys(g.Nodes) {
		v.shapes[id] = shape(id, g.Nodes[id])
		v.node(id, g.Nodes[id])
	}
	for _, id := range sortedKeys(g.Connectors) {
		v.connector(id, g.Connectors[id])
	}
	v.elses()
	v.reach()
	sort.SliceStable(v.found, func(i, j int) bool { return v.found[i].Path < v.found[j].Path })
	return v.found
}

type validation struct {
	graph  Graph
	shapes map[string]Shape
	found  Problems
}

func (v *validation) add(code, path, node, connector, text string) {
	v.found = append(v.found, Problem{
		Level: LevelError, Code: code, Path: path, Node: node, Connector: connector, Text: text,
	})
}

func (v *validation) warn(code, path, node, text string) {
	v.found = append(v.found, Problem{Level: LevelWarning, Code: code, Path: path, Node: node, Text: text})
}

func (v *validation) tooLarge() bool {
	if n := len(v.graph.Nodes); n > MaxNodes {
		v.add("too_many_nodes", "/nodes", "", "", fmt.Sprintf(
			"The flow has %d nodes; at most %d are allowed. Split it into two flows.", n, MaxNodes))
	}
	if n := len(v.graph.Connectors); n > MaxConnectors {
		v.add("too_many_connectors", "/connectors", "", "", fmt.Sprintf(
			"The flow has %d connectors; at most %d are allowed.", n, MaxConnectors))
	}
	return len(v.found) > 0
}

func (v *validation) node(id string, n Node) {
	at := Pointer("nodes", id)
	if !ValidID(id) {
		v.add("bad_id", at, id, "", fmt.Sprintf("%q cannot be an id: use 1 to %d letters, digits, _ or -.", id, MaxID))
	}
	if !v.shapes[id].Known {
		v.add("unknown_type", at+"/type", id, "", fmt.Sprintf(
			"There is no node type %q in this version. Replace the node, or update Millrace.", n.Type))
	}
	if bad := badName(n.Title); bad != "" {
		v.add("bad_name", at+"/title", id, "", bad)
	}
	if data, err := json.Marshal(n); err != nil || len(data) > MaxNodeBytes {
		v.add("node_too_large", at, id, "", fmt.Sprintf("The node holds more than %d KiB.", MaxNodeBytes>>10))
	}
	for _, port := range sortedKeys(n.Routing) {
		if r := n.Routing[port]; r != RouteFirst && r != RouteAll {
			v.add("unknown_routing", at+Pointer("routing", port), id, "",
				fmt.Sprintf("%q is not a way to route. Use first or all.", r))
		}
	}
}

// badName tells what is wrong with an author's name for something, "" if nothing.
func badName(name string) string {
	if utf8.RuneCountInString(name) > MaxName {
		return fmt.Sprintf("The name is longer than %d characters.", MaxName)
	}
	for _, r := range name {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return "The name holds invisible control characters. Type it anew."
		}
	}
	return ""
}

func (v *validation) connector(id string, c Connector) {
	at := Pointer("connectors", id)
	if !ValidID(id) {
		v.add("bad_id", at, "", id, fmt.Sprintf("%q cannot be an id: use 1 to %d letters, digits, _ or -.", id, MaxID))
	}
	from, port := c.Source()
	if _, ok := v.graph.Nodes[from]; !ok {
		v.add("dangling_connector", at+"/from", "", id, fmt.Sprintf(
			"The connector comes from %q, which is not in the flow. Connect it again or delete it.", from))
	} else if s := v.shapes[from]; s.Known && port != errorPort && !contains(s.Ports, port) {
		v.add("unknown_port", at+"/from", from, id, fmt.Sprintf(
			"%q has no way out called %q. Connect it again from one of its ports.", from, port))
	}
	if _, ok := v.graph.Nodes[c.To]; !ok {
		v.add("dangling_connector", at+"/to", "", id, fmt.Sprintf(
			"The connector leads to %q, which is not in the flow. Connect it again or delete it.", c.To))
	} else if v.shapes[c.To].Trigger {
		v.add("into_trigger", at+"/to", c.To, id, "A trigger starts the flow; nothing can lead to it. Use Go to another node instead.")
	} else if IsNote(v.graph.Nodes[c.To].Type) {
		v.add("into_note", at+"/to", c.To, id, "A note is not part of the flow; nothing can lead to it.")
	}
	if bad := badName(c.Label); bad != "" {
		v.add("bad_name", at+"/label", "", id, bad)
	}
}

// elses flags ports that route to the first match but have two connectors that
// always match.
func (v *validation) elses() {
	first := map[string]string{}
	for _, id := range sortedKeys(v.graph.Connectors) {
		c := v.graph.Connectors[id]
		from, port := c.Source()
		if c.If != "" || v.graph.Nodes[from].Routing[port] == RouteAll {
			continue
		}
		key := from + "." + port
		if other, twice := first[key]; twice {
			v.add("two_else", Pointer("connectors", id), from, id, fmt.Sprintf(
				"This and connector %q both always apply. Give one a condition, or let the port take all.", other))
		}
		first[key] = id
	}
}

// reach warns about nodes that no trigger leads to, and flags a flow without a
// trigger.
func (v *validation) reach() {
	next := map[string][]string{}
	for _, c := range v.graph.Connectors {
		from, _ := c.Source()
		next[from] = append(next[from], c.To)
	}
	seen := map[string]bool{}
	var todo []string
	for id, s := range v.shapes {
		if s.Trigger {
			todo = append(todo, id)
			seen[id] = true
		}
		if target, ok := v.graph.Nodes[id].Props["node"].(string); ok {
			next[id] = append(next[id], target) // go_to
		}
	}
	if len(todo) == 0 {
		v.add("no_trigger", "/nodes", "", "", "The flow has no trigger, so nothing would start it. Add one from the palette.")
		return
	}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range next[id] {
			if !seen[to] {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	for _, id := range sortedKeys(v.graph.Nodes) {
		if !seen[id] && !IsNote(v.graph.Nodes[id].Type) {
			v.warn("unreachable", Pointer("nodes", id), id, "Nothing leads to this node, so it never runs. Connect it or delete it.")
		}
	}
}
