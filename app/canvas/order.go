package canvas

import (
	"container/heap"
	"slices"
)

// layers is one part of the graph in ranks. Arcs longer than a rank pass through
// lanes: vertices without a card, one in every rank between.
type layers struct {
	rows []([]int) // vertices from left to right, by rank
	v    []vertex
}

// vertex is a step or a lane. Links are to the next rank and from the one above,
// in branch order.
type vertex struct {
	step     int // -1 for a lane
	pos      int // in its row
	key      float64
	ups      []link
	downs    []link
	x        int // of the middle
	wish     float64
	strength float64
}

type link struct {
	to   int
	side float64 // where it leaves within the upper one, -0.5 to 0.5
}

func layer(g *net, part []int) *layers {
	rank := g.ranks(part)
	l := &layers{}
	at := make(map[int]int, len(part))
	for _, s := range part {
		at[s] = l.add(s)
		for len(l.rows) <= rank[s] {
			l.rows = append(l.rows, nil)
		}
	}
	level := make([]int, len(part), 2*len(part))
	for i, s := range part {
		level[i] = rank[s]
	}
	for _, s := range part {
		n := max(1, g.steps[s].Ports, len(g.out[s]))
		for i, a := range g.out[s] {
			if a.back {
				continue
			}
			from, side := at[s], (float64(i)+0.5)/float64(n+1)-0.5
			for r := rank[s] + 1; r < rank[a.to]; r++ {
				lane := l.add(-1)
				level = append(level, r)
				l.join(from, lane, side)
				from, side = lane, 0
			}
			l.join(from, at[a.to], side)
		}
	}
	l.seed(level)
	return l
}

func (l *layers) add(step int) int {
	l.v = append(l.v, vertex{step: step})
	return len(l.v) - 1
}

func (l *layers) join(a, b int, side float64) {
	l.v[a].downs = append(l.v[a].downs, link{b, side})
	l.v[b].ups = append(l.v[b].ups, link{a, side})
}

// seed fills the rows in the order of a walk, branch by branch.
func (l *layers) seed(level []int) {
	seen := make([]bool, len(l.v))
	for s := range l.v {
		if level[s] != 0 {
			continue
		}
		for todo := []int{s}; len(todo) > 0; {
			v := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if seen[v] {
				continue
			}
			seen[v] = true
			l.v[v].pos = len(l.rows[level[v]])
			l.rows[level[v]] = append(l.rows[level[v]], v)
			for i := len(l.v[v].downs) - 1; i >= 0; i-- {
				todo = append(todo, l.v[v].downs[i].to)
			}
		}
	}
}

// sort orders the rows for few crossings. Vertices of one row that share a step
// above stay in its branch order.
func (l *layers) sort() {
	sweeps := 8
	if len(l.v) > 10_000 {
		sweeps = 2
	}
	best, fewest := l.copyRows(), l.crossings()
	for i := 0; i < sweeps && fewest > 0; i++ {
		if i%2 == 0 {
			for r := 1; r < len(l.rows); r++ {
				l.sortRow(r, true)
			}
		} else {
			for r := len(l.rows) - 2; r >= 0; r-- {
				l.sortRow(r, false)
			}
		}
		if n := l.crossings(); n < fewest {
			best, fewest = l.copyRows(), n
		}
	}
	l.rows = best
	for _, row := range l.rows {
		for i, v := range row {
			l.v[v].pos = i
		}
	}
}

func (l *layers) copyRows() [][]int {
	rows := make([][]int, len(l.rows))
	for i, r := range l.rows {
		rows[i] = slices.Clone(r)
	}
	return rows
}

// sortRow orders one row by the mean place of its neighbours above or below.
func (l *layers) sortRow(r int, down bool) {
	for _, v := range l.rows[r] {
		x := &l.v[v]
		links := x.downs
		if down {
			links = x.ups
		}
		x.key = float64(x.pos)
		if len(links) == 0 {
			continue
		}
		sum := 0.0
		for _, k := range links {
			sum += float64(l.v[k.to].pos)
			if down {
				sum += k.side
			}
		}
		x.key = sum / float64(len(links))
	}
	after, waits := l.branchOrder(r)
	q := &queue{l: l}
	for _, v := range l.rows[r] {
		if waits[v] == 0 {
			q.ids = append(q.ids, v)
		}
	}
	heap.Init(q)
	row := make([]int, 0, len(l.rows[r]))
	for q.Len() > 0 {
		v := heap.Pop(q).(int)
		row = append(row, v)
		for _, n := range after[v] {
			if waits[n]--; waits[n] == 0 {
				heap.Push(q, n)
			}
		}
	}
	l.rows[r] = row
	for i, v := range row {
		l.v[v].pos = i
	}
}

// branchOrder says which vertices of a row must stay to the right of which.
// Where two steps above disagree, the left one decides.
func (l *layers) branchOrder(r int) (after map[int][]int, waits map[int]int) {
	after, waits = map[int][]int{}, map[int]int{}
	if r == 0 {
		return after, waits
	}
	for _, u := range l.rows[r-1] {
		for i := 1; i < len(l.v[u].downs); i++ {
			a, b := l.v[u].downs[i-1].to, l.v[u].downs[i].to
			if a != b && !leadsTo(after, b, a) {
				after[a] = append(after[a], b)
				waits[b]++
			}
		}
	}
	return after, waits
}

func leadsTo(after map[int][]int, from, to int) bool {
	seen := map[int]bool{from: true}
	for todo := []int{from}; len(todo) > 0; {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if v == to {
			return true
		}
		for _, n := range after[v] {
			if !seen[n] {
				seen[n] = true
				todo = append(todo, n)
			}
		}
	}
	return false
}

// crossings counts the pairs of links that cross, by inversions.
func (l *layers) crossings() int {
	total := 0
	for r := 0; r+1 < len(l.rows); r++ {
		tree := make([]int, len(l.rows[r+1])+1)
		seen := 0
		for _, u := range l.rows[r] {
			for _, k := range l.v[u].downs { // branch order is left to right
				p := l.v[k.to].pos + 1
				total += seen
				for i := p; i > 0; i -= i & -i {
					total -= tree[i]
				}
				for i := p; i < len(tree); i += i & -i {
					tree[i]++
				}
				seen++
			}
		}
	}
	return total
}

// queue gives out the vertex with the least key, then the one more to the left.
type queue struct {
	l   *layers
	ids []int
}

func (q *queue) Len() int { return len(q.ids) }
func (q *queue) Less(i, j int) bool {
	a, b := &q.l.v[q.ids[i]], &q.l.v[q.ids[j]]
	if a.key != b.key {
		return a.key < b.key
	}
	return a.pos < b.pos
}
func (q *queue) Swap(i, j int) { q.ids[i], q.ids[j] = q.ids[j], q.ids[i] }
func (q *queue) Push(x any)    { q.ids = append(q.ids, x.(int)) }
func (q *queue) Pop() any {
	n := len(q.ids) - 1
	v := q.ids[n]
	q.ids = q.ids[:n]
	return v
}
