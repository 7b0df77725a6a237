package edit

import (
	"cmp"
	"slices"

	"millrace.dev/app/canvas"
	"millrace.dev/flow"
)

// Sizes of notes, and of frames whose properties say none.
const (
	NoteW     = 224
	NoteH     = 96
	FrameW    = 480
	FrameH    = 320
	noteLeast = 48
)

// BoxOf is a node's box on the canvas.
func BoxOf(g flow.Graph, cat Catalogue, id string) canvas.Box {
	n := g.Nodes[id]
	at := g.Layout[id]
	if cat.note(n.Type) {
		return noteBox(n, at)
	}
	return canvas.NodeBox(float64(at[0]), float64(at[1]))
}

// noteBox reads a note's size from its properties width and height.
func noteBox(n flow.Node, at flow.Point) canvas.Box {
	w, h := float64(NoteW), float64(NoteH)
	if n.Type == "frame" {
		w, h = FrameW, FrameH
	}
	return canvas.Box{X: float64(at[0]), Y: float64(at[1]), W: size(n.Props["width"], w), H: size(n.Props["height"], h)}
}

func size(v any, otherwise float64) float64 {
	switch n := v.(type) {
	case float64:
		return max(noteLeast, n)
	case int:
		return max(noteLeast, float64(n))
	}
	return otherwise
}

// SceneOf is the picture of a graph: frames, then notes, then steps above them.
func SceneOf(g flow.Graph, cat Catalogue) *canvas.Scene {
	ids := sortedNodes(g)
	depth := func(id string) int {
		typ := g.Nodes[id].Type
		switch {
		case typ == "frame":
			return 0
		case cat.note(typ):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(depth(a), depth(b)) })
	cards := make([]canvas.Card, 0, len(ids))
	for _, id := range ids {
		n := g.Nodes[id]
		cards = append(cards, canvas.Card{
			ID: id, Box: BoxOf(g, cat, id), Ports: cat.ports(n), Note: cat.note(n.Type), Hollow: n.Type == "frame", Source: cat.trigger(n.Type),
		})
	}
	links := make([]canvas.Link, 0, len(g.Connectors))
	for _, id := range sortedConnectors(g) {
		c := g.Connectors[id]
		from, port := c.Source()
		links = append(links, canvas.Link{ID: id, From: from, Port: port, To: c.To})
	}
	return canvas.NewScene(cards, links)
}
