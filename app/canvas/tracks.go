package canvas

import (
	"cmp"
	"math"
	"slices"
)

// trackGap is the distance between connectors that run across side by side, and
// trackRoom how far up they may be lifted.
const (
	trackGap  = 8.0
	trackRoom = 28.0
)

// track is what runs across at one height to one target, from one side: its
// connectors may lie on each other.
type track struct {
	y, low, high float64
	target       string
	source       float64 // x of the source nearest to the target
	left         bool    // it runs to the left
	links        []int
	level        int
}

// separate lifts connectors that would lie on one another but lead to different
// cards. The order is that of the fewest crossings: of those that run to the
// left the leftmost source is on top, of the others the rightmost.
func (s *Scene) separate() {
	s.lifts = make([]float64, len(s.links))
	tracks := s.tracks()
	for from := 0; from < len(tracks); {
		to := from + 1
		for to < len(tracks) && tracks[to].y == tracks[from].y {
			to++
		}
		if top := level(tracks[from:to]); top > 0 {
			s.lift(tracks[from:to], math.Min(trackGap, trackRoom/float64(top)))
		}
		from = to
	}
}

// tracks collects the simple ways (down, across, down), lowest first where they
// meet.
func (s *Scene) tracks() []*track {
	type place struct {
		y      float64
		target string
		left   bool
	}
	index := map[place]*track{}
	var all []*track
	for i, p := range s.paths {
		if p.n != 4 || p.Back || p.pts[1].Y != p.pts[3].Y-enterGap {
			continue
		}
		a, b := p.pts[1], p.pts[2]
		k := place{a.Y, s.links[i].To, b.X < a.X}
		t := index[k]
		if t == nil {
			t = &track{y: a.Y, target: k.target, left: k.left, source: a.X, low: b.X, high: b.X}
			index[k] = t
			all = append(all, t)
		}
		t.links = append(t.links, i)
		t.low, t.high = math.Min(t.low, a.X), math.Max(t.high, a.X)
		if k.left {
			t.source = math.Min(t.source, a.X)
		} else {
			t.source = math.Max(t.source, a.X)
		}
	}
	slices.SortStableFunc(all, func(a, b *track) int {
		side := cmp.Compare(a.source, b.source)
		if a.left {
			side = -side
		}
		return cmp.Or(cmp.Compare(a.y, b.y), compareBool(a.left, b.left), side)
	})
	return all
}

// level puts tracks that overlap on different levels, the first one lowest, and
// returns the highest.
func level(ts []*track) int {
	top := 0
	for i, t := range ts {
		for _, o := range ts[:i] {
			if o.target != t.target && o.low <= t.high && t.low <= o.high {
				t.level = max(t.level, o.level+1)
			}
		}
		top = max(top, t.level)
	}
	return top
}

func (s *Scene) lift(ts []*track, step float64) {
	for _, t := range ts {
		if t.level == 0 {
			continue
		}
		for _, i := range t.links {
			e, _ := s.ends(s.links[i], nil, Point{})
			e.Lift = float64(t.level) * step
			if p := Route(e, s.blocked(s.links[i])); p.n == 4 {
				s.paths[i], s.lifts[i] = p, e.Lift
			}
		}
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
