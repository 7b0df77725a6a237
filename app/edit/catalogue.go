package edit

import "millrace.dev/flow"

// Catalogue is what editing needs to know of the node types. Functions may be
// nil; then every node has the one port "out", no type is a trigger, and notes
// are flow.IsNote.
type Catalogue struct {
	// Ports are the names of a node's ways out, the ordinary one first, without
	// the error port.
	Ports func(flow.Node) []string
	// Title is the node's name for people, in their language.
	Title func(flow.Node) string
	// Trigger reports whether a type starts runs; Note whether it is only drawn.
	Trigger func(typ string) bool
	Note    func(typ string) bool
	// Refs are the names of the properties that hold the id of another node. Nil:
	// "node" of go_to.
	Refs func(flow.Node) []string
}

func (c Catalogue) ports(n flow.Node) []string {
	if c.note(n.Type) {
		return nil
	}
	if c.Ports == nil {
		return []string{"out"}
	}
	return c.Ports(n)
}

func (c Catalogue) title(n flow.Node) string {
	if n.Title != "" {
		return n.Title
	}
	if c.Title == nil {
		return n.Type
	}
	return c.Title(n)
}

func (c Catalogue) trigger(typ string) bool { return c.Trigger != nil && c.Trigger(typ) }

func (c Catalogue) note(typ string) bool {
	if c.Note == nil {
		return flow.IsNote(typ)
	}
	return c.Note(typ)
}

func (c Catalogue) refs(n flow.Node) []string {
	switch {
	case c.Refs != nil:
		return c.Refs(n)
	case n.Type == "go_to":
		return []string{"node"}
	}
	return nil
}
