package canvas

import "math"

// Half widths of the layout's vertices. Every distance between two middles is a
// multiple of the grid.
const (
	cardHalf = int(NodeW) / 2
	laneHalf = 8
)

// apart is the least distance between the middles of two neighbours.
func apart(a, b *vertex) int {
	switch {
	case a.step >= 0 && b.step >= 0:
		return ColumnPitch
	case a.step < 0 && b.step < 0:
		return 2 * int(Grid)
	}
	return cardHalf + laneHalf + 24
}

// place gives every vertex its x: in turns each row goes as near as it can to
// the middle of its neighbours above, or below, without changing its order.
func (l *layers) place() {
	for _, row := range l.rows {
		x := 0
		for i, v := range row {
			if i > 0 {
				x += apart(&l.v[row[i-1]], &l.v[v])
			}
			l.v[v].x = x
		}
		for _, v := range row {
			l.v[v].x -= snapInt(float64(x) / 2)
		}
	}
	turns := 8
	if len(l.v) > 10_000 {
		turns = 3
	}
	for range turns {
		for r := 1; r < len(l.rows); r++ {
			l.placeRow(l.rows[r], true)
		}
		for r := len(l.rows) - 2; r >= 0; r-- {
			l.placeRow(l.rows[r], false)
		}
	}
}

// placeRow solves min Σ strength·(x − wish)² with the distances kept, exactly:
// without the distances it is isotonic regression (pool adjacent violators).
func (l *layers) placeRow(row []int, down bool) {
	type pool struct {
		sum, strength float64
		from, to      int
	}
	shift := make([]int, len(row)) // where each would be if all stood tight
	pools := make([]pool, 0, len(row))
	for i, v := range row {
		if i > 0 {
			shift[i] = shift[i-1] + apart(&l.v[row[i-1]], &l.v[v])
		}
		l.wish(v, down)
		w := l.v[v].strength
		p := pool{(l.v[v].wish - float64(shift[i])) * w, w, i, i}
		for n := len(pools); n > 0 && pools[n-1].sum*p.strength >= p.sum*pools[n-1].strength; n-- {
			q := pools[n-1]
			p = pool{q.sum + p.sum, q.strength + p.strength, q.from, i}
			pools = pools[:n-1]
		}
		pools = append(pools, p)
	}
	for _, p := range pools {
		at := snapInt(p.sum / p.strength)
		for i := p.from; i <= p.to; i++ {
			l.v[row[i]].x = at + shift[i]
		}
	}
}

// wish sets where a vertex wants to be. Lanes pull harder, so that long lines
// are straight (weights after Gansner, Koutsofios, North and Vo, 1993).
func (l *layers) wish(v int, down bool) {
	x := &l.v[v]
	links := x.downs
	if down {
		links = x.ups
	}
	if len(links) == 0 {
		x.wish, x.strength = float64(x.x), 0.001
		return
	}
	sum, strength := 0.0, 0.0
	for _, k := range links {
		n := &l.v[k.to]
		w := 1.0
		switch {
		case x.step < 0 && n.step < 0:
			w = 8
		case x.step < 0 || n.step < 0:
			w = 2
		}
		sum += w * float64(n.x)
		strength += w
	}
	x.wish, x.strength = sum/strength, strength
}

// write puts the part's cards into out, from left on, and returns where the next
// part may begin.
func (l *layers) write(g *net, out map[string]Point, left int) int {
	low, high := math.MaxInt, math.MinInt
	for i := range l.v {
		if l.v[i].step >= 0 {
			low, high = min(low, l.v[i].x), max(high, l.v[i].x)
		}
	}
	for r, row := range l.rows {
		for _, v := range row {
			if s := l.v[v].step; s >= 0 {
				out[g.steps[s].ID] = Point{float64(left + l.v[v].x - low), float64(r * RankPitch)}
			}
		}
	}
	return left + high - low + ColumnPitch
}

// snapInt is the nearest multiple of the grid.
func snapInt(v float64) int { return int(math.Floor(v/Grid+0.5)) * int(Grid) }
