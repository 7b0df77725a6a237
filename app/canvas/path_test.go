package canvas

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAStraightConnectorIsOneLine(t *testing.T) {
	p := Route(EndsOf(NodeBox(0, 0), 0, 1, NodeBox(0, 144)), nil)
	require.Equal(t, []Point{{112, 64}, {112, 144}}, p.Points())
	require.Equal(t, "M112 64L112 138", p.D())
	require.Equal(t, 80.0, p.Length())
	require.Equal(t, Point{112, 104}, p.Middle())
}

func TestAConnectorToTheSideIsRounded(t *testing.T) {
	p := Route(EndsOf(NodeBox(0, 0), 0, 1, NodeBox(288, 144)), nil)
	require.Equal(t, []Point{{112, 64}, {112, 124}, {400, 124}, {400, 144}}, p.Points())
	require.Equal(t, "M112 64L112 116Q112 124 120 124L392 124Q400 124 400 132L400 138", p.D())
	require.Equal(t, Point{256, 124}, p.Label)
	require.False(t, p.Back)
}

func TestAConnectorUpwardsRunsDownTheSide(t *testing.T) {
	p := Route(EndsOf(NodeBox(0, 288), 0, 1, NodeBox(0, 0)), nil)
	require.True(t, p.Back)
	require.Equal(t, []Point{{112, 352}, {112, 384}, {248, 384}, {248, -20}, {112, -20}, {112, 0}}, p.Points())
	left := Route(EndsOf(NodeBox(0, 288), 0, 2, NodeBox(0, 0)), nil)
	require.Equal(t, -24.0, left.Points()[2].X, "a port on the left half goes round the left side")
}

func TestAConnectorGoesAroundCardsInBetween(t *testing.T) {
	s := NewScene([]Card{
		{ID: "a", Box: NodeBox(0, 0), Ports: []string{"out"}}, {ID: "b", Box: NodeBox(0, 144)}, {ID: "c", Box: NodeBox(0, 288)},
	}, []Link{{ID: "l", From: "a", Port: "out", To: "c"}})
	p, ok := s.Path("l")
	require.True(t, ok)
	for _, q := range p.Points() {
		require.False(t, NodeBox(0, 144).Contains(q))
	}
	pts := p.Points()
	for i := 1; i < len(pts); i++ {
		require.False(t, BoxOf(pts[i-1], pts[i]).Touches(NodeBox(0, 144)))
	}
}

func TestPathsAreOrthogonalFromEndToEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(-1000, 1000)
		n := rapid.IntRange(1, 6).Draw(t, "ports")
		e := EndsOf(
			NodeBox(float64(at.Draw(t, "x")), float64(at.Draw(t, "y"))), rapid.IntRange(0, n-1).Draw(t, "port"), n,
			NodeBox(float64(at.Draw(t, "tx")), float64(at.Draw(t, "ty"))))
		p := Route(e, nil)
		require.Equal(t, e.From, p.Start())
		require.Equal(t, e.To, p.End())
		pts := p.Points()
		for i := 1; i < len(pts); i++ {
			require.True(t, pts[i].X == pts[i-1].X || pts[i].Y == pts[i-1].Y)
		}
		require.Greater(t, pts[1].Y, pts[0].Y, "leaves downwards")
		require.Greater(t, pts[len(pts)-1].Y, pts[len(pts)-2].Y, "comes in from above")
		require.Equal(t, p.Start(), p.PointAt(0))
		require.InDelta(t, 0, p.PointAt(1).Distance(p.End()), 1e-6)
		require.InDelta(t, 0, p.Distance(p.PointAt(0.37)), 1e-6)
		require.True(t, p.Bounds().Grow(1e-6).Contains(p.Label))
		require.True(t, strings.HasPrefix(p.D(), "M"))
		require.NotContains(t, p.D(), "NaN")
	})
}

func TestPathTextIsBuiltWithOneAllocation(t *testing.T) {
	e := EndsOf(NodeBox(0, 288), 0, 1, NodeBox(-300, 0))
	buf := make([]byte, 0, 256)
	require.Zero(t, testing.AllocsPerRun(100, func() { buf = Route(e, nil).AppendD(buf[:0]) }))
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _ = Route(e, nil).D() }), 2.0)
}

func TestPreviewLeadsToThePointer(t *testing.T) {
	for _, to := range []Point{{10, 500}, {10, 10}, {500, 10}, {0, 100}} {
		p := Preview(Point{0, 100}, to)
		require.Equal(t, to, p.End())
		require.Equal(t, Point{0, 100}, p.Start())
		require.Positive(t, p.Length()+1)
	}
}

func TestNumbersHaveOneDecimalAtMost(t *testing.T) {
	for v, want := range map[float64]string{0: "0", -0.04: "0", 1.25: "1.3", -12.5: "-12.5", 1e6: "1000000"} {
		require.Equal(t, want, string(appendNumber(nil, v)))
	}
}

