package canvas

// Card is a node as drawn. Notes have neither ports nor an input.
type Card struct {
	ID    string
	Box   Box
	Ports []string
	Note  bool
	// Hollow cards (frames) are hit at their top strip and sides only, so that a
	// press inside them is one on the canvas.
	Hollow bool
	// Source marks a card that nothing may lead to: a trigger.
	Source bool
}

// Link is a connector as drawn: from a port of a card to a card.
type Link struct{ ID, From, Port, To string }

// Scene is a picture that can be asked: what is here, what is visible, which way
// does a connector run. It is built anew after every change of the model, and
// never changed.
type Scene struct {
	cards  []Card
	links  []Link
	paths  []Path
	around []Box          // of each path
	lifts  []float64      // of each path, see Ends
	index  map[string]int // card by id
	lines  map[string]int // link by id
	grid   cells
}

// NewScene routes every link. Later cards are drawn above earlier ones. Links
// whose cards are missing are left out.
func NewScene(cards []Card, links []Link) *Scene {
	s := &Scene{cards: cards, index: make(map[string]int, len(cards)), lines: make(map[string]int, len(links)), grid: cells{}}
	for i, c := range cards {
		s.index[c.ID] = i
		if !c.Note { // connectors run over notes
			s.grid.add(i, c.Box)
		}
	}
	for _, l := range links {
		e, ok := s.ends(l, nil, Point{})
		if !ok {
			continue
		}
		s.lines[l.ID] = len(s.links)
		s.links = append(s.links, l)
		s.paths = append(s.paths, Route(e, s.blocked(l)))
	}
	s.separate()
	s.around = make([]Box, len(s.paths))
	for i, p := range s.paths {
		s.around[i] = p.Bounds()
	}
	return s
}

// Cards are all cards, in drawing order. The caller must not change them.
func (s *Scene) Cards() []Card { return s.cards }

// Links are all links that were routed. The caller must not change them.
func (s *Scene) Links() []Link { return s.links }

// Card finds a card.
func (s *Scene) Card(id string) (Card, bool) {
	i, ok := s.index[id]
	if !ok {
		return Card{}, false
	}
	return s.cards[i], true
}

// Link finds a link.
func (s *Scene) Link(id string) (Link, bool) {
	i, ok := s.lines[id]
	if !ok {
		return Link{}, false
	}
	return s.links[i], true
}

// Path is the way of a link.
func (s *Scene) Path(id string) (Path, bool) {
	i, ok := s.lines[id]
	if !ok {
		return Path{}, false
	}
	return s.paths[i], true
}

// PortPoint is where a card's port leaves, in world units.
func (s *Scene) PortPoint(node, port string) (Point, bool) {
	c, ok := s.Card(node)
	if !ok {
		return Point{}, false
	}
	i, n := portIndex(c.Ports, port)
	return Port(c.Box, i, n), true
}

// Touched are the links with an end at one of the nodes: those to draw anew
// while they are dragged.
func (s *Scene) Touched(nodes func(id string) bool) []Link {
	var out []Link
	for _, l := range s.links {
		if nodes(l.From) || nodes(l.To) {
			out = append(out, l)
		}
	}
	return out
}

// PathMoved is the way of a link while some nodes are d away from their place.
// It ignores other cards, so that it is cheap enough for every frame.
func (s *Scene) PathMoved(l Link, moved func(id string) bool, d Point) Path {
	e, ok := s.ends(l, moved, d)
	if !ok {
		return Path{}
	}
	if i, known := s.lines[l.ID]; known {
		if moved(l.From) && moved(l.To) {
			return s.paths[i].Move(d)
		}
		e.Lift = s.lifts[i]
	}
	return Route(e, nil)
}

func (s *Scene) ends(l Link, moved func(string) bool, d Point) (Ends, bool) {
	a, okA := s.index[l.From]
	b, okB := s.index[l.To]
	if !okA || !okB {
		return Ends{}, false
	}
	from, to := s.cards[a].Box, s.cards[b].Box
	if moved != nil && moved(l.From) {
		from = from.Move(d)
	}
	if moved != nil && moved(l.To) {
		to = to.Move(d)
	}
	i, n := portIndex(s.cards[a].Ports, l.Port)
	return EndsOf(from, i, n, to), true
}

// portIndex finds a port. One that the card does not show (the error port, or
// one that was renamed) leaves at the right end.
func portIndex(ports []string, port string) (i, n int) {
	for i, p := range ports {
		if p == port {
			return i, len(ports)
		}
	}
	if len(ports) == 0 {
		return 0, 1
	}
	return len(ports), len(ports) + 1
}

// blocked tells whether a card other than the link's own two lies in a box. A
// path may touch its own cards only at the ends, which the routes see to.
func (s *Scene) blocked(l Link) func(Box) bool {
	from, to := s.index[l.From], s.index[l.To]
	return func(b Box) bool {
		return s.grid.any(b, func(i int) bool {
			return i != from && i != to && s.cards[i].Box.Overlaps(b)
		})
	}
}

// Visible are the cards and links that view (world units) shows, by position in
// Cards and Links. Below CullFrom cards everything is.
func (s *Scene) Visible(view Box) (cards, links []int) {
	all := len(s.cards) <= CullFrom
	view = view.Grow(NodeW / 2)
	for i := range s.cards {
		if all || s.cards[i].Box.Touches(view) {
			cards = append(cards, i)
		}
	}
	for i := range s.paths {
		if all || s.around[i].Touches(view) && s.paths[i].Touches(view) {
			links = append(links, i)
		}
	}
	return cards, links
}

// hit reports whether a point presses the card; reach is how near its sides.
func (c *Card) hit(at Point, reach float64) bool {
	if !c.Box.Contains(at) {
		return false
	}
	return !c.Hollow || at.Y <= c.Box.Y+HollowTop || !c.Box.Grow(-reach/2).Contains(at)
}

// HollowTop is the height of a hollow card's top strip, where its name is.
const HollowTop = 2 * Grid

// CullFrom is the number of cards up to which all of them are drawn.
const CullFrom = 300

// Bounds is the box around all cards.
func (s *Scene) Bounds() (Box, bool) { return Bounds(s.Boxes()) }

// Boxes are all cards' boxes, in drawing order.
func (s *Scene) Boxes() []Box {
	bs := make([]Box, len(s.cards))
	for i, c := range s.cards {
		bs[i] = c.Box
	}
	return bs
}

// In are the ids of the cards that the box touches, in drawing order; notes only
// when the box does not lie within them.
func (s *Scene) In(b Box) []string {
	var ids []string
	for _, c := range s.cards {
		within := c.Note && c.Box.Contains(Point{b.X, b.Y}) && c.Box.Contains(Point{b.Right(), b.Bottom()})
		if c.Box.Touches(b) && !within {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
