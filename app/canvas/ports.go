package canvas

import "math"

// Entry is where connectors come in: the middle of the top side.
func Entry(b Box) Point { return Point{b.X + b.W/2, b.Y} }

// Port is where the i-th of n ports leaves: they are spread evenly along the
// bottom side, and on the grid as long as there is room for that.
func Port(b Box, i, n int) Point {
	if n <= 1 {
		return Point{b.X + b.W/2, b.Bottom()}
	}
	off := b.W*float64(2*i+1)/float64(2*n) - b.W/2
	if b.W/float64(n) >= 2*Grid {
		off = math.Round(off/Grid) * Grid // half away from zero: symmetric
	}
	return Point{b.X + b.W/2 + off, b.Bottom()}
}

// Ports are the places of all n ports, left to right.
func Ports(b Box, n int) []Point {
	ps := make([]Point, n)
	for i := range ps {
		ps[i] = Port(b, i, n)
	}
	return ps
}

// LabelGap is how far below its port a port's label is drawn.
const LabelGap = 14.0

// PortLabel is the middle of the label of the i-th of n ports, and the width
// that it may take before it touches its neighbour's.
func PortLabel(b Box, i, n int) (at Point, width float64) {
	p := Port(b, i, n)
	w := b.W
	if n > 1 {
		w = b.W/float64(n) - 4
	}
	return Point{p.X, p.Y + LabelGap}, w
}
