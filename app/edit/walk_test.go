package edit

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow"
)

func TestArrowsWalkAlongAndAcrossTheFlow(t *testing.T) {
	g := sample().Graph
	walk := func(id string, d Direction) string { return Walk(g, catalogue, id, d) }
	require.Equal(t, "start", walk("", Next))
	require.Equal(t, "branch", walk("start", Next))
	require.Equal(t, "mail", walk("branch", Next))
	require.Equal(t, "end", walk("mail", SiblingAfter))
	require.Equal(t, "mail", walk("end", SiblingBefore))
	require.Equal(t, "", walk("end", SiblingAfter))
	require.Equal(t, "mail", walk("end", Previous))
	require.Equal(t, "", walk("start", Previous))
	require.Equal(t, "", walk("end", Next))
	require.Equal(t, "end", walk("start", Last))
	require.Equal(t, "start", walk("end", First))
	require.Equal(t, "note", walk("start", SiblingAfter), "starts and loose nodes stand beside each other")
	require.Empty(t, Walk(flow.Graph{}, catalogue, "", Next))
}

func TestPreviousPrefersWhatIsAbove(t *testing.T) {
	d := sample()
	apply(t, d, Connect{From: End{"mail", "error"}, To: "branch"})
	require.Equal(t, "start", Walk(d.Graph, catalogue, "branch", Previous))
}

func TestSelecting(t *testing.T) {
	g := sample().Graph
	s := Select("mail", "end", "mail")
	require.Equal(t, []string{"end", "mail"}, s.Nodes())
	require.Equal(t, "mail", s.Active)
	s = s.Toggle("end")
	require.Equal(t, []string{"mail"}, s.Nodes())
	require.Equal(t, "mail", s.Active)
	one, ok := s.One()
	require.True(t, ok)
	require.Equal(t, "mail", one)
	require.Equal(t, []string{"branch", "mail", "start"}, s.Upstream(g).Nodes())
	require.Equal(t, []string{"end", "mail"}, s.Downstream(g).Nodes())
	require.Equal(t, "mail", s.Downstream(g).Active)
	require.True(t, s.Toggle("mail").Empty())
	require.Equal(t, 5, All(g).Len())
	require.False(t, SelectConnector("c1").Empty())
}

func TestTheSelectionFollowsUndo(t *testing.T) {
	d := sample()
	d.Selection = Select("mail", "end")
	apply(t, d, Delete{Nodes: d.Selection.Nodes()})
	require.True(t, d.Selection.Empty())
	d.Undo()
	require.Equal(t, []string{"end", "mail"}, d.Selection.Nodes())
	d.Selection = SelectConnector("c1")
	apply(t, d, Delete{Connectors: []string{"c1"}})
	require.Empty(t, d.Selection.Connector)
}

func TestFreePortsAndPlaces(t *testing.T) {
	d := sample()
	port, ok := FreePort(d.Graph, catalogue, "branch")
	require.True(t, ok)
	require.Equal(t, "yes", port, "none is free: the first")
	_, ok = FreePort(d.Graph, catalogue, "end")
	require.False(t, ok)
	apply(t, d, Delete{Connectors: []string{"c2"}})
	port, _ = FreePort(d.Graph, catalogue, "branch")
	require.Equal(t, "yes", port)
	require.Equal(t, flow.Point{144, 288}, PlaceAfter(d.Graph, catalogue, "branch", "no"))
	require.NotEqual(t, d.Graph.Layout["branch"], PlaceAfter(d.Graph, catalogue, "start", "out"))
}

func TestTidyKeepsTheFirstTriggerInPlaceAndBranchOrder(t *testing.T) {
	d := sample()
	apply(t, d, MoveNodes{Nodes: []string{"start"}, DX: 320, DY: 320})
	apply(t, d, MoveNodes{Nodes: []string{"mail"}, DX: 999, DY: -50})
	r := apply(t, d, Tidy{})
	require.Equal(t, "tidy", r.Label.String())
	at := d.Graph.Layout
	require.Equal(t, flow.Point{320, 320}, at["start"])
	require.Equal(t, flow.Point{320, 464}, at["branch"])
	require.Equal(t, 608, at["mail"][1])
	require.Equal(t, 752, at["end"][1])
}

func TestTidyOfASelectionMovesNothingElse(t *testing.T) {
	d := sample()
	before := d.Graph.Layout
	apply(t, d, Tidy{Nodes: []string{"mail", "end"}})
	require.Equal(t, before["start"], d.Graph.Layout["start"])
	require.Equal(t, flow.Point{-144, 288}, d.Graph.Layout["mail"], "the corner stays")
	require.Equal(t, flow.Point{-144, 432}, d.Graph.Layout["end"])
}

func TestNotesFollowTheirStepWhenTidied(t *testing.T) {
	d := sample()
	apply(t, d, MoveNodes{Nodes: []string{"end", "note"}, DX: 1600})
	apply(t, d, PlaceNodes{At: map[string]flow.Point{"note": {d.Graph.Layout["end"][0] + 256, d.Graph.Layout["end"][1]}}})
	apply(t, d, Tidy{})
	require.Equal(t, d.Graph.Layout["end"][0]+256, d.Graph.Layout["note"][0])
	require.Equal(t, d.Graph.Layout["end"][1], d.Graph.Layout["note"][1])
}

func TestOpeningAFlowWithoutPlacesLaysItOut(t *testing.T) {
	g := sample().Graph.Clone()
	g.Layout = nil
	d := Open("x", g, 1, catalogue)
	require.Len(t, d.Graph.Layout, 5)
	require.Less(t, d.Graph.Layout["start"][1], d.Graph.Layout["branch"][1])
	require.False(t, d.Dirty())
}

func TestAligningAndSpreading(t *testing.T) {
	d := sample()
	apply(t, d, Aligned(d.Graph, catalogue, []string{"branch", "mail"}, AlignLeft))
	require.Equal(t, -144, d.Graph.Layout["branch"][0])
	apply(t, d, PlaceNodes{At: map[string]flow.Point{"start": {0, 0}, "branch": {250, 0}, "mail": {1000, 0}}})
	apply(t, d, Aligned(d.Graph, catalogue, []string{"mail", "start", "branch"}, SpreadAcross))
	require.Equal(t, 500, d.Graph.Layout["branch"][0])
	require.Equal(t, 1000, d.Graph.Layout["mail"][0])
}

func TestAFrameCarriesWhatIsInsideIt(t *testing.T) {
	d := sample()
	r := apply(t, d, Group{Nodes: []string{"branch", "mail"}, Title: "Ask"})
	frame := r.Added[0]
	require.Equal(t, []string{"branch", frame, "mail"}, Carried(d.Graph, catalogue, r.Added))
	require.Equal(t, "Ask", d.Graph.Nodes[frame].Props["name"])
	s := SceneOf(d.Graph, catalogue)
	require.Equal(t, frame, s.Cards()[0].ID, "frames lie lowest")
	apply(t, d, Ungroup{r.Added})
	require.Len(t, d.Graph.Nodes, 5)
	_, err := d.Apply(Ungroup{[]string{"mail"}})
	require.Error(t, err)
}

func TestLabelsHaveTextForOneAndMany(t *testing.T) {
	for _, k := range LabelKeys() {
		require.NotEmpty(t, Label{Key: k, Count: 1, Name: "x"}.String())
		require.NotEmpty(t, Label{Key: k, Count: 2}.String())
	}
}
