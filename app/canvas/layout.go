package canvas

import "slices"

// Step is a node to lay out, with the number of its ports.
type Step struct {
	ID    string
	Ports int
}

// Way leads from port number Port of a step to another. Order sorts the ways of
// one port.
type Way struct {
	From  string
	Port  int
	Order int
	To    string
}

// Distances of the layout, from one card's top left corner to the next one's.
const (
	RankPitch   = 144 // a rank below another
	ColumnPitch = 288 // a card beside another
)

// Arrange places steps in ranks from top to bottom, after Sugiyama: ranks by the
// longest path (ways that close a loop are left out of it), order within a rank
// by barycentres that never swap the branches of one step, and places that keep
// lines straight. Corners are on the grid, the layout's own is 0, 0, no two
// cards overlap, and the same input gives the same places. Steps come in the
// order in which starts stand from left to right; ways to unknown steps are
// left out.
func Arrange(steps []Step, ways []Way) map[string]Point {
	g := newNet(steps, ways)
	out := make(map[string]Point, len(steps))
	left := 0
	var loose []int
	for _, part := range g.parts() {
		if len(part) == 1 {
			loose = append(loose, part[0])
			continue
		}
		l := layer(g, part)
		l.sort()
		l.place()
		left = l.write(g, out, left)
	}
	stack(g, out, loose, left)
	return out
}

// stack puts steps without connectors into columns at the right.
func stack(g *net, out map[string]Point, loose []int, left int) {
	const rows = 8
	for i, v := range loose {
		out[g.steps[v].ID] = Point{float64(left + i/rows*ColumnPitch), float64(i % rows * RankPitch)}
	}
}

// net is the graph by number. Arcs are in branch order.
type net struct {
	steps []Step
	out   [][]arc
	led   []bool // a way leads to it
}

type arc struct {
	to, port, order, seq int
	back                 bool
}

func newNet(steps []Step, ways []Way) *net {
	g := &net{steps: steps, out: make([][]arc, len(steps)), led: make([]bool, len(steps))}
	index := make(map[string]int, len(steps))
	for i, s := range steps {
		index[s.ID] = i
	}
	for seq, w := range ways {
		a, okA := index[w.From]
		b, okB := index[w.To]
		if okA && okB && a != b {
			g.out[a] = append(g.out[a], arc{to: b, port: w.Port, order: w.Order, seq: seq})
			g.led[b] = true
		}
	}
	for _, as := range g.out {
		slices.SortFunc(as, func(x, y arc) int {
			if x.port != y.port {
				return x.port - y.port
			}
			if x.order != y.order {
				return x.order - y.order
			}
			return x.seq - y.seq
		})
	}
	g.markBack()
	return g
}

// starts are all steps in the order in which a walk should begin with them:
// first those that nothing leads to.
func (g *net) starts() []int {
	var first, rest []int
	for v := range g.steps {
		if g.led[v] {
			rest = append(rest, v)
		} else {
			first = append(first, v)
		}
	}
	return append(first, rest...)
}

// markBack finds the arcs that close a loop: those to a step that the walk is
// still inside of.
func (g *net) markBack() {
	const inside, left = 1, 2
	state := make([]byte, len(g.steps))
	next := make([]int, len(g.steps))
	for _, s := range g.starts() {
		if state[s] != 0 {
			continue
		}
		path := []int{s}
		state[s] = inside
		for len(path) > 0 {
			v := path[len(path)-1]
			if next[v] == len(g.out[v]) {
				state[v] = left
				path = path[:len(path)-1]
				continue
			}
			a := &g.out[v][next[v]]
			next[v]++
			switch state[a.to] {
			case inside:
				a.back = true
			case 0:
				state[a.to] = inside
				path = append(path, a.to)
			}
		}
	}
}

// parts are the steps that hang together, in the order of their first starts;
// within a part starts come first.
func (g *net) parts() [][]int {
	near := make([][]int, len(g.steps))
	for v, as := range g.out {
		for _, a := range as {
			near[v] = append(near[v], a.to)
			near[a.to] = append(near[a.to], v)
		}
	}
	owner := make([]int, len(g.steps))
	var parts [][]int
	starts := g.starts()
	for _, s := range starts {
		if owner[s] != 0 {
			continue
		}
		parts = append(parts, nil)
		owner[s] = len(parts)
		for todo := []int{s}; len(todo) > 0; {
			v := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, n := range near[v] {
				if owner[n] == 0 {
					owner[n] = len(parts)
					todo = append(todo, n)
				}
			}
		}
	}
	for _, v := range starts {
		parts[owner[v]-1] = append(parts[owner[v]-1], v)
	}
	return parts
}

// ranks are the longest paths from a start, over the arcs of a part that close
// no loop.
func (g *net) ranks(part []int) map[int]int {
	waits := make(map[int]int, len(part))
	rank := make(map[int]int, len(part))
	for _, v := range part {
		for _, a := range g.out[v] {
			if !a.back {
				waits[a.to]++
			}
		}
	}
	var ready []int
	for _, v := range part {
		rank[v] = 0
		if waits[v] == 0 {
			ready = append(ready, v)
		}
	}
	for len(ready) > 0 {
		v := ready[0]
		ready = ready[1:]
		for _, a := range g.out[v] {
			if a.back {
				continue
			}
			rank[a.to] = max(rank[a.to], rank[v]+1)
			if waits[a.to]--; waits[a.to] == 0 {
				ready = append(ready, a.to)
			}
		}
	}
	return rank
}
