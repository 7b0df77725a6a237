package edit

import (
	"cmp"
	"maps"
	"slices"

	"millrace.dev/app/canvas"
	"millrace.dev/flow"
)

// Align is the way in which Aligned lines nodes up.
type Align uint8

// Ways of aligning, as the palette offers them. Spread makes the gaps equal.
const (
	AlignLeft Align = iota
	AlignCenter
	AlignRight
	AlignTop
	AlignMiddle
	AlignBottom
	SpreadAcross
	SpreadDown
)

// Aligned is the command that lines nodes up within the box around them.
func Aligned(g flow.Graph, cat Catalogue, ids []string, how Align) PlaceNodes {
	at := map[string]flow.Point{}
	boxes := make([]canvas.Box, 0, len(ids))
	for _, id := range ids {
		boxes = append(boxes, BoxOf(g, cat, id))
	}
	all, ok := canvas.Bounds(boxes)
	if !ok {
		return PlaceNodes{At: at}
	}
	for i, id := range ids {
		b := boxes[i]
		switch how {
		case AlignLeft:
			b.X = all.X
		case AlignCenter:
			b.X = all.Center().X - b.W/2
		case AlignRight:
			b.X = all.Right() - b.W
		case AlignTop:
			b.Y = all.Y
		case AlignMiddle:
			b.Y = all.Center().Y - b.H/2
		case AlignBottom:
			b.Y = all.Bottom() - b.H
		}
		at[id] = flow.Point{int(b.X), int(b.Y)}
	}
	if how == SpreadAcross || how == SpreadDown {
		spread(at, ids, boxes, how == SpreadDown)
	}
	return PlaceNodes{At: at}
}

// spread makes the gaps between boxes equal; the outer two stay.
func spread(at map[string]flow.Point, ids []string, boxes []canvas.Box, down bool) {
	axis := 0
	start := func(b canvas.Box) float64 { return b.X }
	length := func(b canvas.Box) float64 { return b.W }
	if down {
		axis = 1
		start = func(b canvas.Box) float64 { return b.Y }
		length = func(b canvas.Box) float64 { return b.H }
	}
	if len(ids) < 3 {
		return
	}
	order := make([]int, len(ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(start(boxes[a]), start(boxes[b])), cmp.Compare(ids[a], ids[b]))
	})
	first, last := boxes[order[0]], boxes[order[len(order)-1]]
	room := start(last) - start(first) - length(first)
	for _, i := range order[1 : len(order)-1] {
		room -= length(boxes[i])
	}
	gap := room / float64(len(order)-1)
	x := start(first)
	for _, i := range order {
		p := at[ids[i]]
		p[axis] = int(x)
		at[ids[i]] = p
		x += length(boxes[i]) + gap
	}
}

// Group draws a frame around nodes. It changes nothing of how the flow runs.
type Group struct {
	Nodes []string
	Title string
}

func (c Group) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	var boxes []canvas.Box
	for _, id := range c.Nodes {
		if _, ok := g.Nodes[id]; !ok {
			return patch{}, Result{}, missing(id)
		}
		boxes = append(boxes, BoxOf(g, cat, id))
	}
	b, ok := canvas.Bounds(boxes)
	if !ok {
		return patch{}, Result{}, flow.Errorf(flow.CodeInvalid, "Select the steps to group first.")
	}
	b = b.Grow(2 * canvas.Grid)
	b.Y, b.H = b.Y-canvas.Grid, b.H+canvas.Grid // room for the title
	w := begin(g, cat)
	id, err := w.add("", flow.Node{Type: "frame", Props: map[string]any{"name": c.Title, "width": b.W, "height": b.H}},
		flow.Point{int(b.X), int(b.Y)})
	return w.p, Result{Label: w.label("group", c.Nodes...), Added: []string{id}}, err
}

// Ungroup takes frames away and leaves what is in them.
type Ungroup struct{ Frames []string }

func (c Ungroup) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	for _, id := range c.Frames {
		if g.Nodes[id].Type != "frame" {
			return patch{}, Result{}, missing(id)
		}
		w.setNode(id, nil)
		w.setPlace(id, nil)
	}
	return w.p, Result{Label: Label{Key: "ungroup", Count: len(c.Frames)}}, nil
}

// Carried are the nodes that move when ids are moved: they, and what lies wholly
// inside the frames among them. Sorted.
func Carried(g flow.Graph, cat Catalogue, ids []string) []string {
	all := map[string]bool{}
	for _, id := range ids {
		all[id] = true
		if g.Nodes[id].Type != "frame" {
			continue
		}
		f := BoxOf(g, cat, id)
		for other := range g.Nodes {
			b := BoxOf(g, cat, other)
			if f.Contains(canvas.Point{X: b.X, Y: b.Y}) && f.Contains(canvas.Point{X: b.Right(), Y: b.Bottom()}) {
				all[other] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}
