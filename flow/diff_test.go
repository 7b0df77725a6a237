package flow

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"millrace.dev/crm"
)

func small() Graph {
	return Graph{
		Resource: crm.Deal, Settings: DefaultSettings(),
		Nodes: map[string]Node{
			"start": {Type: "record_updated", Props: map[string]any{"fields": []any{"amount"}}},
			"mail":  {Type: "send_email", Title: "Mail the owner", Props: map[string]any{"to": "a@ex.ro"}},
		},
		Connectors: map[string]Connector{"c1": {From: "start.out", To: "mail"}},
		Layout:     map[string]Point{"start": {0, 0}, "mail": {0, 100}},
	}
}

func TestDiffNamesEachChange(t *testing.T) {
	mail := Change{What: OfNode, ID: "mail", Title: "Mail the owner"}
	c1 := Change{What: OfConnector, ID: "c1", Title: "start.out -> mail"}
	with := func(c Change, kind, prop string, before, after any) Change {
		c.Kind, c.Prop, c.Before, c.After = kind, prop, before, after
		return c
	}
	for name, c := range map[string]struct {
		edit func(*Graph)
		want []Change
	}{
		"nothing":           {func(*Graph) {}, nil},
		"a property":        {func(g *Graph) { g.Nodes["mail"].Props["to"] = "b@ex.ro" }, []Change{with(mail, Changed, "to", "a@ex.ro", "b@ex.ro")}},
		"a new property":    {func(g *Graph) { g.Nodes["mail"].Props["cc"] = 1 }, []Change{with(mail, Changed, "cc", nil, 1.0)}},
		"a property gone":   {func(g *Graph) { delete(g.Nodes["mail"].Props, "to") }, []Change{with(mail, Changed, "to", "a@ex.ro", nil)}},
		"disabled":          {func(g *Graph) { edit(g, "mail", func(n *Node) { n.Disabled = true }) }, []Change{with(mail, Changed, "disabled", nil, true)}},
		"a number's type":   {func(g *Graph) { g.Nodes["start"].Props["fields"] = []string{"amount"} }, nil},
		"moved":             {func(g *Graph) { g.Layout["mail"] = Point{5, 100} }, []Change{with(mail, Shifted, "", []any{0.0, 100.0}, []any{5.0, 100.0})}},
		"laid out no more":  {func(g *Graph) { delete(g.Layout, "mail") }, []Change{with(mail, Shifted, "", []any{0.0, 100.0}, nil)}},
		"a setting":         {func(g *Graph) { g.Settings.Public = false }, []Change{{Kind: Changed, What: OfSetting, Prop: "public", Before: true, After: false}}},
		"the resource":      {func(g *Graph) { g.Resource = crm.Lead }, []Change{{Kind: Changed, What: OfSetting, Prop: "resource", Before: "deal", After: "lead"}}},
		"a condition":       {func(g *Graph) { g.Connectors["c1"] = Connector{From: "start.out", To: "mail", If: "true"} }, []Change{with(c1, Changed, "if", nil, "true")}},
		"a connector gone":  {func(g *Graph) { delete(g.Connectors, "c1") }, []Change{with(c1, Removed, "", map[string]any{"from": "start.out", "to": "mail"}, nil)}},
		"an empty list":     {func(g *Graph) { g.Settings.Members = []string{} }, nil},
		"a node comes":      {func(g *Graph) { g.Nodes["end"] = Node{Type: "end"} }, []Change{{Kind: Added, What: OfNode, ID: "end", Title: "end", After: map[string]any{"type": "end"}}}},
		"a node goes":       {func(g *Graph) { delete(g.Nodes, "mail") }, []Change{with(mail, Removed, "", map[string]any{"type": "send_email", "title": "Mail the owner", "to": "a@ex.ro"}, nil)}},
		"a connector turns": {func(g *Graph) { g.Connectors["c1"] = Connector{From: "start.out", To: "start"} }, []Change{{Kind: Changed, What: OfConnector, ID: "c1", Title: "start.out -> start", Prop: "to", Before: "mail", After: "start"}}},
	} {
		t.Run(name, func(t *testing.T) {
			g := small()
			c.edit(&g)
			require.Equal(t, c.want, Diff(small(), g))
		})
	}
}

func edit(g *Graph, id string, change func(*Node)) {
	n := g.Nodes[id]
	change(&n)
	g.Nodes[id] = n
}

func TestDiffIsInOneOrder(t *testing.T) {
	a, b := small(), Graph{Settings: Settings{Reentry: OnceEver}, Nodes: map[string]Node{"z": {Type: "end"}, "mail": {Type: "note", Title: "T"}}}
	var lines []string
	for _, c := range Diff(a, b) {
		lines = append(lines, fmt.Sprintf("%s %s %s %s", c.Kind, c.What, c.ID, c.Prop))
	}
	require.Equal(t, []string{
		"changed setting  allow_multiple", "changed setting  public", "changed setting  reentry", "changed setting  resource",
		"changed node mail title", "changed node mail to", "changed node mail type", "moved node mail ", "removed node start ", "added node z ",
		"removed connector c1 ",
	}, lines)
}

