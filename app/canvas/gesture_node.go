package canvas

import "math"

func exp(x float64) float64 { return math.Exp(math.Max(-1, math.Min(1, x))) }

// PressingNode is a press on a card: a click, or the start of a drag.
type PressingNode struct {
	Start, World Point
	Target       Target
	Frozen       bool
}

// Name is "pressing-node".
func (PressingNode) Name() string { return "pressing-node" }

// Handle tells click, double click and drag apart.
func (s PressingNode) Handle(in Input) (State, []Intent) {
	switch in.Kind {
	case Cancel:
		return Idle{}, nil
	case Wheel:
		return s, wheel(in)
	case Move:
		if s.Frozen || in.Screen.Distance(s.Start) < Slop {
			return s, nil
		}
		next, moved := DraggingNodes{Start: s.World}.Handle(in)
		if s.Target.Selected {
			return next, moved
		}
		return next, append([]Intent{s.choose(in.Mods)}, moved...)
	case Up:
		if in.Clicks >= 2 {
			return Idle{}, []Intent{SelectNode{s.Target.Node}, OpenNode{s.Target.Node}}
		}
		if in.Mods.Has(Shift) {
			return Idle{}, []Intent{ToggleNode{s.Target.Node}}
		}
		return Idle{}, []Intent{SelectNode{s.Target.Node}}
	}
	return s, nil
}

// choose selects a node that was not selected before it is dragged.
func (s PressingNode) choose(m Mods) Intent {
	if m.Has(Shift) {
		return ToggleNode{s.Target.Node}
	}
	return SelectNode{s.Target.Node}
}

// DraggingNodes moves the selected nodes, or with Alt a copy of them.
type DraggingNodes struct{ Start Point }

// Name is "dragging-nodes".
func (DraggingNodes) Name() string { return "dragging-nodes" }

// Handle previews every move and commits on Up.
func (s DraggingNodes) Handle(in Input) (State, []Intent) {
	d := in.World.Sub(s.Start)
	m := MoveSelected{DX: d.X, DY: d.Y, Free: in.Mods.Has(Mod), Copy: in.Mods.Has(Alt), Connector: dropLine(in.Target)}
	switch in.Kind {
	case Cancel:
		return Idle{}, []Intent{CancelMove{}}
	case Wheel:
		return s, wheel(in)
	case Move:
		return s, []Intent{m}
	case Up:
		return Idle{}, []Intent{CommitMove(m)}
	}
	return s, nil
}

// dropLine is the connector that a drop at t would be inserted on.
func dropLine(t Target) string {
	if t.Kind == OnConnector || t.Kind == OnPlus {
		return t.Connector
	}
	return ""
}

// PlacingFromPalette carries a node type from the palette. The view starts in
// this state when the drag in the palette begins.
type PlacingFromPalette struct{ Type string }

// Name is "placing".
func (PlacingFromPalette) Name() string { return "placing" }

// Handle previews the place and adds the node on Up.
func (s PlacingFromPalette) Handle(in Input) (State, []Intent) {
	line := dropLine(in.Target)
	switch in.Kind {
	case Cancel:
		return Idle{}, []Intent{CancelPalette{}}
	case Wheel:
		return s, wheel(in)
	case Move:
		return s, []Intent{PalettePreview{Type: s.Type, At: in.World, Connector: line, Inside: !in.Outside}}
	case Up:
		if in.Outside {
			return Idle{}, []Intent{CancelPalette{}}
		}
		return Idle{}, []Intent{DropPalette{Type: s.Type, At: in.World, Connector: line}}
	}
	return s, nil
}