func TestPortsAreSymmetricInsideAndInOrder(t *testing.T) {
	b := NodeBox(0, 0)
	for n := 1; n <= 20; n++ {
		ps := Ports(b, n)
		require.Len(t, ps, n)
		for i, p := range ps {
			require.Equal(t, b.Bottom(), p.Y)
			require.InDelta(t, b.W, p.X+ps[n-1-i].X, 1e-9)
			require.True(t, p.X > b.X && p.X < b.Right())
			if i > 0 {
				require.Greater(t, p.X, ps[i-1].X)
			}
		}
	}
	require.Equal(t, Point{112, 0}, Entry(b))
	_, w := PortLabel(b, 0, 2)
	require.Equal(t, 108.0, w)
}

func TestCameraKeepsThePointUnderThePointer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64Range(-2000, 2000)
		c := Camera{f.Draw(t, "x"), f.Draw(t, "y"), rapid.Float64Range(MinZoom, MaxZoom).Draw(t, "zoom")}
		p := Point{f.Draw(t, "px"), f.Draw(t, "py")}
		require.InDelta(t, 0, c.ToScreen(c.ToWorld(p)).Distance(p), 1e-6)
		d := c.ZoomAt(p, rapid.Float64Range(0.01, 100).Draw(t, "factor"))
		require.InDelta(t, 0, d.ToWorld(p).Distance(c.ToWorld(p)), 1e-6)
		require.True(t, d.Zoom >= MinZoom && d.Zoom <= MaxZoom)
	})
}

func TestFitShowsEverythingBesideThePanels(t *testing.T) {
	boxes := []Box{NodeBox(-500, 0), NodeBox(3000, 2000)}
	view := Box{240, 0, 800, 600}
	c := Fit(boxes, view)
	for _, b := range boxes {
		require.True(t, view.Contains(c.ToScreen(Point{b.X, b.Y})))
		require.True(t, view.Contains(c.ToScreen(Point{b.Right(), b.Bottom()})))
	}
	require.Equal(t, 1.0, Fit(boxes[:1], view).Zoom, "never larger than life")
	require.Equal(t, 1.0, Fit(nil, view).Zoom)
}

func TestRevealMovesOnlyWhenItMust(t *testing.T) {
	view := Box{0, 0, 800, 600}
	c := NewCamera()
	require.Equal(t, c, c.Reveal(NodeBox(100, 100), view))
	d := c.Reveal(NodeBox(1000, 1000), view)
	require.Equal(t, Point{800 - 32 - 224, 600 - 32 - 64}, d.ToScreen(Point{1000, 1000}))
	require.Equal(t, Point{32, 32}, c.Reveal(NodeBox(-500, -500), view).ToScreen(Point{-500, -500}))
}

func TestTransformIsCSS(t *testing.T) {
	require.Equal(t, "translate(10.5px,-3px) scale(0.25)", Camera{10.5, -3, 0.25}.Transform())
	require.Equal(t, "translate(0px,0px) scale(1)", Camera{}.Transform())
	require.False(t, Camera{Zoom: 0.39}.ShowsText())
}

func TestBoundsOfNothing(t *testing.T) {
	_, ok := Bounds(nil)
	require.False(t, ok)
	require.False(t, math.IsInf(Path{}.Length(), 0))
	require.Empty(t, Path{}.D())
}

func TestConnectorsToDifferentCardsDoNotLieOnEachOther(t *testing.T) {
	cards := []Card{{ID: "switch", Box: NodeBox(576, 0), Ports: []string{"a", "b", "c", "d", "e"}}}
	var links []Link
	for i, p := range cards[0].Ports {
		cards = append(cards, Card{ID: p, Box: NodeBox(float64(i*288), 144)})
		links = append(links, Link{p, "switch", p, p})
	}
	s := NewScene(cards, links)
	across := func(id string) float64 {
		p, _ := s.Path(id)
		return p.Points()[1].Y
	}
	require.Equal(t, []float64{116, 124, 124, 116}, []float64{across("a"), across("b"), across("d"), across("e")})
	moved := s.PathMoved(links[0], func(string) bool { return false }, Point{})
	still, _ := s.Path("a")
	require.Equal(t, still, moved, "starting a drag moves nothing")
}

func TestConnectorsToOneCardShareALine(t *testing.T) {
	s := NewScene([]Card{
		{ID: "a", Box: NodeBox(0, 0), Ports: []string{"out"}}, {ID: "b", Box: NodeBox(288, 0), Ports: []string{"out"}},
		{ID: "end", Box: NodeBox(576, 144)},
	}, []Link{{"1", "a", "out", "end"}, {"2", "b", "out", "end"}})
	p, _ := s.Path("1")
	q, _ := s.Path("2")
	require.Equal(t, p.Points()[1].Y, q.Points()[1].Y)
}
