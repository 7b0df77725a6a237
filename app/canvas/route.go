package canvas

import "math"

// Ends are a connector's two ends and the cards they belong to.
type Ends struct {
	From, To       Point
	Source, Target Box
	// Lift raises the piece that runs across, so that it does not lie on another
	// connector's.
	Lift float64
}

// EndsOf joins port i of n of a source card with a target card.
func EndsOf(source Box, i, n int, target Box) Ends {
	return Ends{From: Port(source, i, n), To: Entry(target), Source: source, Target: target}
}

// How far a connector keeps from cards: below a port (its label stands there),
// above an input, and beside a card.
const (
	leaveGap = 32.0
	enterGap = 20.0
	sideGap  = 24.0
)

// Route finds the way of a connector. blocked tells whether a card other than
// the two ends lies in a box; nil means none does, as while dragging. Targets
// above the source are reached along the side of both cards.
func Route(e Ends, blocked func(Box) bool) Path {
	if e.To.Y < e.From.Y+enterGap {
		return backRoute(e, blocked)
	}
	if e.From.X == e.To.X {
		p := labelled(path(false, e.From, e.To))
		if clear(p, blocked) {
			return p
		}
	}
	below := math.Min(e.From.Y+leaveGap, (e.From.Y+e.To.Y)/2)
	above := math.Max(e.To.Y-enterGap-e.Lift, (e.From.Y+e.To.Y)/2)
	for _, y := range [...]float64{above, below, (e.From.Y + e.To.Y) / 2} {
		if p := jog(e, y); clear(p, blocked) {
			return p
		}
	}
	if p, ok := lane(e, below, above, blocked); ok {
		return p
	}
	return jog(e, above)
}

// jog goes down, across at y, and down again.
func jog(e Ends, y float64) Path {
	return labelled(path(false, e.From, Point{e.From.X, y}, Point{e.To.X, y}, e.To))
}

// lane goes down beside what is in the way: the nearest free column.
func lane(e Ends, below, above float64, blocked func(Box) bool) (Path, bool) {
	mid := (e.From.X + e.To.X) / 2
	for step := 1; step <= 48; step++ {
		for _, side := range [...]float64{1, -1} {
			x := math.Round((mid+side*float64(step)*2*Grid)/Grid) * Grid
			p := path(false, e.From, Point{e.From.X, below}, Point{x, below}, Point{x, above}, Point{e.To.X, above}, e.To)
			if clear(p, blocked) {
				return labelled(p), true
			}
		}
	}
	return Path{}, false
}

// backRoute leaves downwards, goes up beside both cards and comes in from above.
func backRoute(e Ends, blocked func(Box) bool) Path {
	low, high := e.From.Y+leaveGap, e.To.Y-enterGap
	right := math.Max(e.Source.Right(), e.Target.Right()) + sideGap
	left := math.Min(e.Source.X, e.Target.X) - sideGap
	first, second, dir := right, left, 1.0
	if e.From.X < e.Source.Center().X {
		first, second, dir = left, right, -1
	}
	along := func(x float64) Path {
		p := path(true, e.From, Point{e.From.X, low}, Point{x, low}, Point{x, high}, Point{e.To.X, high}, e.To)
		p.Label = Point{x, (low + high) / 2}
		return p
	}
	for step := 0.0; step < 16; step++ {
		for _, x := range [...]float64{first + dir*step*2*Grid, second - dir*step*2*Grid} {
			if p := along(x); clear(p, blocked) {
				return p
			}
		}
	}
	return along(first)
}

// clear reports whether no card lies on the path.
func clear(p Path, blocked func(Box) bool) bool {
	if blocked == nil {
		return true
	}
	for i := 1; i < p.n; i++ {
		if blocked(BoxOf(p.pts[i-1], p.pts[i]).Grow(6)) {
			return false
		}
	}
	return true
}

// labelled puts the label on the first horizontal piece that is long enough, or
// on the middle.
func labelled(p Path) Path {
	p.Label = p.Middle()
	for i := 1; i < p.n; i++ {
		a, b := p.pts[i-1], p.pts[i]
		if a.Y == b.Y && math.Abs(a.X-b.X) >= 64 {
			p.Label = Point{(a.X + b.X) / 2, a.Y}
			break
		}
	}
	return p
}

// Preview is the way from a port to the pointer.
func Preview(from, to Point) Path {
	if to.Y < from.Y+enterGap {
		mid := (from.X + to.X) / 2
		if math.Abs(from.X-to.X) < NodeW {
			mid = math.Max(from.X, to.X) + NodeW/2 + sideGap
		}
		low, high := from.Y+leaveGap, to.Y-enterGap
		return path(true, from, Point{from.X, low}, Point{mid, low}, Point{mid, high}, Point{to.X, high}, to)
	}
	y := (from.Y + to.Y) / 2
	return path(false, from, Point{from.X, y}, Point{to.X, y}, to)
}
