package canvas

// Pointing says how a hit test is meant. Its zero value is a mouse at 100 %
// with nothing selected.
type Pointing struct {
	// Zoom is the camera's: areas keep their size on the screen.
	Zoom float64
	// Touch widens areas from 24 to 44 pixels.
	Touch bool
	// Connector is the selected one: its ends have grips. Hovered has its add
	// button shown.
	Connector, Hovered string
	// Skip leaves nodes out: those being dragged, with their connectors.
	Skip func(node string) bool
	// Selected tells whether a node is in the selection.
	Selected func(node string) bool
}

// Widths of hit areas in screen pixels, from edge to edge (WCAG 2.2, 2.5.8).
const (
	hitMouse = 24.0
	hitTouch = 44.0
	hitLine  = 14.0
)

func (p Pointing) reach() float64 {
	z := p.Zoom
	if z == 0 {
		z = 1
	}
	if p.Touch {
		return hitTouch / 2 / z
	}
	return hitMouse / 2 / z
}

// Hit finds what lies under a world point: grips and the add button first, then
// ports, cards from the top down, and connectors.
func (s *Scene) Hit(at Point, p Pointing) Target {
	if t, ok := s.hitGrip(at, p); ok {
		return t
	}
	if t, ok := s.hitPort(at, p); ok {
		return t
	}
	note := Target{}
	for i := len(s.cards) - 1; i >= 0; i-- {
		c := &s.cards[i]
		if p.skips(c.ID) || !c.hit(at, p.reach()) {
			continue
		}
		t := Target{Kind: OnNode, Node: c.ID, Selected: p.Selected != nil && p.Selected(c.ID)}
		if !c.Note {
			return t
		}
		if note.Node == "" {
			note = t // a note lies under the connectors, whatever the order
		}
	}
	if t, ok := s.hitLine(at, p); ok {
		return t
	}
	return note
}

func (p Pointing) skips(node string) bool { return p.Skip != nil && p.Skip(node) }

func (s *Scene) hitGrip(at Point, p Pointing) (Target, bool) {
	r := p.reach()
	if w, ok := s.Path(p.Connector); ok {
		if w.End().Add(Point{0, -ArrowSize}).Distance(at) <= r {
			return Target{Kind: OnEnd, Connector: p.Connector}, true
		}
		if w.Start().Add(Point{0, LabelGap}).Distance(at) <= r {
			return Target{Kind: OnSource, Connector: p.Connector}, true
		}
	}
	for _, id := range [...]string{p.Hovered, p.Connector} {
		if w, ok := s.Path(id); ok && w.Middle().Distance(at) <= r {
			return Target{Kind: OnPlus, Connector: id}, true
		}
	}
	return Target{}, false
}

// hitPort finds the nearest port within reach.
func (s *Scene) hitPort(at Point, p Pointing) (Target, bool) {
	best, t := p.reach(), Target{}
	for i := len(s.cards) - 1; i >= 0; i-- {
		c := &s.cards[i]
		if p.skips(c.ID) || !c.Box.Grow(best).Contains(at) {
			continue
		}
		for k, name := range c.Ports {
			if d := Port(c.Box, k, len(c.Ports)).Distance(at); d <= best && t.Node != c.ID || d < best {
				best, t = d, Target{Kind: OnPort, Node: c.ID, Port: name}
			}
		}
	}
	return t, t.Node != ""
}

// hitLine finds the nearest connector under its fat, invisible line.
func (s *Scene) hitLine(at Point, p Pointing) (Target, bool) {
	best, t := p.reach()*hitLine/hitMouse, Target{}
	for i := range s.paths {
		l := &s.links[i]
		if !s.around[i].Grow(best).Contains(at) || p.skips(l.From) || p.skips(l.To) {
			continue
		}
		if d := s.paths[i].Distance(at); d <= best {
			best, t = d, Target{Kind: OnConnector, Connector: l.ID}
		}
	}
	return t, t.Connector != ""
}
