package canvas

import "math"

// Guide is an alignment line to draw while dragging: from A to B.
type Guide struct{ A, B Point }

// snapReach is how near, in world units, an edge or centre has to be.
const snapReach = 6.0

// SnapToGrid is the nearest grid point.
func SnapToGrid(p Point) Point { return Point{snapTo(p.X), snapTo(p.Y)} }

func snapTo(v float64) float64 { return math.Round(v/Grid) * Grid }

// Snap corrects a drag of box by d so that its left edge, centre or right edge
// (and top, middle or bottom) aligns with one of others, or else with the grid,
// and says which guides to draw. box is the first of the dragged ones' place
// before the drag.
func Snap(box Box, d Point, others []Box) (Point, []Guide) {
	b := box.Move(d)
	dx, gx, okX := nearest(b, others, false)
	dy, gy, okY := nearest(b, others, true)
	if !okX {
		dx = snapTo(b.X) - b.X
	}
	if !okY {
		dy = snapTo(b.Y) - b.Y
	}
	var guides []Guide
	at := b.Move(Point{dx, dy})
	if okX {
		guides = append(guides, guide(at, gx, false))
	}
	if okY {
		guides = append(guides, guide(at, gy, true))
	}
	return d.Add(Point{dx, dy}), guides
}

// match is a line that two boxes share: at, and the other box.
type match struct {
	at    float64
	other Box
}

// nearest finds the smallest shift that aligns b with another box on one axis.
func nearest(b Box, others []Box, vertical bool) (float64, match, bool) {
	best, m, found := snapReach, match{}, false
	for _, o := range others {
		bl, ol := lines(b, vertical), lines(o, vertical)
		for i := range bl {
			d := ol[i] - bl[i]
			if a := math.Abs(d); a < math.Abs(best) || !found && a <= snapReach {
				best, m, found = d, match{ol[i], o}, true
			}
		}
	}
	return best, m, found
}

// lines are a box's centre, first and last edge on one axis. Like lines align
// with like ones only: edge with edge, centre with centre.
func lines(b Box, vertical bool) [3]float64 {
	if vertical {
		return [3]float64{b.Y + b.H/2, b.Y, b.Bottom()}
	}
	return [3]float64{b.X + b.W/2, b.X, b.Right()}
}

func guide(b Box, m match, vertical bool) Guide {
	u := b.Union(m.other)
	if vertical {
		return Guide{Point{u.X, m.at}, Point{u.Right(), m.at}}
	}
	return Guide{Point{m.at, u.Y}, Point{m.at, u.Bottom()}}
}

// EdgePan is how fast, in screen pixels a frame, the picture pans while
// something is dragged near the edge of a w × h viewport.
func EdgePan(p Point, w, h float64) Point { return Point{edgeSpeed(p.X, w), edgeSpeed(p.Y, h)} }

func edgeSpeed(v, size float64) float64 {
	const zone, top = 40.0, 12.0
	switch {
	case v < zone:
		return top * math.Min(1, (zone-v)/zone)
	case v > size-zone:
		return -top * math.Min(1, (v-size+zone)/zone)
	}
	return 0
}
