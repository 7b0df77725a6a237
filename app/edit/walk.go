package edit

import (
	"cmp"
	"slices"

	"millrace.dev/flow"
)

// Direction is where an arrow key walks, along the flow or across it.
type Direction uint8

// Directions of a walk. In the top-down layout they are down, up, left, right,
// Home and End.
const (
	Next Direction = iota
	Previous
	SiblingBefore
	SiblingAfter
	First
	Last
)

// Order lists all nodes in reading order: what follows a trigger, branch by
// branch in port order, then what is not connected, then notes.
func Order(g flow.Graph, cat Catalogue) []string {
	var out []string
	seen := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		if _, ok := g.Nodes[id]; !ok || seen[id] {
			return
		}
		seen[id] = true
		out = append(out, id)
		for _, next := range Children(g, cat, id) {
			visit(next)
		}
	}
	for _, id := range roots(g, cat) {
		visit(id)
	}
	return out
}

// roots are the nodes a reading may start from: triggers, then nodes that
// nothing leads to, then the rest, and notes last; each by place.
func roots(g flow.Graph, cat Catalogue) []string {
	led := map[string]bool{}
	for _, c := range g.Connectors {
		led[c.To] = true
	}
	class := func(id string) int {
		n := g.Nodes[id]
		switch {
		case cat.note(n.Type):
			return 3
		case cat.trigger(n.Type):
			return 0
		case !led[id]:
			return 1
		}
		return 2
	}
	ids := sortedNodes(g)
	slices.SortStableFunc(ids, func(a, b string) int {
		if d := cmp.Compare(class(a), class(b)); d != 0 {
			return d
		}
		p, q := g.Layout[a], g.Layout[b]
		return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1]))
	})
	return ids
}

// Children are the nodes that a node leads to, in port order, then in the order
// of the connectors, without doubles.
func Children(g flow.Graph, cat Catalogue, id string) []string {
	ports := cat.ports(g.Nodes[id])
	rank := func(c string) int {
		_, p := g.Connectors[c].Source()
		if i := slices.Index(ports, p); i >= 0 {
			return i
		}
		return len(ports)
	}
	cs := Outgoing(g, id, "")
	slices.SortStableFunc(cs, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
	var out []string
	for _, c := range cs {
		to := g.Connectors[c].To
		if _, ok := g.Nodes[to]; ok && !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	return out
}

// Parents are the nodes that lead to a node, by place from left to right.
func Parents(g flow.Graph, id string) []string {
	var out []string
	for _, c := range Incoming(g, id) {
		from, _ := g.Connectors[c].Source()
		if _, ok := g.Nodes[from]; ok && !slices.Contains(out, from) {
			out = append(out, from)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(g.Layout[a][0], g.Layout[b][0]) })
	return out
}

// Walk is the node that a key leads to from id; "" when there is none. From "" it
// is the first node. Next takes the first branch, Previous the nearest parent
// above.
func Walk(g flow.Graph, cat Catalogue, id string, d Direction) string {
	order := Order(g, cat)
	if len(order) == 0 {
		return ""
	}
	if _, ok := g.Nodes[id]; !ok || d == First {
		return order[0]
	}
	switch d {
	case Next:
		return firstOther(Children(g, cat, id), id)
	case Previous:
		return firstOther(above(g, id), id)
	case Last:
		return lastStep(g, cat, order)
	}
	sib := siblings(g, cat, id)
	i := slices.Index(sib, id)
	if d == SiblingBefore {
		i--
	} else {
		i++
	}
	if i < 0 || i >= len(sib) {
		return ""
	}
	return sib[i]
}

func firstOther(ids []string, than string) string {
	for _, id := range ids {
		if id != than {
			return id
		}
	}
	return ""
}

// above are a node's parents, those above it first.
func above(g flow.Graph, id string) []string {
	ps := Parents(g, id)
	y := g.Layout[id][1]
	slices.SortStableFunc(ps, func(a, b string) int {
		return cmp.Compare(btoi(g.Layout[a][1] >= y), btoi(g.Layout[b][1] >= y))
	})
	return ps
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// siblings are the branches of the nearest node above that has several, id among
// them; for a start they are the starts.
func siblings(g flow.Graph, cat Catalogue, id string) []string {
	parents := above(g, id)
	for _, p := range parents {
		if sib := Children(g, cat, p); len(sib) > 1 {
			return sib
		}
	}
	if len(parents) > 0 {
		return []string{id}
	}
	return slices.DeleteFunc(roots(g, cat), func(x string) bool {
		return len(Parents(g, x)) > 0
	})
}

// lastStep is the last node of the reading order that is no note.
func lastStep(g flow.Graph, cat Catalogue, order []string) string {
	for i := len(order) - 1; i >= 0; i-- {
		if !cat.note(g.Nodes[order[i]].Type) {
			return order[i]
		}
	}
	return order[len(order)-1]
}
