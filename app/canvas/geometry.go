package canvas

import "math"

// Sizes of the canvas, in canvas units (1 unit is one CSS pixel at 100 %).
const (
	NodeW = 224.0 // width of a node's card
	NodeH = 64.0  // height of a node's card
	Grid  = 16.0  // nodes snap to multiples of it
)

// Point is a place, on the screen (CSS pixels) or in the world (canvas units);
// each function says which.
type Point struct{ X, Y float64 }

// Add moves p by q.
func (p Point) Add(q Point) Point { return Point{p.X + q.X, p.Y + q.Y} }

// Sub is the way from q to p.
func (p Point) Sub(q Point) Point { return Point{p.X - q.X, p.Y - q.Y} }

// Distance is the straight distance between p and q.
func (p Point) Distance(q Point) float64 { return math.Hypot(p.X-q.X, p.Y-q.Y) }

// Box is a rectangle by its top left corner and its size.
type Box struct{ X, Y, W, H float64 }

// NodeBox is the box of a card whose top left corner is at x, y.
func NodeBox(x, y float64) Box { return Box{x, y, NodeW, NodeH} }

// BoxOf is the smallest box that holds both points.
func BoxOf(a, b Point) Box {
	x, y := math.Min(a.X, b.X), math.Min(a.Y, b.Y)
	return Box{x, y, math.Abs(a.X - b.X), math.Abs(a.Y - b.Y)}
}

// Right is the x of the right side.
func (b Box) Right() float64 { return b.X + b.W }

// Bottom is the y of the lower side.
func (b Box) Bottom() float64 { return b.Y + b.H }

// Center is the middle.
func (b Box) Center() Point { return Point{b.X + b.W/2, b.Y + b.H/2} }

// Move is the box moved by d.
func (b Box) Move(d Point) Box { return Box{b.X + d.X, b.Y + d.Y, b.W, b.H} }

// Grow is the box with every side moved out by n; a negative n moves them in.
func (b Box) Grow(n float64) Box { return Box{b.X - n, b.Y - n, b.W + 2*n, b.H + 2*n} }

// Contains reports whether p lies in the box or on its sides.
func (b Box) Contains(p Point) bool {
	return p.X >= b.X && p.X <= b.Right() && p.Y >= b.Y && p.Y <= b.Bottom()
}

// Overlaps reports whether the two boxes share more than a side.
func (b Box) Overlaps(o Box) bool {
	return b.X < o.Right() && o.X < b.Right() && b.Y < o.Bottom() && o.Y < b.Bottom()
}

// Touches reports whether the two boxes share at least a point.
func (b Box) Touches(o Box) bool {
	return b.X <= o.Right() && o.X <= b.Right() && b.Y <= o.Bottom() && o.Y <= b.Bottom()
}

// Union is the smallest box that holds both.
func (b Box) Union(o Box) Box {
	x, y := math.Min(b.X, o.X), math.Min(b.Y, o.Y)
	return Box{x, y, math.Max(b.Right(), o.Right()) - x, math.Max(b.Bottom(), o.Bottom()) - y}
}

// Bounds is the smallest box that holds all boxes; ok is false when there are
// none.
func Bounds(boxes []Box) (b Box, ok bool) {
	for i, o := range boxes {
		if i == 0 {
			b = o
			continue
		}
		b = b.Union(o)
	}
	return b, len(boxes) > 0
}
