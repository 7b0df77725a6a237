package edit

import (
	"slices"

	"millrace.dev/flow"
)

// Selection is what is selected: nodes, or one connector. It is a value; its
// zero value is nothing. Active is the node that has the keyboard.
type Selection struct {
	nodes     []string // sorted
	Connector string
	Active    string
}

// Select selects nodes; the last one is active.
func Select(ids ...string) Selection {
	s := Selection{nodes: slices.Clone(ids)}
	if n := len(ids); n > 0 {
		s.Active = ids[n-1]
	}
	slices.Sort(s.nodes)
	s.nodes = slices.Compact(s.nodes)
	return s
}

// SelectConnector selects one connector.
func SelectConnector(id string) Selection { return Selection{Connector: id} }

// Has reports whether a node is selected.
func (s Selection) Has(id string) bool {
	_, ok := slices.BinarySearch(s.nodes, id)
	return ok
}

// Nodes are the selected nodes' ids, sorted.
func (s Selection) Nodes() []string { return slices.Clone(s.nodes) }

// Len is the number of selected nodes.
func (s Selection) Len() int { return len(s.nodes) }

// Empty reports whether nothing is selected.
func (s Selection) Empty() bool { return len(s.nodes) == 0 && s.Connector == "" }

// One is the only selected node.
func (s Selection) One() (string, bool) {
	if len(s.nodes) != 1 {
		return "", false
	}
	return s.nodes[0], true
}

// Toggle adds a node, or takes it away.
func (s Selection) Toggle(id string) Selection {
	if !s.Has(id) {
		return s.With(id)
	}
	t := Select(slices.DeleteFunc(s.Nodes(), func(x string) bool { return x == id })...)
	if s.Active != id {
		t.Active = s.Active
	}
	return t
}

// With adds nodes.
func (s Selection) With(ids ...string) Selection { return Select(append(s.Nodes(), ids...)...) }

// keep leaves out what the graph does not have.
func (s Selection) keep(g flow.Graph) Selection {
	var ids []string
	for _, id := range s.nodes {
		if _, ok := g.Nodes[id]; ok {
			ids = append(ids, id)
		}
	}
	t := Select(ids...)
	if _, ok := g.Nodes[s.Active]; ok {
		t.Active = s.Active
	}
	if _, ok := g.Connectors[s.Connector]; ok {
		t.Connector = s.Connector
	}
	return t
}

// All selects every node.
func All(g flow.Graph) Selection {
	ids := make([]string, 0, len(g.Nodes))
	for id := range g.Nodes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return Select(ids...)
}

// Downstream adds every node that can be reached from the selected ones.
func (s Selection) Downstream(g flow.Graph) Selection {
	return s.reach(g, func(c flow.Connector) (string, string) { from, _ := c.Source(); return from, c.To })
}

// Upstream adds every node from which a selected one can be reached.
func (s Selection) Upstream(g flow.Graph) Selection {
	return s.reach(g, func(c flow.Connector) (string, string) { from, _ := c.Source(); return c.To, from })
}

func (s Selection) reach(g flow.Graph, ends func(flow.Connector) (string, string)) Selection {
	next := map[string][]string{}
	for _, c := range g.Connectors {
		a, b := ends(c)
		if _, ok := g.Nodes[b]; ok {
			next[a] = append(next[a], b)
		}
	}
	seen := map[string]bool{}
	for _, id := range s.nodes {
		seen[id] = true
	}
	todo := s.Nodes()
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, n := range next[id] {
			if !seen[n] {
				seen[n] = true
				todo = append(todo, n)
			}
		}
	}
	ids := make([]string, 0, len(seen))
	for id := range seen {
		ids = append(ids, id)
	}
	t := Select(ids...)
	t.Active = s.Active
	return t
}
