package edit

import (
	"slices"

	"millrace.dev/flow"
)

// RowKind says what a row of the outline is.
type RowKind uint8

// Rows of the outline.
const (
	StepRow      RowKind = iota // a node
	BranchRow                   // a port of the node above it, with what follows nested
	ContinuesRow                // the flow goes on at Node, which has its row elsewhere
	EmptyRow                    // a port that leads nowhere: a place to add a step
)

// Row is one line of the outline: the flow as a tree, for screen readers,
// keyboards and phones.
type Row struct {
	Kind  RowKind
	Node  string
	Port  string // for BranchRow and EmptyRow
	Depth int    // 0 for the outermost
	// Steps is the number of steps nested in a BranchRow.
	Steps int
	// Connector leads to this row, "" for starts.
	Connector string
}

// Outline lists the flow in execution order. A node with one port is followed by
// the next at the same depth; branches of the others are nested. A node that
// several lead to stands where it is reached first. Notes come last.
func Outline(g flow.Graph, cat Catalogue) []Row {
	o := &outline{g: g, cat: cat, seen: map[string]bool{}}
	for _, id := range roots(g, cat) {
		if !o.seen[id] {
			o.step(id, "", 0)
		}
	}
	return o.rows
}

type outline struct {
	g    flow.Graph
	cat  Catalogue
	seen map[string]bool
	rows []Row
}

// step lists a node and all that follows it.
func (o *outline) step(id, connector string, depth int) {
	for {
		if o.seen[id] {
			o.rows = append(o.rows, Row{Kind: ContinuesRow, Node: id, Depth: depth, Connector: connector})
			return
		}
		o.seen[id] = true
		o.rows = append(o.rows, Row{Kind: StepRow, Node: id, Depth: depth, Connector: connector})
		ports := o.ports(id)
		if len(ports) == 0 {
			return
		}
		ways := o.ways(id, ports[0])
		if len(ports) > 1 || len(ways) > 1 {
			for _, p := range ports {
				o.branch(id, p, depth+1)
			}
			return
		}
		if len(ways) == 0 {
			o.rows = append(o.rows, Row{Kind: EmptyRow, Node: id, Port: ports[0], Depth: depth})
			return
		}
		connector = ways[0]
		id = o.g.Connectors[connector].To
	}
}

// branch lists a port and what is nested in it.
func (o *outline) branch(id, port string, depth int) {
	at := len(o.rows)
	o.rows = append(o.rows, Row{Kind: BranchRow, Node: id, Port: port, Depth: depth})
	ways := o.ways(id, port)
	if len(ways) == 0 {
		o.rows = append(o.rows, Row{Kind: EmptyRow, Node: id, Port: port, Depth: depth + 1})
	}
	for _, c := range ways {
		o.step(o.g.Connectors[c].To, c, depth+1)
	}
	for _, r := range o.rows[at:] {
		if r.Kind == StepRow {
			o.rows[at].Steps++
		}
	}
}

// ports are the declared ports, and those that connectors leave by besides.
func (o *outline) ports(id string) []string {
	ports := slices.Clone(o.cat.ports(o.g.Nodes[id]))
	for _, c := range Outgoing(o.g, id, "") {
		if _, p := o.g.Connectors[c].Source(); !slices.Contains(ports, p) {
			ports = append(ports, p)
		}
	}
	return ports
}

// ways are the port's connectors that lead to a node.
func (o *outline) ways(id, port string) []string {
	return slices.DeleteFunc(Outgoing(o.g, id, port), func(c string) bool {
		_, ok := o.g.Nodes[o.g.Connectors[c].To]
		return !ok
	})
}

// Below is the step that a node stands under, for saying where it is: the
// nearest one above that shares a part of its width; "" when none does.
func Below(g flow.Graph, cat Catalogue, id string) string {
	b := BoxOf(g, cat, id)
	best, y := "", 0.0
	for _, other := range sortedNodes(g) {
		o := BoxOf(g, cat, other)
		above := other != id && !cat.note(g.Nodes[other].Type) && o.Bottom() <= b.Y && o.X < b.Right() && b.X < o.Right()
		if above && (best == "" || o.Bottom() > y) {
			best, y = other, o.Bottom()
		}
	}
	return best
}
