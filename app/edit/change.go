package edit

import (
	"maps"
	"slices"

	"millrace.dev/flow"
)

// MoveNodes moves nodes by DX, DY canvas units; the result lies on the grid
// unless Free.
type MoveNodes struct {
	Nodes  []string
	DX, DY int
	Free   bool
}

func (c MoveNodes) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	for _, id := range c.Nodes {
		if _, ok := g.Nodes[id]; !ok {
			return patch{}, Result{}, missing(id)
		}
		at := g.Layout[id]
		at = flow.Point{at[0] + c.DX, at[1] + c.DY}
		if !c.Free {
			at = snapped(at)
		}
		w.setPlace(id, &at)
	}
	return w.p, Result{Label: w.label("move", c.Nodes...)}, nil
}

// PlaceNodes puts nodes at places, as aligning does.
type PlaceNodes struct {
	At map[string]flow.Point
}

func (c PlaceNodes) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	ids := slices.Sorted(maps.Keys(c.At))
	for _, id := range ids {
		if _, ok := g.Nodes[id]; !ok {
			return patch{}, Result{}, missing(id)
		}
		at := c.At[id]
		w.setPlace(id, &at)
	}
	return w.p, Result{Label: w.label("align", ids...)}, nil
}

// SetProp sets one property; a nil Value takes it away. Changes with the same
// Focus that follow each other are one undo step.
type SetProp struct {
	Node, Prop string
	Value      any
	Focus      string
}

func (c SetProp) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	if flow.ReservedProp(c.Prop) || c.Prop == "" {
		return patch{}, Result{}, flow.Errorf(flow.CodeInvalid, "%q is no property.", c.Prop)
	}
	return changeNodes(g, cat, "property", []string{c.Node}, func(n *flow.Node) {
		n.Props = maps.Clone(n.Props)
		if n.Props == nil {
			n.Props = map[string]any{}
		}
		if c.Value == nil {
			delete(n.Props, c.Prop)
			return
		}
		n.Props[c.Prop] = c.Value
	})
}

// SetTitle renames a node; "" brings its type's title back.
type SetTitle struct {
	Node, Title string
	Focus       string
}

func (c SetTitle) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	return changeNodes(g, cat, "title", []string{c.Node}, func(n *flow.Node) { n.Title = c.Title })
}

// SetDisabled switches nodes off or on.
type SetDisabled struct {
	Nodes    []string
	Disabled bool
}

func (c SetDisabled) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	key := "enable"
	if c.Disabled {
		key = "disable"
	}
	return changeNodes(g, cat, key, c.Nodes, func(n *flow.Node) { n.Disabled = c.Disabled })
}

// SetRouting says how a port's connectors are chosen: flow.RouteFirst or
// flow.RouteAll.
type SetRouting struct{ Node, Port, Routing string }

func (c SetRouting) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	if c.Routing != flow.RouteFirst && c.Routing != flow.RouteAll {
		return patch{}, Result{}, flow.Errorf(flow.CodeInvalid, "%q is no routing.", c.Routing)
	}
	return changeNodes(g, cat, "routing", []string{c.Node}, func(n *flow.Node) {
		n.Routing = maps.Clone(n.Routing)
		if n.Routing == nil {
			n.Routing = map[string]string{}
		}
		n.Routing[c.Port] = c.Routing
		if c.Routing == flow.RouteFirst {
			delete(n.Routing, c.Port)
		}
		if len(n.Routing) == 0 {
			n.Routing = nil
		}
	})
}

// SetSettings replaces the flow's settings.
type SetSettings struct {
	Settings flow.Settings
	Focus    string
}

func (c SetSettings) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	s := c.Settings
	s.Members = slices.Clone(s.Members)
	w.setSettings(s)
	return w.p, Result{Label: Label{Key: "settings", Count: 1}}, nil
}

// changeNodes does f to a copy of each node. f replaces maps, it does not change
// them.
func changeNodes(g flow.Graph, cat Catalogue, key string, ids []string, f func(*flow.Node)) (patch, Result, error) {
	w := begin(g, cat)
	r := Result{Label: w.label(key, ids...)}
	for _, id := range ids {
		n, ok := w.g.Nodes[id]
		if !ok {
			return patch{}, Result{}, missing(id)
		}
		f(&n)
		w.setNode(id, &n)
	}
	return w.p, r, nil
}

// focusOf is what changes of one field in a row have in common, "" for commands
// that never join.
func focusOf(c Command) string {
	field, focus := "", ""
	switch c := c.(type) {
	case SetProp:
		field, focus = "prop "+c.Node+" "+c.Prop, c.Focus
	case SetTitle:
		field, focus = "title "+c.Node, c.Focus
	case SetCondition:
		field, focus = "if "+c.Connector, c.Focus
	case SetLabel:
		field, focus = "label "+c.Connector, c.Focus
	case SetSettings:
		field, focus = "settings", c.Focus
	}
	if focus == "" {
		return ""
	}
	return field + " " + focus
}
