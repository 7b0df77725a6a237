package canvas

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// small is a branch with two ways down and one back up, and a note under it.
func small() *Scene {
	return NewScene([]Card{
		{ID: "note", Box: Box{-50, -50, 400, 400}, Note: true},
		{ID: "branch", Box: NodeBox(0, 0), Ports: []string{"yes", "no"}},
		{ID: "mail", Box: NodeBox(-144, 144), Ports: []string{"sent"}},
		{ID: "end", Box: NodeBox(144, 144)},
	}, []Link{
		{"c1", "branch", "yes", "mail"}, {"c2", "branch", "no", "end"}, {"c3", "mail", "sent", "branch"},
		{"lost", "branch", "yes", "nobody"},
	})
}

func TestHitFindsPortsBeforeCardsBeforeConnectorsBeforeNotes(t *testing.T) {
	s := small()
	none := Pointing{}
	require.Equal(t, Target{Kind: OnPort, Node: "branch", Port: "yes"}, s.Hit(Point{48, 64}, none))
	require.Equal(t, Target{Kind: OnPort, Node: "branch", Port: "no"}, s.Hit(Point{176, 75}, none))
	require.Equal(t, Target{Kind: OnNode, Node: "branch"}, s.Hit(Point{112, 20}, none))
	require.Equal(t, Target{Kind: OnConnector, Connector: "c2"}, s.Hit(Point{220, 128}, none))
	require.Equal(t, Target{Kind: OnNode, Node: "note"}, s.Hit(Point{-40, -40}, none))
	require.Equal(t, Target{}, s.Hit(Point{-400, 20}, none))
	_, ok := s.Link("lost")
	require.False(t, ok)
}

func TestPortsHaveAtLeast24PixelsAtEveryZoom(t *testing.T) {
	s := small()
	at := func(d float64) Point { return Point{48, 64 + d} }
	require.Equal(t, OnPort, s.Hit(at(12), Pointing{}).Kind)
	require.NotEqual(t, OnPort, s.Hit(at(12.5), Pointing{}).Kind)
	require.Equal(t, OnPort, s.Hit(at(24), Pointing{Zoom: 0.5}).Kind)
	require.Equal(t, OnPort, s.Hit(at(22), Pointing{Touch: true}).Kind)
}

func TestHitTellsWhatIsSelectedAndSkipsWhatIsDragged(t *testing.T) {
	s := small()
	p := Pointing{Selected: func(id string) bool { return id == "mail" }}
	require.True(t, s.Hit(Point{-100, 170}, p).Selected)
	p.Skip = func(id string) bool { return id == "mail" }
	require.Equal(t, "note", func() string {
		p.Skip = func(id string) bool { return id == "branch" }
		return s.Hit(Point{112, 20}, p).Node
	}())
	require.Equal(t, OnNode, s.Hit(Point{220, 128}, p).Kind, "its connectors are skipped as well")
}

func TestASelectedConnectorHasGripsAndAPlus(t *testing.T) {
	s := small()
	w, _ := s.Path("c2")
	p := Pointing{Connector: "c2"}
	require.Equal(t, Target{Kind: OnEnd, Connector: "c2"}, s.Hit(w.End().Add(Point{0, -7}), p))
	require.Equal(t, Target{Kind: OnSource, Connector: "c2"}, s.Hit(w.Start().Add(Point{0, 14}), p))
	require.Equal(t, Target{Kind: OnPlus, Connector: "c2"}, s.Hit(w.Middle(), p))
	require.Equal(t, Target{Kind: OnPlus, Connector: "c2"}, s.Hit(w.Middle(), Pointing{Hovered: "c2"}))
}

func TestMovedPathsFollowTheirCards(t *testing.T) {
	s := small()
	moved := func(id string) bool { return id == "mail" }
	links := s.Touched(moved)
	require.Len(t, links, 2)
	p := s.PathMoved(links[0], moved, Point{16, 32})
	require.Equal(t, Entry(NodeBox(-128, 176)), p.End())
	all := func(string) bool { return true }
	w, _ := s.Path("c2")
	require.Equal(t, w.Move(Point{16, 32}), s.PathMoved(Link{"c2", "branch", "no", "end"}, all, Point{16, 32}))
	same, _ := s.Path("c2")
	require.Equal(t, w, same, "moving a path leaves the first one as it was")
}

