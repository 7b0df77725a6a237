package edit

import (
	"cmp"

	"millrace.dev/app/canvas"
	"millrace.dev/flow"
)

func compareEnds(a, b End) int {
	return cmp.Or(cmp.Compare(a.Node, b.Node), cmp.Compare(a.Port, b.Port))
}

// InsertOnConnector puts a node between a connector's two ends: a new one
// (Node.Type not ""), or Existing, which may have no connectors yet. What
// follows moves down when there is no room.
type InsertOnConnector struct {
	Connector string
	Node      flow.Node
	Existing  string
	// At is where the new node goes, nil for between the two ends.
	At *flow.Point
}

func (c InsertOnConnector) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	x, ok := g.Connectors[c.Connector]
	if !ok {
		return patch{}, Result{}, missingConnector(c.Connector)
	}
	from, _ := x.Source()
	if _, ok := g.Nodes[x.To]; !ok {
		return patch{}, Result{}, missing(x.To)
	}
	id, r, err := c.between(w, from, x.To)
	if err != nil {
		return patch{}, Result{}, err
	}
	n := w.g.Nodes[id]
	port, out := FreePort(w.g, cat, id)
	if cat.trigger(n.Type) || cat.note(n.Type) || !out {
		return patch{}, Result{}, flow.Errorf(flow.CodeInvalid, "%s cannot stand between two steps.", cat.title(n))
	}
	to := x.To
	x.To = id
	w.setConnector(c.Connector, &x)
	if r.Connector, err = w.connect(End{id, port}, to, ""); err != nil {
		return patch{}, Result{}, err
	}
	w.makeRoom(id, to)
	r.Label = w.label("insert", id)
	return w.p, r, nil
}

// between puts the node there and returns its id.
func (c InsertOnConnector) between(w *work, from, to string) (string, Result, error) {
	at := w.g.Layout[to]
	if a, ok := w.g.Layout[from]; ok && at[1] > a[1] {
		at = flow.Point{at[0], a[1] + stepDown}
	}
	if c.At != nil {
		at = *c.At
		// Dropped between two close cards, it leaves the upper one its room.
		if a, ok := w.g.Layout[from]; ok && at[1] > a[1] && at[0] > a[0]-canvas.NodeW && at[0] < a[0]+canvas.NodeW {
			at[1] = max(at[1], a[1]+stepDown)
		}
	}
	if c.Existing == "" {
		id, err := w.add("", c.Node, at)
		return id, Result{Added: []string{id}}, err
	}
	if _, ok := w.g.Nodes[c.Existing]; !ok {
		return "", Result{}, missing(c.Existing)
	}
	if len(Outgoing(w.g, c.Existing, "")) > 0 || len(Incoming(w.g, c.Existing)) > 0 {
		return "", Result{}, flow.Errorf(flow.CodeConflict, "Only a step without connectors can be put on one.")
	}
	at = snapped(at)
	w.setPlace(c.Existing, &at)
	return c.Existing, Result{}, nil
}

// makeRoom moves next and all that is below it and follows it down, so that it
// is a full step below id.
func (w *work) makeRoom(id, next string) {
	at, below := w.g.Layout[id], w.g.Layout[next]
	gap := at[1] + stepDown - below[1]
	if gap <= 0 || below[1] < at[1]-stepDown/2 || !w.near(at, below) {
		return
	}
	for _, n := range Select(next).Downstream(w.g).Nodes() {
		p, ok := w.g.Layout[n]
		if ok && n != id && p[1] >= below[1] {
			p[1] += gap
			w.setPlace(n, &p)
		}
	}
}

// near reports whether two cards are close enough that one is in the other's
// way.
func (w *work) near(a, b flow.Point) bool {
	dx := float64(a[0] - b[0])
	return dx < 2*canvas.NodeW && dx > -2*canvas.NodeW
}
