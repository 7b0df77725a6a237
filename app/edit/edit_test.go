package edit

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// catalogue is a small one for tests: start, branch, mail, go_to, end, note.
var catalogue = Catalogue{
	Ports: func(n flow.Node) []string {
		switch n.Type {
		case "branch":
			return []string{"yes", "no"}
		case "end", "go_to":
			return nil
		}
		return []string{"out"}
	},
	Trigger: func(typ string) bool { return typ == "start" },
}

// sample is start → branch → (yes) mail → end, (no) end, with mail back to branch
// by its error port, and a note.
func sample() *Document {
	return Open("f1", flow.Graph{
		Resource: crm.Resource("deal"), Settings: flow.DefaultSettings(),
		Nodes: map[string]flow.Node{
			"start":  {Type: "start"},
			"branch": {Type: "branch"},
			"mail":   {Type: "mail", Props: map[string]any{"to": "a@b.c", "text": "{{ steps.branch.port }} {{ deal.name }}"}},
			"end":    {Type: "end"},
			"note":   {Type: "note"},
		},
		Connectors: map[string]flow.Connector{
			"c1": {From: "start.out", To: "branch"},
			"c2": {From: "branch.yes", To: "mail", If: "deal.amount > 1", Label: "big"},
			"c3": {From: "branch.no", To: "end"},
			"c4": {From: "mail.out", To: "end"},
		},
		Layout: map[string]flow.Point{
			"start": {0, 0}, "branch": {0, 144}, "mail": {-144, 288}, "end": {0, 432}, "note": {320, 0},
		},
	}, 7, catalogue)
}

func apply(t *testing.T, d *Document, c Command) Result {
	t.Helper()
	r, err := d.Apply(c)
	require.NoError(t, err)
	return r
}

