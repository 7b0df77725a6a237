package edit

import "millrace.dev/flow"

// Document is a draft being edited. Graph is never changed in place: every
// command puts a new one there, so a Graph that was read stays as it was.
type Document struct {
	// Flow is the flow's id, which tells where a clipping came from.
	Flow  string
	Graph flow.Graph
	// Rev is the server's revision that was last loaded or saved.
	Rev       int64
	Selection Selection
	Catalogue Catalogue
	history   history
}

// Open starts editing a graph at a revision, with an empty history. Nodes without
// a place get one.
func Open(id string, g flow.Graph, rev int64, c Catalogue) *Document {
	return &Document{Flow: id, Graph: complete(g.Clone(), c), Rev: rev, Catalogue: c}
}

// Result is what a command did.
type Result struct {
	// Inverse takes it back.
	Inverse Command
	Label   Label
	// Added are the ids of new nodes, in order: select them.
	Added []string
	// Connector is the id of a new connector, "" for none.
	Connector string
	// Open are the ends that a deletion left, to flag.
	Open []End
	// Dropped are references that could not be kept, to tell.
	Dropped []Dropped
	// Changed tells whether the graph is another one now.
	Changed bool
}

// End is a port of a node.
type End struct{ Node, Port string }

// Dropped is a reference to outside of what was pasted, or to a port that a
// replaced node no longer has.
type Dropped struct {
	// Node is where it was, Ref what it led to. Property is "" for a connector.
	Node, Property, Ref string
}

// Apply does a command, records it in the history and keeps the selection to
// what exists. On an error nothing has changed.
func (d *Document) Apply(c Command) (Result, error) {
	p, r, err := c.plan(d.Graph, d.Catalogue)
	if err != nil {
		return Result{}, err
	}
	p = p.effective()
	r.Changed = !p.empty()
	r.Inverse = p.inverse(r.Label)
	if !r.Changed {
		return r, nil
	}
	before := d.Selection
	d.Graph = p.apply(d.Graph)
	if len(r.Added) > 0 {
		d.Selection = Select(r.Added...)
	}
	d.Selection = d.Selection.keep(d.Graph)
	d.history.push(entry{label: r.Label, patch: p, focus: focusOf(c), before: before, after: d.Selection})
	return r, nil
}

// Replace puts in the server's graph (a reload) as saved, and forgets the
// history. For a change that can be undone, apply SetGraph.
func (d *Document) Replace(g flow.Graph, rev int64) {
	d.Graph, d.Rev = complete(g.Clone(), d.Catalogue), rev
	n := d.history.last + 1 // a save that is under way must not match
	d.history = history{stamp: n, last: n, saved: n}
	d.Selection = d.Selection.keep(d.Graph)
}
