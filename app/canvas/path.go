package canvas

import "math"

// Radius rounds the corners of connectors; ArrowSize is the head's length.
const (
	Radius    = 8.0
	ArrowSize = 7.0
)

// Path is a connector's way: straight pieces between corners. It is a value
// without pointers, so drawing a frame allocates only the strings.
type Path struct {
	pts [6]Point
	n   int
	// Back marks a connector that leads up again: drawn dashed.
	Back bool
	// Label is the middle of the connector's label.
	Label Point
}

// Points are the corners, with both ends.
func (p *Path) Points() []Point { return p.pts[:p.n] }

// Start is where the path leaves its port.
func (p Path) Start() Point { return p.pts[0] }

// End is where the path comes in.
func (p Path) End() Point { return p.pts[max(0, p.n-1)] }

// Length is the length along the straight pieces, in world units.
func (p Path) Length() float64 {
	sum := 0.0
	for i := 1; i < p.n; i++ {
		sum += p.pts[i].Distance(p.pts[i-1])
	}
	return sum
}

// PointAt is the point at share t (0 to 1) of the length: where a travelling
// token is.
func (p Path) PointAt(t float64) Point {
	left := p.Length() * math.Max(0, math.Min(1, t))
	for i := 1; i < p.n; i++ {
		a, b := p.pts[i-1], p.pts[i]
		d := a.Distance(b)
		if left <= d && d > 0 {
			s := left / d
			return Point{a.X + (b.X-a.X)*s, a.Y + (b.Y-a.Y)*s}
		}
		left -= d
	}
	return p.End()
}

// Middle is the point half way, where the add button sits.
func (p Path) Middle() Point { return p.PointAt(0.5) }

// Bounds is the smallest box around the path.
func (p Path) Bounds() Box {
	b := Box{X: p.pts[0].X, Y: p.pts[0].Y}
	for i := 1; i < p.n; i++ {
		b = b.Union(BoxOf(p.pts[i-1], p.pts[i]))
	}
	return b
}

// Touches reports whether a piece of the path lies in the box.
func (p Path) Touches(b Box) bool {
	for i := 1; i < p.n; i++ {
		if BoxOf(p.pts[i-1], p.pts[i]).Touches(b) {
			return true
		}
	}
	return false
}

// Distance is how far q is from the path.
func (p Path) Distance(q Point) float64 {
	best := math.Inf(1)
	for i := 1; i < p.n; i++ {
		best = math.Min(best, segmentDistance(p.pts[i-1], p.pts[i], q))
	}
	return best
}

func segmentDistance(a, b, q Point) float64 {
	dx, dy := b.X-a.X, b.Y-a.Y
	l := dx*dx + dy*dy
	if l == 0 {
		return a.Distance(q)
	}
	t := math.Max(0, math.Min(1, ((q.X-a.X)*dx+(q.Y-a.Y)*dy)/l))
	return q.Distance(Point{a.X + t*dx, a.Y + t*dy})
}

// D is the path for SVG's d attribute, with rounded corners; it stops short of
// the arrow's head.
func (p Path) D() string { return string(p.AppendD(make([]byte, 0, 160))) }

// AppendD appends D to b.
func (p Path) AppendD(b []byte) []byte {
	if p.n == 0 {
		return b
	}
	b = appendPoint(append(b, 'M'), p.pts[0])
	for i := 1; i < p.n-1; i++ {
		a, c, e := p.pts[i-1], p.pts[i], p.pts[i+1]
		r := math.Min(Radius, math.Min(a.Distance(c), c.Distance(e))/2)
		b = appendPoint(append(b, 'L'), toward(c, a, r))
		b = appendPoint(append(b, 'Q'), c)
		b = appendPoint(append(b, ' '), toward(c, e, r))
	}
	if p.n > 1 {
		last := p.pts[p.n-1]
		b = appendPoint(append(b, 'L'), toward(last, p.pts[p.n-2], ArrowSize-1))
	}
	return b
}

// Arrow is the head at the path's end, for SVG's d attribute.
func (p Path) Arrow() string {
	e := p.End()
	b := appendPoint(append(make([]byte, 0, 64), 'M'), Point{e.X - 4.5, e.Y - ArrowSize})
	b = appendPoint(append(b, 'L'), Point{e.X + 4.5, e.Y - ArrowSize})
	b = appendPoint(append(b, 'L'), e)
	return string(append(b, 'Z'))
}

// toward is the point r from a in the direction of b, b at most.
func toward(a, b Point, r float64) Point {
	d := a.Distance(b)
	if d == 0 {
		return a
	}
	s := math.Min(1, r/d)
	return Point{a.X + (b.X-a.X)*s, a.Y + (b.Y-a.Y)*s}
}

func appendPoint(b []byte, p Point) []byte {
	b = appendNumber(b, p.X)
	b = append(b, ' ')
	return appendNumber(b, p.Y)
}

// path builds a Path through the points, leaving out corners that are none.
func path(back bool, pts ...Point) Path {
	p := Path{Back: back}
	for _, q := range pts {
		if p.n > 0 && q == p.pts[p.n-1] {
			continue
		}
		if p.n > 1 && straight(p.pts[p.n-2], p.pts[p.n-1], q) {
			p.pts[p.n-1] = q
			continue
		}
		p.pts[p.n] = q
		p.n++
	}
	if p.n == 1 {
		p.pts[1] = p.pts[0]
		p.n = 2
	}
	return p
}

func straight(a, b, c Point) bool {
	return a.X == b.X && b.X == c.X && (b.Y-a.Y)*(c.Y-b.Y) >= 0 ||
		a.Y == b.Y && b.Y == c.Y && (b.X-a.X)*(c.X-b.X) >= 0
}

// Move is the path moved by d.
func (p Path) Move(d Point) Path {
	for i := 0; i < p.n; i++ {
		p.pts[i] = p.pts[i].Add(d)
	}
	p.Label = p.Label.Add(d)
	return p
}
