package edit

import "millrace.dev/flow"

// SetGraph replaces everything that is drawn, as one undo step: restoring a
// version, or using a template.
type SetGraph struct{ Graph flow.Graph }

func (c SetGraph) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	to := complete(c.Graph.Clone(), cat)
	replaceAll(g.Nodes, to.Nodes, w.setNode)
	replaceAll(g.Connectors, to.Connectors, w.setConnector)
	replaceAll(g.Layout, to.Layout, w.setPlace)
	w.setSettings(to.Settings)
	return w.p, Result{Label: Label{Key: "restore", Count: 1}}, nil
}

func replaceAll[T any](from, to map[string]T, set func(string, *T)) {
	for id := range from {
		if _, ok := to[id]; !ok {
			set(id, nil)
		}
	}
	for id, v := range to {
		set(id, &v)
	}
}