func ids[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

func TestAddingFromAPortConnectsInOneStep(t *testing.T) {
	d := sample()
	before := d.Graph
	r := apply(t, d, AddNode{Node: flow.Node{Type: "mail"}, At: flow.Point{5, 583}, From: End{"mail", "out"}})
	require.Equal(t, []string{"mail_2"}, r.Added)
	require.Equal(t, flow.Connector{From: "mail.out", To: "mail_2", Order: 1}, d.Graph.Connectors[r.Connector])
	require.Equal(t, flow.Point{0, 576}, d.Graph.Layout["mail_2"])
	require.True(t, d.Selection.Has("mail_2"))
	require.Equal(t, "add mail", r.Label.String())
	l, ok := d.Undo()
	require.True(t, ok)
	require.Equal(t, "add mail", l.String())
	require.Equal(t, before, d.Graph)
	_, more := d.Undo()
	require.False(t, more)
}

func TestAGraphThatWasReadNeverChanges(t *testing.T) {
	d := sample()
	kept := d.Graph
	want := kept.Clone()
	apply(t, d, SetProp{Node: "mail", Prop: "to", Value: "x"})
	apply(t, d, SetRouting{"branch", "yes", flow.RouteAll})
	apply(t, d, Delete{Nodes: []string{"mail", "branch"}})
	apply(t, d, Tidy{})
	d.Undo()
	require.Equal(t, want, kept)
}

func TestFieldEditsJoinUntilTheFieldIsLeft(t *testing.T) {
	d := sample()
	for _, s := range []string{"H", "He", "Hey"} {
		apply(t, d, SetProp{Node: "mail", Prop: "subject", Value: s, Focus: "1"})
	}
	d.EndField()
	apply(t, d, SetProp{Node: "mail", Prop: "subject", Value: "Hey!", Focus: "1"})
	d.Undo()
	require.Equal(t, "Hey", d.Graph.Nodes["mail"].Props["subject"])
	d.Undo()
	require.NotContains(t, d.Graph.Nodes["mail"].Props, "subject")
	d.Redo()
	require.Equal(t, "Hey", d.Graph.Nodes["mail"].Props["subject"])
	apply(t, d, SetProp{Node: "mail", Prop: "subject", Value: "new", Focus: "1"})
	_, ok := d.CanRedo()
	require.False(t, ok, "a new change forgets what was undone")
	d.Undo()
	require.Equal(t, "Hey", d.Graph.Nodes["mail"].Props["subject"], "an undone step is not joined to")
}

func TestAutosaveKeepsTheHistory(t *testing.T) {
	d := sample()
	require.False(t, d.Dirty())
	apply(t, d, MoveNodes{Nodes: []string{"mail"}, DX: 16})
	mark := d.Mark()
	apply(t, d, MoveNodes{Nodes: []string{"mail"}, DX: 16})
	d.Saved(mark, 8)
	require.True(t, d.Dirty(), "what was done since is not saved")
	require.Equal(t, int64(8), d.Rev)
	d.Undo()
	require.False(t, d.Dirty())
	d.Undo()
	require.True(t, d.Dirty())
	d.Redo()
	require.False(t, d.Dirty())
}

func TestASaveBeforeAReloadDoesNotCount(t *testing.T) {
	d := sample()
	apply(t, d, MoveNodes{Nodes: []string{"mail"}, DX: 16})
	mark := d.Mark()
	d.Replace(d.Graph, 9)
	require.False(t, d.Dirty())
	apply(t, d, MoveNodes{Nodes: []string{"mail"}, DX: 16})
	require.NotEqual(t, mark, d.Mark())
	_, ok := d.CanUndo()
	require.True(t, ok)
}

func TestACommandThatChangesNothingIsNoStep(t *testing.T) {
	d := sample()
	r := apply(t, d, SetTitle{Node: "mail"})
	require.False(t, r.Changed)
	_, ok := d.CanUndo()
	require.False(t, ok)
}

func TestMovingNamesTheNumberOfSteps(t *testing.T) {
	d := sample()
	r := apply(t, d, MoveNodes{Nodes: []string{"mail", "end", "branch"}, DX: 10, DY: 20})
	require.Equal(t, "move 3 steps", r.Label.String())
	require.Equal(t, flow.Point{-128, 304}, d.Graph.Layout["mail"])
	apply(t, d, MoveNodes{Nodes: []string{"mail"}, DX: 3, Free: true})
	require.Equal(t, flow.Point{-125, 304}, d.Graph.Layout["mail"])
}

func TestDeletingHealsOneWayInAndOneWayOut(t *testing.T) {
	d := sample()
	r := apply(t, d, Delete{Nodes: []string{"mail"}})
	require.Empty(t, r.Open)
	require.Equal(t, flow.Connector{From: "branch.yes", To: "end", If: "deal.amount > 1", Label: "big"}, d.Graph.Connectors["c2"])
	require.Equal(t, []string{"c1", "c2", "c3"}, ids(d.Graph.Connectors))
	require.NotContains(t, d.Graph.Layout, "mail")
}

func TestDeletingWithoutHealingLeavesAnOpenEnd(t *testing.T) {
	d := sample()
	r := apply(t, d, Delete{Nodes: []string{"mail"}, Leave: true})
	require.Equal(t, []End{{"branch", "yes"}}, r.Open)
	require.NotContains(t, d.Graph.Connectors, "c2")
}

func TestDeletingABranchDoesNotHeal(t *testing.T) {
	d := sample()
	r := apply(t, d, Delete{Nodes: []string{"branch"}})
	require.Equal(t, []End{{"start", "out"}}, r.Open)
	require.Equal(t, []string{"c4"}, ids(d.Graph.Connectors))
}

func TestDeletingAGroupHealsAroundIt(t *testing.T) {
	d := sample()
	apply(t, d, Delete{Connectors: []string{"c3"}})
	r := apply(t, d, Delete{Nodes: []string{"branch", "mail"}})
	require.Empty(t, r.Open)
	require.Equal(t, "delete 2 steps", r.Label.String())
	require.Equal(t, map[string]flow.Connector{"c1": {From: "start.out", To: "end", Label: ""}}, d.Graph.Connectors)
}

func TestHealingKeepsBothConditions(t *testing.T) {
	d := sample()
	apply(t, d, SetCondition{Connector: "c4", If: "deal.owner != nil"})
	apply(t, d, Delete{Nodes: []string{"mail"}})
	require.Equal(t, "(deal.amount > 1) && (deal.owner != nil)", d.Graph.Connectors["c2"].If)
}

func TestHealingNeverMakesALoopToItself(t *testing.T) {
	d := sample()
	apply(t, d, Reconnect{Connector: "c4", To: "branch"})
	r := apply(t, d, Delete{Nodes: []string{"mail"}})
	require.Equal(t, []End{{"branch", "yes"}}, r.Open)
	for _, c := range d.Graph.Connectors {
		from, _ := c.Source()
		require.NotEqual(t, from, c.To)
	}
}

func TestConnectingRefusesWhatCannotBe(t *testing.T) {
	d := sample()
	for to, reason := range map[string]Reason{
		"start": ReasonTrigger, "note": ReasonNote, "mail": ReasonSelf, "end": ReasonConnected, "branch": ReasonNone,
	} {
		_, err := d.Apply(Connect{From: End{"mail", "out"}, To: to})
		if reason == ReasonNone {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, reason.String())
		require.Equal(t, flow.CodeInvalid, flow.CodeOf(err))
	}
	_, err := d.Apply(Connect{From: End{"mail", "out"}, To: "nobody"})
	require.Equal(t, flow.CodeNotFound, flow.CodeOf(err))
	for _, from := range []string{"note", "end"} {
		_, err = d.Apply(Connect{From: End{from, "out"}, To: "mail"})
		require.ErrorContains(t, err, "Nothing can follow "+from)
	}
}

func TestTargetsTellTheReasonInReadingOrder(t *testing.T) {
	d := sample()
	require.Equal(t, []Candidate{
		{"start", ReasonTrigger}, {"branch", ReasonNone}, {"mail", ReasonSelf}, {"end", ReasonConnected}, {"note", ReasonNote},
	}, Targets(d.Graph, catalogue, End{"mail", "out"}, ""))
	require.Equal(t, []string{"branch", "end"}, ValidTargets(d.Graph, catalogue, End{"mail", "out"}, "c4"),
		"the connector being moved does not stand in its own way")
}

func TestReconnectMovesEitherEnd(t *testing.T) {
	d := sample()
	apply(t, d, Reconnect{Connector: "c3", To: "mail"})
	require.Equal(t, "mail", d.Graph.Connectors["c3"].To)
	apply(t, d, Reconnect{Connector: "c2", From: End{"start", "out"}})
	require.Equal(t, "start.out", d.Graph.Connectors["c2"].From)
	apply(t, d, Reconnect{Connector: "c2", From: End{Node: "branch"}})
	require.Equal(t, "branch.yes", d.Graph.Connectors["c2"].From)
	_, err := d.Apply(Reconnect{Connector: "c3", To: "start"})
	require.Error(t, err)
}

func TestASecondElseAsksForRouting(t *testing.T) {
	d := sample()
	require.True(t, AsksRouting(d.Graph, End{"mail", "out"}, ""))
	require.False(t, AsksRouting(d.Graph, End{"branch", "yes"}, ""), "the other one has a condition")
	apply(t, d, SetRouting{"mail", "out", flow.RouteAll})
	require.False(t, AsksRouting(d.Graph, End{"mail", "out"}, ""))
	apply(t, d, SetRouting{"mail", "out", flow.RouteFirst})
	require.Nil(t, d.Graph.Nodes["mail"].Routing)
}

func TestOrderOfAPortsConnectors(t *testing.T) {
	d := sample()
	r := apply(t, d, Connect{From: End{"branch", "yes"}, To: "end", If: "true"})
	require.Equal(t, []string{"c2", r.Connector}, Outgoing(d.Graph, "branch", "yes"))
	apply(t, d, SetOrder{[]string{r.Connector}})
	require.Equal(t, []string{r.Connector, "c2"}, Outgoing(d.Graph, "branch", "yes"))
	_, err := d.Apply(SetOrder{[]string{"c2", "c3"}})
	require.Error(t, err)
}

func TestInsertingOnAConnectorKeepsItsConditionAndMakesRoom(t *testing.T) {
	d := sample()
	r := apply(t, d, InsertOnConnector{Connector: "c2", Node: flow.Node{Type: "wait"}})
	require.Equal(t, []string{"wait"}, r.Added)
	require.Equal(t, flow.Connector{From: "branch.yes", To: "wait", If: "deal.amount > 1", Label: "big"}, d.Graph.Connectors["c2"])
	require.Equal(t, flow.Connector{From: "wait.out", To: "mail"}, d.Graph.Connectors[r.Connector])
	require.Equal(t, flow.Point{-144, 288}, d.Graph.Layout["wait"])
	require.Equal(t, flow.Point{-144, 432}, d.Graph.Layout["mail"])
	require.Equal(t, flow.Point{0, 576}, d.Graph.Layout["end"])
	require.Equal(t, flow.Point{0, 144}, d.Graph.Layout["branch"])
	for _, typ := range []string{"start", "note", "end"} {
		_, err := d.Apply(InsertOnConnector{Connector: "c3", Node: flow.Node{Type: typ}})
		require.ErrorContains(t, err, "cannot stand between", typ)
	}
}

func TestDroppingANodeOnAShortConnectorLeavesTheUpperCardItsRoom(t *testing.T) {
	d := sample()
	apply(t, d, InsertOnConnector{Connector: "c2", Node: flow.Node{Type: "wait"}, At: &flow.Point{-144, 208}})
	require.Equal(t, flow.Point{-144, 288}, d.Graph.Layout["wait"])
	require.Equal(t, flow.Point{-144, 432}, d.Graph.Layout["mail"])
}

func TestDroppingALooseNodeOnAConnector(t *testing.T) {
	d := sample()
	r := apply(t, d, AddNode{Node: flow.Node{Type: "wait"}, At: flow.Point{600, 0}})
	apply(t, d, InsertOnConnector{Connector: "c3", Existing: r.Added[0]})
	require.Equal(t, "wait", d.Graph.Connectors["c3"].To)
	_, err := d.Apply(InsertOnConnector{Connector: "c1", Existing: "mail"})
	require.Equal(t, flow.CodeConflict, flow.CodeOf(err))
}

func TestABatchIsOneUndoStepAndAllOrNothing(t *testing.T) {
	d := sample()
	before := d.Graph
	_, err := d.Apply(Batch{Commands: []Command{SetTitle{Node: "mail", Title: "A"}, SetTitle{Node: "nobody", Title: "B"}}})
	require.Error(t, err)
	require.Equal(t, before, d.Graph)
	apply(t, d, Batch{Commands: []Command{
		SetTitle{Node: "mail", Title: "A"}, SetTitle{Node: "mail", Title: "B"}, MoveNodes{Nodes: []string{"mail"}, DX: 160},
	}})
	require.Equal(t, "B", d.Graph.Nodes["mail"].Title)
	d.Undo()
	require.Equal(t, before, d.Graph)
}

func TestReplacingKeepsIdPlaceAndWaysOut(t *testing.T) {
	d := sample()
	r := apply(t, d, ReplaceNode{"branch", flow.Node{Type: "mail"}})
	require.Equal(t, []Dropped{{Node: "branch", Ref: "mail"}}[0].Node, r.Dropped[0].Node)
	require.Len(t, r.Dropped, 1, "two ways out, one port")
	require.Equal(t, "mail", d.Graph.Nodes["branch"].Type)
	require.Len(t, Outgoing(d.Graph, "branch", "out"), 1)
	apply(t, d, ReplaceNode{"mail", flow.Node{Type: "start"}})
	require.Empty(t, Incoming(d.Graph, "mail"))
}

func TestRestoringAGraphIsOneUndoStep(t *testing.T) {
	d := sample()
	before := d.Graph
	other := flow.Graph{Resource: "deal", Nodes: map[string]flow.Node{"a": {Type: "start"}, "mail": {Type: "end"}}}
	apply(t, d, SetGraph{other})
	require.Equal(t, []string{"a", "mail"}, ids(d.Graph.Nodes))
	require.Len(t, d.Graph.Layout, 2, "nodes without a place get one")
	d.Undo()
	require.Equal(t, before, d.Graph)
}

func TestSettings(t *testing.T) {
	d := sample()
	s := d.Graph.Settings
	s.Zone = "Europe/Warsaw"
	apply(t, d, SetSettings{Settings: s})
	require.Equal(t, "Europe/Warsaw", d.Graph.Settings.Zone)
	d.Undo()
	require.Equal(t, flow.DefaultSettings(), d.Graph.Settings)
}

func TestReservedPropertiesAreRefused(t *testing.T) {
	d := sample()
	_, err := d.Apply(SetProp{Node: "mail", Prop: "type", Value: "x"})
	require.Error(t, err)
	apply(t, d, SetProp{Node: "mail", Prop: "to", Value: nil})
	require.NotContains(t, d.Graph.Nodes["mail"].Props, "to")
}
