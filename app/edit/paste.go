package edit

import (
	"maps"
	"slices"

	"millrace.dev/app/canvas"
	"millrace.dev/flow"
)

// Paste adds a clip's nodes with new ids. What its nodes refer to among
// themselves is kept: connectors, properties that name a node, and
// steps.<id> in texts. Other references are dropped and told.
type Paste struct {
	Clip Clip
	// At is where the top left corner of what is pasted goes; nil for the free
	// place nearest to where it was.
	At *flow.Point
	// Flow is the id of the flow that is pasted into: references to nodes of the
	// same flow stay.
	Flow string
}

func (c Paste) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	r, err := w.paste(c.Clip.Graph, c.At, flow.Point{}, c.Flow != "" && c.Flow == c.Clip.Flow)
	r.Label = w.label("paste", r.Added...)
	return w.p, r, err
}

// Duplicate copies nodes beside themselves, or DX, DY away when one of them is
// not 0.
type Duplicate struct {
	Nodes  []string
	DX, DY int
}

func (c Duplicate) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	for _, id := range c.Nodes {
		if _, ok := g.Nodes[id]; !ok {
			return patch{}, Result{}, missing(id)
		}
	}
	w := begin(g, cat)
	clip, dropped := part(g, c.Nodes)
	var r Result
	var err error
	if c.DX == 0 && c.DY == 0 {
		r, err = w.paste(clip, nil, flow.Point{stepAcross, 0}, true)
	} else {
		at := corner(clip)
		at = flow.Point{at[0] + c.DX, at[1] + c.DY}
		r, err = w.paste(clip, &at, flow.Point{}, true)
	}
	r.Dropped = append(dropped, r.Dropped...)
	r.Label = w.label("duplicate", r.Added...)
	return w.p, r, err
}

// paste puts clip in. at nil means shifted by first and then on until it covers
// no step.
func (w *work) paste(clip flow.Graph, at *flow.Point, first flow.Point, home bool) (Result, error) {
	switch {
	case len(w.g.Nodes)+len(clip.Nodes) > flow.MaxNodes:
		return Result{}, flow.Errorf(flow.CodeLimit, "A flow has at most %d steps.", flow.MaxNodes)
	case len(w.g.Connectors)+len(clip.Connectors) > flow.MaxConnectors:
		return Result{}, flow.Errorf(flow.CodeLimit, "A flow has at most %d connectors.", flow.MaxConnectors)
	}
	clip = complete(clip, w.cat)
	target := w.g
	names := renaming(target, clip)
	d := w.landing(clip, at, first)
	var r Result
	for _, id := range slices.Sorted(maps.Keys(clip.Nodes)) {
		if !flow.ValidID(names[id]) {
			return Result{}, flow.Errorf(flow.CodeInvalid, "%q is no id: use letters, digits, _ and -.", id)
		}
		n, dropped := w.remap(clip.Nodes[id], names, home)
		for _, x := range dropped {
			r.Dropped = append(r.Dropped, Dropped{Node: names[id], Property: x.Property, Ref: x.Ref})
		}
		w.setNode(names[id], &n)
		p := clip.Layout[id]
		p = flow.Point{p[0] + d[0], p[1] + d[1]}
		w.setPlace(names[id], &p)
		r.Added = append(r.Added, names[id])
	}
	r.Dropped = append(r.Dropped, w.pasteConnectors(clip, names)...)
	return r, nil
}

func (w *work) pasteConnectors(clip flow.Graph, names map[string]string) []Dropped {
	var dropped []Dropped
	for _, id := range sortedConnectors(clip) {
		c := clip.Connectors[id]
		from, port := c.Source()
		a, okA := names[from]
		b, okB := names[c.To]
		switch {
		case okA && okB:
			c.From, c.To = End{a, port}.String(), b
			c.If = renameSteps(c.If, names)
			w.setConnector(newConnectorID(w.g), &c)
		case okA:
			dropped = append(dropped, Dropped{Node: a, Ref: c.To})
		case okB:
			dropped = append(dropped, Dropped{Node: b, Ref: from})
		}
	}
	return dropped
}

// remap renames what a pasted node refers to. References to nodes that are not
// pasted stay only at home, in the flow they came from, while they exist.
func (w *work) remap(n flow.Node, names map[string]string, home bool) (flow.Node, []Dropped) {
	props := make(map[string]any, len(n.Props))
	for k, v := range n.Props {
		props[k] = renameIn(v, names)
	}
	var dropped []Dropped
	for _, k := range w.cat.refs(n) {
		ref, ok := n.Props[k].(string)
		if !ok || ref == "" {
			continue
		}
		if to, inner := names[ref]; inner {
			props[k] = to
			continue
		}
		if _, exists := w.g.Nodes[ref]; !home || !exists {
			delete(props, k)
			dropped = append(dropped, Dropped{Property: k, Ref: ref})
		}
	}
	n.Props = props
	return n, dropped
}

func corner(g flow.Graph) flow.Point {
	var c flow.Point
	for i, id := range sortedNodes(g) {
		p := g.Layout[id]
		if i == 0 {
			c = p
		}
		c = flow.Point{min(c[0], p[0]), min(c[1], p[1])}
	}
	return c
}

// landing is how far the clip moves.
func (w *work) landing(clip flow.Graph, at *flow.Point, first flow.Point) flow.Point {
	if at != nil {
		c, to := corner(clip), snapped(*at)
		return flow.Point{to[0] - c[0], to[1] - c[1]}
	}
	d := first
	for tries := 0; tries < 200 && w.collides(clip, d); tries++ {
		if first != (flow.Point{}) {
			d = flow.Point{d[0] + first[0], d[1] + first[1]}
		} else {
			d = flow.Point{d[0] + 2*int(canvas.Grid), d[1] + 2*int(canvas.Grid)}
		}
	}
	return d
}

func (w *work) collides(clip flow.Graph, d flow.Point) bool {
	for id := range clip.Nodes {
		p := clip.Layout[id]
		if covered(w.g, flow.Point{p[0] + d[0], p[1] + d[1]}) {
			return true
		}
	}
	return false
}
