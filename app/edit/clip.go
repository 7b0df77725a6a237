package edit

import (
	"maps"
	"slices"
	"strings"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// Clip is what the clipboard holds: part of a flow.
type Clip struct {
	// Flow is the id of the flow it was copied from.
	Flow  string
	Graph flow.Graph
}

// Copy cuts the named nodes out of a document as a clip, with the connectors
// among them. Those that lead out or in are dropped and told.
func (d *Document) Copy(ids []string) (Clip, []Dropped) {
	g, dropped := part(d.Graph, ids)
	return Clip{Flow: d.Flow, Graph: g}, dropped
}

// part is a graph of some nodes and the connectors among them.
func part(g flow.Graph, ids []string) (flow.Graph, []Dropped) {
	out := flow.Graph{
		Resource: g.Resource, Settings: flow.DefaultSettings(),
		Nodes: map[string]flow.Node{}, Connectors: map[string]flow.Connector{}, Layout: map[string]flow.Point{},
	}
	for _, id := range ids {
		if n, ok := g.Nodes[id]; ok {
			out.Nodes[id] = n
			if at, ok := g.Layout[id]; ok {
				out.Layout[id] = at
			}
		}
	}
	var dropped []Dropped
	for _, id := range sortedConnectors(g) {
		c := g.Connectors[id]
		from, _ := c.Source()
		_, a := out.Nodes[from]
		_, b := out.Nodes[c.To]
		switch {
		case a && b:
			out.Connectors[id] = c
		case a:
			dropped = append(dropped, Dropped{Node: from, Ref: c.To})
		case b:
			dropped = append(dropped, Dropped{Node: c.To, Ref: from})
		}
	}
	return out, dropped
}

// Text is the clip as the text of a flow file, so that it can be pasted into
// another flow, tab, server or chat.
func (c Clip) Text() string {
	f := flow.File{Schema: flow.FileSchema, Flow: c.Flow, Name: map[string]string{"en": "Clipping"}, Graph: c.Graph}
	return string(f.Encode())
}

// ParseClip reads a clip, or a whole flow file. ok is false when the text is
// neither: other text that happened to be in the clipboard.
func ParseClip(text string) (c Clip, ok bool) {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return Clip{}, false
	}
	f, problems := flow.ParseFile([]byte(text))
	if problems.HasErrors() || len(f.Graph.Nodes) == 0 {
		return Clip{}, false
	}
	return Clip{Flow: f.Flow, Graph: f.Graph}, true
}

// Resource is the resource of the flow that the clip was copied from.
func (c Clip) Resource() crm.Resource { return c.Graph.Resource }

// renaming maps the clip's ids to free ones of g, in the order of the ids.
func renaming(g flow.Graph, clip flow.Graph) map[string]string {
	taken := make(map[string]bool, len(g.Nodes)+len(clip.Nodes))
	for id := range g.Nodes {
		taken[id] = true
	}
	names := make(map[string]string, len(clip.Nodes))
	for _, id := range slices.Sorted(maps.Keys(clip.Nodes)) {
		base := id
		if taken[id] {
			base = withoutNumber(id)
		}
		names[id] = freeID(base, func(s string) bool { return taken[s] })
		taken[names[id]] = true
	}
	return names
}