func drawGraph(t *rapid.T, name string) Graph {
	id := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	value := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return s }), rapid.Map(rapid.IntRange(-9, 9), func(n int) any { return float64(n) }),
		rapid.Just[any](nil), rapid.Just[any]([]any{"x", 1.0}),
	)
	node := rapid.Custom(func(t *rapid.T) Node {
		return Node{
			Type: rapid.SampledFrom([]string{"branch", "end"}).Draw(t, "type"), Title: rapid.SampledFrom([]string{"", "T"}).Draw(t, "title"),
			Disabled: rapid.Bool().Draw(t, "disabled"), Routing: rapid.MapOf(id, rapid.Just(RouteAll)).Draw(t, "routing"),
			Props: rapid.MapOf(rapid.SampledFrom([]string{"p", "q"}), value).Draw(t, "props"),
		}
	})
	connector := rapid.Custom(func(t *rapid.T) Connector {
		return Connector{From: id.Draw(t, "from") + ".out", To: id.Draw(t, "to"), If: rapid.SampledFrom([]string{"", "x"}).Draw(t, "if"), Order: rapid.IntRange(0, 2).Draw(t, "order")}
	})
	point := rapid.Custom(func(t *rapid.T) Point { return Point{rapid.IntRange(0, 2).Draw(t, "x"), 0} })
	return Graph{
		Resource: rapid.SampledFrom(crm.Resources).Draw(t, name), Settings: Settings{Reentry: OneActive, Public: rapid.Bool().Draw(t, "public"), Zone: rapid.SampledFrom([]string{"", "UTC"}).Draw(t, "zone")},
		Nodes: rapid.MapOf(id, node).Draw(t, "nodes"), Connectors: rapid.MapOf(id, connector).Draw(t, "connectors"), Layout: rapid.MapOf(id, point).Draw(t, "layout"),
	}
}

func TestAGraphDoesNotDifferFromItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t, "g")
		require.Empty(t, Diff(g, g))
		require.Empty(t, Diff(g, g.Clone()))
		data, err := json.Marshal(g)
		require.NoError(t, err)
		var read Graph
		require.NoError(t, json.Unmarshal(data, &read))
		require.Empty(t, Diff(g, read), "nor from what its file says")
	})
}

func TestOnlyMovesLeaveTheHashAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawGraph(t, "a"), drawGraph(t, "b")
		if rapid.Bool().Draw(t, "near") {
			b.Nodes, b.Connectors, b.Settings, b.Resource = a.Nodes, a.Connectors, a.Settings, a.Resource
		}
		logic := false
		for _, c := range Diff(a, b) {
			logic = logic || c.Kind != Shifted
		}
		require.Equal(t, logic, a.Hash() != b.Hash())
	})
}

func TestADiffBackwardsIsTheOpposite(t *testing.T) {
	opposite := map[string]string{Added: Removed, Removed: Added, Changed: Changed, Shifted: Shifted}
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawGraph(t, "a"), drawGraph(t, "b")
		there, back := Diff(a, b), Diff(b, a)
		require.Len(t, back, len(there))
		for i, c := range there {
			c.Kind, c.Before, c.After, c.Title = opposite[c.Kind], c.After, c.Before, back[i].Title
			require.Equal(t, back[i], c)
		}
	})
}

// patch applies changes to the JSON objects of a graph.
func patch(g map[string]map[string]any, changes []Change) {
	for _, c := range changes {
		all, key := g[c.What], c.ID
		switch {
		case c.Kind == Shifted:
			continue
		case c.Prop != "" && c.What != OfSetting:
			all, key = all[c.ID].(map[string]any), c.Prop
		case c.Prop != "":
			key = c.Prop
		}
		if c.After == nil && c.Kind != Changed {
			delete(all, key)
			continue
		}
		all[key] = c.After
	}
}

func objects(g Graph) map[string]map[string]any {
	settings := object(g.Settings)
	settings["resource"] = string(g.Resource)
	return map[string]map[string]any{OfSetting: settings, OfNode: object(g.Nodes), OfConnector: object(g.Connectors)}
}

func TestADiffHoldsAllThatIsNeededToGetThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawGraph(t, "a"), drawGraph(t, "b")
		got, want := objects(a), objects(b)
		patch(got, Diff(a, b))
		for _, all := range []map[string]map[string]any{got, want} {
			dropNils(all[OfSetting])
			for _, what := range []string{OfNode, OfConnector} {
				for _, o := range all[what] {
					dropNils(o.(map[string]any))
				}
			}
		}
		require.Equal(t, want, got)
	})
}

// dropNils makes "absent" and "null" one.
func dropNils(m map[string]any) {
	for k, v := range m {
		if v == nil {
			delete(m, k)
		}
	}
}
