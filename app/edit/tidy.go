package edit

import (
	"maps"
	"slices"

	"millrace.dev/app/canvas"
	"millrace.dev/flow"
)

// Tidy lays nodes out in ranks, keeping branch order; no Nodes means all of
// them. All: the first trigger stays where it is. A selection: its top left
// corner stays. Notes keep their distance to the step nearest to them, and cover
// none.
type Tidy struct{ Nodes []string }

func (c Tidy) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	r := Result{Label: w.label("tidy", c.Nodes...)}
	ids := c.Nodes
	if len(ids) == 0 {
		ids = sortedNodes(g)
		r.Label = Label{Key: "tidy", Count: 1}
	}
	for _, id := range ids {
		if _, ok := g.Nodes[id]; !ok {
			return patch{}, Result{}, missing(id)
		}
	}
	places := arranged(g, cat, ids, len(c.Nodes) == 0)
	for id, at := range places {
		w.setPlace(id, &at)
	}
	if len(c.Nodes) == 0 {
		w.moveNotes(g, places)
	}
	return w.p, r, nil
}

// arranged is the layout of some nodes. Notes are left out.
func arranged(g flow.Graph, cat Catalogue, ids []string, all bool) map[string]flow.Point {
	in := make(map[string]bool, len(ids))
	for _, id := range ids {
		in[id] = !cat.note(g.Nodes[id].Type)
	}
	var steps []canvas.Step
	var ways []canvas.Way
	for _, id := range arrangeOrder(g, cat) {
		if !in[id] {
			continue
		}
		ports := cat.ports(g.Nodes[id])
		steps = append(steps, canvas.Step{ID: id, Ports: len(ports)})
		for _, cid := range Outgoing(g, id, "") {
			if c := g.Connectors[cid]; in[c.To] {
				_, port := c.Source()
				ways = append(ways, canvas.Way{From: id, Port: portNumber(ports, port), Order: c.Order, To: c.To})
			}
		}
	}
	if len(steps) == 0 {
		return nil
	}
	at := canvas.Arrange(steps, ways)
	d := anchor(g, steps, at, all)
	out := make(map[string]flow.Point, len(at))
	for id, p := range at {
		out[id] = flow.Point{int(p.X) + d[0], int(p.Y) + d[1]}
	}
	return out
}

// arrangeOrder is the order of starts: by class, then by id, so that the layout
// does not depend on where things stand now.
func arrangeOrder(g flow.Graph, cat Catalogue) []string {
	ids := sortedNodes(g)
	slices.SortStableFunc(ids, func(a, b string) int {
		return btoi(!cat.trigger(g.Nodes[a].Type)) - btoi(!cat.trigger(g.Nodes[b].Type))
	})
	return ids
}

func portNumber(ports []string, port string) int {
	if i := slices.Index(ports, port); i >= 0 {
		return i
	}
	return len(ports)
}

// anchor is how far the layout must move to stay in place: its first step, or
// its corner.
func anchor(g flow.Graph, steps []canvas.Step, at map[string]canvas.Point, all bool) flow.Point {
	if all {
		first, ok := g.Layout[steps[0].ID]
		if !ok {
			return flow.Point{}
		}
		first = snapped(first)
		p := at[steps[0].ID]
		return flow.Point{first[0] - int(p.X), first[1] - int(p.Y)}
	}
	var corner flow.Point
	for i, s := range steps {
		p := g.Layout[s.ID]
		if i == 0 {
			corner = p
		}
		corner = flow.Point{min(corner[0], p[0]), min(corner[1], p[1])}
	}
	return snapped(corner)
}

// moveNotes takes every note along with the step that was nearest to it, then
// aside until it covers no step. When no step moved, notes stay.
func (w *work) moveNotes(before flow.Graph, places map[string]flow.Point) {
	if maps.Equal(places, samePlaces(before, places)) {
		return
	}
	for _, id := range sortedNodes(before) {
		n := before.Nodes[id]
		at, ok := before.Layout[id]
		if !ok || !w.cat.note(n.Type) {
			continue
		}
		near, ok := nearestStep(before, places, at)
		if !ok {
			continue
		}
		from, to := before.Layout[near], places[near]
		at = snapped(flow.Point{at[0] + to[0] - from[0], at[1] + to[1] - from[1]})
		for n.Type == "note" && w.coversStep(noteBox(n, at), places) {
			at[0] += int(canvas.Grid)
		}
		w.setPlace(id, &at)
	}
}

func samePlaces(g flow.Graph, places map[string]flow.Point) map[string]flow.Point {
	out := make(map[string]flow.Point, len(places))
	for id := range places {
		if p, ok := g.Layout[id]; ok {
			out[id] = p
		}
	}
	return out
}

func nearestStep(g flow.Graph, places map[string]flow.Point, at flow.Point) (string, bool) {
	best, found := "", false
	least := 0
	for _, id := range slices.Sorted(maps.Keys(places)) {
		p, ok := g.Layout[id]
		if !ok {
			continue
		}
		dx, dy := p[0]-at[0], p[1]-at[1]
		if d := dx*dx + dy*dy; !found || d < least {
			best, least, found = id, d, true
		}
	}
	return best, found
}

func (w *work) coversStep(b canvas.Box, places map[string]flow.Point) bool {
	for _, p := range places {
		if b.Overlaps(canvas.NodeBox(float64(p[0]), float64(p[1])).Grow(canvas.Grid - 1)) {
			return true
		}
	}
	return false
}

// complete gives every node that has no place one: all of them a layout, single
// ones a free place below their parent.
func complete(g flow.Graph, cat Catalogue) flow.Graph {
	var without []string
	for _, id := range Order(g, cat) {
		if _, ok := g.Layout[id]; !ok {
			without = append(without, id)
		}
	}
	if len(without) == 0 {
		return g
	}
	w := begin(g, cat)
	if len(without) == len(g.Nodes) {
		for id, at := range arranged(g, cat, sortedNodes(g), true) {
			w.setPlace(id, &at)
		}
	}
	for _, id := range without {
		if _, ok := w.g.Layout[id]; ok {
			continue
		}
		at := flow.Point{}
		for _, p := range Parents(g, id) {
			if q, ok := w.g.Layout[p]; ok {
				at = flow.Point{q[0], q[1] + stepDown}
				break
			}
		}
		at = FreePlace(w.g, at)
		w.setPlace(id, &at)
	}
	return w.g
}
