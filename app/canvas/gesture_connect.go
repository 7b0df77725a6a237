package canvas

// PressingPort is a press on a port, or on a grip of a connector: a click (then
// the next click chooses the target), or the start of a drag.
type PressingPort struct {
	Start      Point
	Node, Port string
	// Connector is set when one of its ends is moved; Source says which.
	Connector string
	Source    bool
}

// Name is "pressing-port".
func (PressingPort) Name() string { return "pressing-port" }

// Handle tells click and drag apart.
func (s PressingPort) Handle(in Input) (State, []Intent) {
	c := Connecting{Node: s.Node, Port: s.Port, Connector: s.Connector, Source: s.Source}
	switch in.Kind {
	case Cancel:
		return Idle{}, nil
	case Wheel:
		return s, wheel(in)
	case Move:
		if in.Screen.Distance(s.Start) < Slop {
			return s, nil
		}
		return c.Handle(in)
	case Up:
		if s.Connector != "" {
			return Idle{}, []Intent{SelectConnector{s.Connector}}
		}
		c.Clicked = true
		return c, []Intent{c.preview(in)}
	}
	return s, nil
}

// Connecting leads a connector from a port to the pointer. Clicked means that
// no button is held: the next click chooses.
type Connecting struct {
	Node, Port string
	Connector  string
	Source     bool
	Clicked    bool
}

// Name is "connecting".
func (Connecting) Name() string { return "connecting" }

// Handle previews the connector, and connects on Up, or when Clicked on Down.
func (s Connecting) Handle(in Input) (State, []Intent) {
	switch in.Kind {
	case Cancel:
		return Idle{}, []Intent{CancelConnector{}}
	case Wheel:
		return s, wheel(in)
	case Move:
		return s, []Intent{s.preview(in)}
	case Down:
		if s.Clicked && in.Button != Left {
			return Idle{}, []Intent{CancelConnector{}}
		}
		s.Clicked = false
		return s, []Intent{s.preview(in)}
	case Up:
		if s.Clicked {
			return s, nil
		}
		return Idle{}, s.drop(in)
	}
	return s, nil
}

func (s Connecting) preview(in Input) Intent {
	return PreviewConnector{
		Node: s.Node, Port: s.Port, To: in.World, Over: in.Target,
		Connector: s.Connector, Source: s.Source,
	}
}

// drop ends the gesture over in.Target.
func (s Connecting) drop(in Input) []Intent {
	t := in.Target
	done := []Intent{CancelConnector{}}
	switch {
	case t.Kind == OnPort && s.Source:
		return append(done, Reconnect{Connector: s.Connector, To: t.Node, Port: t.Port, Source: true})
	case t.Node != "" && s.Connector != "":
		return append(done, Reconnect{Connector: s.Connector, To: t.Node, Source: s.Source})
	case t.Node != "":
		return append(done, Connect{Node: s.Node, Port: s.Port, To: t.Node})
	case in.Outside:
		return done
	case s.Connector == "":
		return append(done, DropConnector{Node: s.Node, Port: s.Port, At: in.World})
	case t.Connector == s.Connector:
		return done
	}
	return append(done, DeleteConnector{Connector: s.Connector})
}

// PressingConnector is a press on a connector or on the button in its middle.
type PressingConnector struct {
	Start  Point
	Target Target
}

// Name is "pressing-connector".
func (PressingConnector) Name() string { return "pressing-connector" }

// Handle selects the connector, or opens the quick-add on it.
func (s PressingConnector) Handle(in Input) (State, []Intent) {
	switch in.Kind {
	case Cancel:
		return Idle{}, nil
	case Wheel:
		return s, wheel(in)
	case Move:
		if in.Screen.Distance(s.Start) >= Slop && s.Target.Kind == OnPlus {
			return Idle{}, nil
		}
	case Up:
		if s.Target.Kind == OnPlus {
			return Idle{}, []Intent{OpenQuickAdd{At: in.World, Connector: s.Target.Connector}}
		}
		return Idle{}, []Intent{SelectConnector{s.Target.Connector}}
	}
	return s, nil
}
