package canvas

// Idle is the state between gestures. Its zero value is where every pointer
// begins.
type Idle struct{}

// Name is "idle".
func (Idle) Name() string { return "idle" }

// Handle starts a gesture on Down, and pans or zooms on Wheel.
func (s Idle) Handle(in Input) (State, []Intent) {
	switch in.Kind {
	case Wheel:
		return s, wheel(in)
	case Down:
		return press(in)
	}
	return s, nil
}

// press chooses the pressing state by button, keys and target.
func press(in Input) (State, []Intent) {
	if in.Button == Middle || in.Button == Left && in.Mods.Has(Space) {
		return Panning{Last: in.Screen}, nil
	}
	if in.Button != Left {
		return Idle{}, nil
	}
	t := in.Target
	switch t.Kind {
	case OnNode:
		return PressingNode{Start: in.Screen, World: in.World, Target: t, Frozen: in.Frozen}, nil
	case OnConnector:
		return PressingConnector{Start: in.Screen, Target: t}, nil
	}
	if !in.Frozen {
		switch t.Kind {
		case OnPort:
			return PressingPort{Start: in.Screen, Node: t.Node, Port: t.Port}, nil
		case OnPlus:
			return PressingConnector{Start: in.Screen, Target: t}, nil
		case OnSource, OnEnd:
			return PressingPort{Start: in.Screen, Connector: t.Connector, Source: t.Kind == OnSource}, nil
		}
	}
	return PressingCanvas{Start: in.Screen, World: in.World, Mods: in.Mods, Pan: in.Touch, Frozen: in.Frozen}, nil
}

// wheel pans, or zooms at the pointer with Mod or a pinch. 100 pixels of wheel
// are a factor of about 1.22, as in Figma.
func wheel(in Input) []Intent {
	if in.Mods.Has(Mod) || in.Pinch {
		step := 0.002
		if in.Pinch {
			step = 0.01
		}
		return []Intent{Zoom{At: in.Screen, Factor: exp(-in.Delta.Y * step)}}
	}
	dx, dy := -in.Delta.X, -in.Delta.Y
	if in.Mods.Has(Shift) && dx == 0 {
		dx, dy = dy, 0
	}
	return []Intent{Pan{DX: dx, DY: dy}}
}

// PressingCanvas is a press on the empty canvas: a click, or the start of a
// selection box (with a finger: of panning).
type PressingCanvas struct {
	Start, World Point
	Mods         Mods
	Pan, Frozen  bool
}

// Name is "pressing-canvas".
func (PressingCanvas) Name() string { return "pressing-canvas" }

// Handle tells click and drag apart.
func (s PressingCanvas) Handle(in Input) (State, []Intent) {
	switch in.Kind {
	case Cancel:
		return Idle{}, nil
	case Wheel:
		return s, wheel(in)
	case Move:
		if in.Screen.Distance(s.Start) < Slop {
			return s, nil
		}
		if s.Pan {
			return Panning{Last: s.Start}.Handle(in)
		}
		return BoxSelecting{Start: s.World, Add: s.Mods.Has(Shift)}.Handle(in)
	case Up:
		if !s.Frozen && (in.Clicks >= 2 || s.Mods.Has(Mod)) {
			return Idle{}, []Intent{OpenQuickAdd{At: s.World}}
		}
		if s.Mods.Has(Shift) {
			return Idle{}, nil
		}
		return Idle{}, []Intent{ClearSelection{}}
	}
	return s, nil
}

// Panning drags the picture.
type Panning struct{ Last Point }

// Name is "panning".
func (Panning) Name() string { return "panning" }

// Handle pans by every move.
func (s Panning) Handle(in Input) (State, []Intent) {
	switch in.Kind {
	case Cancel, Up:
		return Idle{}, nil
	case Wheel:
		return s, wheel(in)
	case Move:
		d := in.Screen.Sub(s.Last)
		return Panning{Last: in.Screen}, []Intent{Pan{DX: d.X, DY: d.Y}}
	}
	return s, nil
}

// BoxSelecting draws a box; what it touches is selected.
type BoxSelecting struct {
	Start Point // world
	Add   bool
}

// Name is "box-selecting".
func (BoxSelecting) Name() string { return "box-selecting" }

// Handle previews the box and selects on Up.
func (s BoxSelecting) Handle(in Input) (State, []Intent) {
	switch in.Kind {
	case Cancel:
		return Idle{}, []Intent{BoxCancel{}}
	case Wheel:
		return s, wheel(in)
	case Move:
		return s, []Intent{BoxPreview{Box: BoxOf(s.Start, in.World)}}
	case Up:
		return Idle{}, []Intent{BoxSelect{Box: BoxOf(s.Start, in.World), Add: s.Add}}
	}
	return s, nil
}
