package edit

import (
	"slices"

	"millrace.dev/flow"
)

// ReplaceNode gives a node another type and other properties, keeping its id,
// place and own title. Connectors of ports that the new type lacks leave by its
// first free port; when it has none they are dropped and told.
type ReplaceNode struct {
	Node string
	With flow.Node
}

func (c ReplaceNode) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	old, ok := g.Nodes[c.Node]
	if !ok {
		return patch{}, Result{}, missing(c.Node)
	}
	w := begin(g, cat)
	r := Result{Label: w.label("replace", c.Node)}
	n := c.With
	if n.Title == "" {
		n.Title = old.Title
	}
	if n.Props == nil {
		n.Props = map[string]any{}
	}
	w.setNode(c.Node, &n)
	if cat.trigger(n.Type) || cat.note(n.Type) {
		for _, id := range Incoming(g, c.Node) {
			from, _ := g.Connectors[id].Source()
			w.setConnector(id, nil)
			r.Dropped = append(r.Dropped, Dropped{Node: c.Node, Ref: from})
		}
	}
	r.Dropped = append(r.Dropped, w.rewire(c.Node, cat.ports(n))...)
	return w.p, r, nil
}

// rewire moves the connectors of ports that are gone.
func (w *work) rewire(node string, ports []string) []Dropped {
	var dropped []Dropped
	for _, id := range Outgoing(w.g, node, "") {
		c := w.g.Connectors[id]
		if _, port := c.Source(); slices.Contains(ports, port) || port == errorPort && len(ports) > 0 {
			continue
		}
		free := slices.IndexFunc(ports, func(p string) bool { return len(Outgoing(w.g, node, p)) == 0 })
		if free < 0 {
			w.setConnector(id, nil)
			dropped = append(dropped, Dropped{Node: node, Ref: c.To})
			continue
		}
		c.From = End{node, ports[free]}.String()
		w.setConnector(id, &c)
	}
	return dropped
}
