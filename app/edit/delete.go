package edit

import (
	"slices"

	"millrace.dev/flow"
)

// Delete deletes nodes and connectors. Where a group of deleted nodes had exactly
// one way in and one way out, the two are joined, unless Leave.
type Delete struct {
	Nodes      []string
	Connectors []string
	Leave      bool
}

func (c Delete) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	r := Result{Label: w.label("delete", c.Nodes...)}
	if len(c.Nodes) == 0 {
		r.Label = Label{Key: "cut", Count: len(c.Connectors)}
	}
	for _, id := range c.Connectors {
		if _, ok := w.g.Connectors[id]; !ok {
			return patch{}, Result{}, missingConnector(id)
		}
		w.setConnector(id, nil)
	}
	gone := map[string]bool{}
	for _, id := range c.Nodes {
		if _, ok := g.Nodes[id]; !ok {
			return patch{}, Result{}, missing(id)
		}
		gone[id] = true
	}
	for _, group := range groups(w.g, gone) {
		r.Open = append(r.Open, w.cutOut(group, !c.Leave)...)
	}
	slices.SortFunc(r.Open, func(a, b End) int { return compareEnds(a, b) })
	r.Open = slices.Compact(r.Open)
	return w.p, r, nil
}

// groups splits the nodes to delete into those that hang together.
func groups(g flow.Graph, gone map[string]bool) []map[string]bool {
	near := map[string][]string{}
	for _, c := range g.Connectors {
		if from, _ := c.Source(); gone[from] && gone[c.To] {
			near[from] = append(near[from], c.To)
			near[c.To] = append(near[c.To], from)
		}
	}
	var out []map[string]bool
	seen := map[string]bool{}
	for _, id := range sortedNodes(g) {
		if !gone[id] || seen[id] {
			continue
		}
		group := map[string]bool{}
		todo := []string{id}
		seen[id] = true
		for len(todo) > 0 {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			group[at] = true
			for _, n := range near[at] {
				if !seen[n] {
					seen[n] = true
					todo = append(todo, n)
				}
			}
		}
		out = append(out, group)
	}
	return out
}

// cutOut takes a group of nodes out and heals the gap when it may. It returns
// the ports that lead nowhere now.
func (w *work) cutOut(group map[string]bool, heal bool) []End {
	var in, out, inner []string
	for _, id := range sortedConnectors(w.g) {
		c := w.g.Connectors[id]
		from, _ := c.Source()
		switch {
		case group[from] && group[c.To]:
			inner = append(inner, id)
		case group[c.To]:
			in = append(in, id)
		case group[from]:
			out = append(out, id)
		}
	}
	var healed *flow.Connector
	if heal && len(in) == 1 && len(out) == 1 {
		healed = w.bridge(w.g.Connectors[in[0]], w.g.Connectors[out[0]])
	}
	var open []End
	for _, id := range in {
		from, port := w.g.Connectors[id].Source()
		w.setConnector(id, nil)
		if len(Outgoing(w.g, from, port)) == 0 && healed == nil {
			open = append(open, End{from, port})
		}
	}
	for _, id := range append(inner, out...) {
		w.setConnector(id, nil)
	}
	if healed != nil {
		w.setConnector(in[0], healed)
	}
	for id := range group {
		w.setNode(id, nil)
		w.setPlace(id, nil)
	}
	return open
}

// bridge is the connector that replaces the way in and the way out: it keeps the
// way in's place among its siblings, and both conditions. Nil when it would lead
// back to its own node, or doubles another.
func (w *work) bridge(in, out flow.Connector) *flow.Connector {
	from, port := in.Source()
	if from == out.To {
		return nil
	}
	for _, id := range Outgoing(w.g, from, port) {
		if w.g.Connectors[id].To == out.To {
			return nil
		}
	}
	in.To = out.To
	switch {
	case in.If == "":
		in.If = out.If
	case out.If != "":
		in.If = "(" + in.If + ") && (" + out.If + ")"
	}
	if in.Label == "" {
		in.Label = out.Label
	}
	return &in
}