func TestVisibleCullsOnlyLargeScenes(t *testing.T) {
	cards, links := small().Visible(Box{5000, 5000, 10, 10})
	require.Len(t, cards, 4)
	require.Len(t, links, 3)
	s := large(400)
	cards, links = s.Visible(Box{0, 0, 800, 600})
	require.Less(t, len(cards), 60)
	require.Less(t, len(links), 400)
	require.NotEmpty(t, cards)
}

// large is a grid of n cards, each linked to the one below.
func large(n int) *Scene {
	var cards []Card
	var links []Link
	for i := range n {
		cards = append(cards, Card{ID: fmt.Sprint("n", i), Box: NodeBox(float64(i%20*288), float64(i/20*144)), Ports: []string{"a", "b"}})
		links = append(links, Link{fmt.Sprint("c", i), fmt.Sprint("n", i), "a", fmt.Sprint("n", (i+20)%n)})
		links = append(links, Link{fmt.Sprint("d", i), fmt.Sprint("n", i), "b", fmt.Sprint("n", i*7%n)})
	}
	return NewScene(cards, links)
}

func TestInFindsWhatABoxTouches(t *testing.T) {
	require.Equal(t, []string{"branch", "mail"}, small().In(Box{60, 60, 10, 90}), "a note around the box is not meant")
	require.Equal(t, []string{"note"}, small().In(Box{-60, -60, 20, 20}))
}

func TestAFrameIsHitAtItsTopAndSidesOnly(t *testing.T) {
	s := NewScene([]Card{{ID: "f", Box: Box{0, 0, 400, 400}, Note: true, Hollow: true}}, nil)
	require.Equal(t, OnNode, s.Hit(Point{200, 20}, Pointing{}).Kind)
	require.Equal(t, OnNode, s.Hit(Point{3, 200}, Pointing{}).Kind)
	require.Equal(t, OnCanvas, s.Hit(Point{200, 200}, Pointing{}).Kind)
}

func TestAPortThatTheCardLacksLeavesAtTheRight(t *testing.T) {
	s := NewScene([]Card{{ID: "a", Box: NodeBox(0, 0), Ports: []string{"x"}}, {ID: "b", Box: NodeBox(0, 300)}},
		[]Link{{"e", "a", "error", "b"}})
	p, ok := s.PortPoint("a", "error")
	require.True(t, ok)
	require.Greater(t, p.X, 112.0)
	w, _ := s.Path("e")
	require.Equal(t, p, w.Start())
}

func TestSnapPrefersNeighboursToTheGrid(t *testing.T) {
	others := []Box{NodeBox(100, 0)}
	d, guides := Snap(NodeBox(0, 200), Point{97, 3}, others)
	require.Equal(t, 100.0, d.X)
	require.Equal(t, 8.0, d.Y, "208 is on the grid")
	require.Equal(t, []Guide{{Point{212, 0}, Point{212, 272}}}, guides)
	d, guides = Snap(NodeBox(0, 200), Point{-300, 3}, others)
	require.Equal(t, Point{-304, 8}, d)
	require.Empty(t, guides)
}

func TestSnapLandsOnTheGridOrOnANeighbour(t *testing.T) {
	d, guides := Snap(NodeBox(3, 3), Point{10, 10}, nil)
	require.Equal(t, Point{16 - 3, 16 - 3}, d)
	require.Empty(t, guides)
}

func TestEdgePanOnlyNearTheEdges(t *testing.T) {
	require.Equal(t, Point{}, EdgePan(Point{400, 300}, 800, 600))
	require.Equal(t, Point{12, -12}, EdgePan(Point{0, 600}, 800, 600))
}

func BenchmarkScene500(b *testing.B) {
	for b.Loop() {
		large(500)
	}
}

func BenchmarkHit500(b *testing.B) {
	s := large(500)
	for b.Loop() {
		s.Hit(Point{2000, 1000}, Pointing{})
	}
}

func BenchmarkPathMoved(b *testing.B) {
	s := large(500)
	l := s.Links()[0]
	moved := func(id string) bool { return id == "n0" }
	buf := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		buf = s.PathMoved(l, moved, Point{5, 5}).AppendD(buf[:0])
	}
}
