package edit

import (
	"maps"

	"millrace.dev/app/canvas"
	"millrace.dev/flow"
)

// AddNode adds a node. From, when its Node is not "", is the port that leads to
// it, so that adding and connecting is one undo step.
type AddNode struct {
	// ID is the new node's, "" for one made from the type.
	ID   string
	Node flow.Node
	At   flow.Point
	From End
}

func (c AddNode) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	id, err := w.add(c.ID, c.Node, c.At)
	if err != nil {
		return patch{}, Result{}, err
	}
	r := Result{Label: w.label("add", id), Added: []string{id}}
	if c.From.Node != "" {
		r.Connector, err = w.connect(c.From, id, "")
	}
	return w.p, r, err
}

// add puts a node in, on the grid.
func (w *work) add(id string, n flow.Node, at flow.Point) (string, error) {
	if id == "" {
		id = NewNodeID(w.g, n.Type)
	}
	switch {
	case !flow.ValidID(id):
		return "", flow.Errorf(flow.CodeInvalid, "%q is no id: use letters, digits, _ and -.", id)
	case len(w.g.Nodes) >= flow.MaxNodes:
		return "", flow.Errorf(flow.CodeLimit, "A flow has at most %d steps.", flow.MaxNodes)
	}
	if _, taken := w.g.Nodes[id]; taken {
		return "", flow.Errorf(flow.CodeConflict, "There is a step %q already.", id)
	}
	n.Props = maps.Clone(n.Props)
	if n.Props == nil {
		n.Props = map[string]any{}
	}
	w.setNode(id, &n)
	at = snapped(at)
	w.setPlace(id, &at)
	return id, nil
}

func snapped(p flow.Point) flow.Point {
	q := canvas.SnapToGrid(canvas.Point{X: float64(p[0]), Y: float64(p[1])})
	return flow.Point{int(q.X), int(q.Y)}
}

// How far apart a new node is put from its neighbours, in canvas units.
const (
	stepDown   = canvas.RankPitch
	stepAcross = canvas.ColumnPitch
)

// PlaceAfter is a free place for a new node that follows port port of node id:
// below it, beside what is there already.
func PlaceAfter(g flow.Graph, cat Catalogue, id, port string) flow.Point {
	at := g.Layout[id]
	ports := cat.ports(g.Nodes[id])
	dx := 0
	for i, p := range ports {
		if p == port && len(ports) > 1 {
			dx = (2*i - len(ports) + 1) * stepAcross / 2
		}
	}
	return FreePlace(g, flow.Point{at[0] + dx, at[1] + stepDown})
}

// FreePlace is the place nearest to at, to the right of it or below, where a
// card covers no other.
func FreePlace(g flow.Graph, at flow.Point) flow.Point {
	at = snapped(at)
	for ring := 0; ring <= len(g.Layout); ring++ {
		for _, dx := range [...]int{ring, -ring} {
			p := flow.Point{at[0] + dx*stepAcross, at[1]}
			if !covered(g, p) {
				return p
			}
		}
	}
	return at
}

func covered(g flow.Graph, p flow.Point) bool {
	b := canvas.NodeBox(float64(p[0]), float64(p[1])).Grow(canvas.Grid - 1)
	for id, n := range g.Nodes {
		if q, ok := g.Layout[id]; ok && !flow.IsNote(n.Type) && b.Overlaps(canvas.NodeBox(float64(q[0]), float64(q[1]))) {
			return true
		}
	}
	return false
}
