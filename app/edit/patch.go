package edit

import (
	"maps"
	"reflect"

	"millrace.dev/flow"
)

// patch is a change of a graph: for every touched id what was there before and
// what is there after. Swapped it is its own inverse.
type patch struct {
	nodes      map[string]change[flow.Node]
	connectors map[string]change[flow.Connector]
	layout     map[string]change[flow.Point]
	settings   *settingsChange
}

// change is one id's value before and after; nil means that it is not there.
type change[T any] struct{ before, after *T }

type settingsChange struct{ before, after flow.Settings }

// apply makes the graph after the change. The given graph stays as it is; maps
// that are not touched are shared.
func (p patch) apply(g flow.Graph) flow.Graph {
	g.Nodes = applied(g.Nodes, p.nodes)
	g.Connectors = applied(g.Connectors, p.connectors)
	g.Layout = applied(g.Layout, p.layout)
	if p.settings != nil {
		g.Settings = p.settings.after
	}
	return g
}

func applied[T any](m map[string]T, cs map[string]change[T]) map[string]T {
	if len(cs) == 0 {
		return m
	}
	out := maps.Clone(m)
	if out == nil {
		out = map[string]T{}
	}
	for id, c := range cs {
		if c.after == nil {
			delete(out, id)
		} else {
			out[id] = *c.after
		}
	}
	return out
}

// inverse is the patch that takes this one back, as a command.
func (p patch) inverse(l Label) Command { return replay{p.swapped(), l} }

func (p patch) swapped() patch {
	q := patch{nodes: swapped(p.nodes), connectors: swapped(p.connectors), layout: swapped(p.layout)}
	if p.settings != nil {
		q.settings = &settingsChange{p.settings.after, p.settings.before}
	}
	return q
}

func swapped[T any](cs map[string]change[T]) map[string]change[T] {
	out := make(map[string]change[T], len(cs))
	for id, c := range cs {
		out[id] = change[T]{c.after, c.before}
	}
	return out
}

// then joins two patches that follow each other into one.
func (p patch) then(q patch) patch {
	out := patch{joined(p.nodes, q.nodes), joined(p.connectors, q.connectors), joined(p.layout, q.layout), p.settings}
	if q.settings != nil {
		s := *q.settings
		if p.settings != nil {
			s.before = p.settings.before
		}
		out.settings = &s
	}
	return out
}

func joined[T any](a, b map[string]change[T]) map[string]change[T] {
	out := make(map[string]change[T], len(a)+len(b))
	maps.Copy(out, a)
	for id, c := range b {
		if first, ok := out[id]; ok {
			c.before = first.before
		}
		out[id] = c
	}
	return out
}

// effective leaves out what changes nothing.
func (p patch) effective() patch {
	p.nodes, p.connectors, p.layout = changed(p.nodes), changed(p.connectors), changed(p.layout)
	if p.settings != nil && reflect.DeepEqual(p.settings.before, p.settings.after) {
		p.settings = nil
	}
	return p
}

func changed[T any](cs map[string]change[T]) map[string]change[T] {
	out := make(map[string]change[T], len(cs))
	for id, c := range cs {
		if !reflect.DeepEqual(c.before, c.after) {
			out[id] = c
		}
	}
	return out
}

func (p patch) empty() bool {
	return len(p.nodes)+len(p.connectors)+len(p.layout) == 0 && p.settings == nil
}

// work is a graph being changed by a command: every write is noted in the
// patch.
type work struct {
	g   flow.Graph
	cat Catalogue
	p   patch
}

func begin(g flow.Graph, cat Catalogue) *work {
	w := &work{g: g, cat: cat}
	w.g.Nodes, w.g.Connectors, w.g.Layout = cloned(g.Nodes), cloned(g.Connectors), cloned(g.Layout)
	w.p = patch{map[string]change[flow.Node]{}, map[string]change[flow.Connector]{}, map[string]change[flow.Point]{}, nil}
	return w
}

func cloned[T any](m map[string]T) map[string]T {
	if m == nil {
		return map[string]T{}
	}
	return maps.Clone(m)
}

func (w *work) setNode(id string, n *flow.Node)           { set(w.g.Nodes, w.p.nodes, id, n) }
func (w *work) setConnector(id string, c *flow.Connector) { set(w.g.Connectors, w.p.connectors, id, c) }
func (w *work) setPlace(id string, at *flow.Point)        { set(w.g.Layout, w.p.layout, id, at) }

func (w *work) setSettings(s flow.Settings) {
	w.p.settings = &settingsChange{w.g.Settings, s}
	w.g.Settings = s
}

func set[T any](m map[string]T, cs map[string]change[T], id string, v *T) {
	c, seen := cs[id]
	if !seen {
		if old, ok := m[id]; ok {
			c.before = &old
		}
	}
	c.after = v
	cs[id] = c
	if v == nil {
		delete(m, id)
	} else {
		m[id] = *v
	}
}
