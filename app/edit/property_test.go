package edit

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"millrace.dev/app/canvas"
	"millrace.dev/flow"
)

// someCommand draws a command, often a possible one, sometimes not.
func someCommand(t *rapid.T, d *Document) Command {
	node := func(label string) string {
		return rapid.SampledFrom(append(sortedNodes(d.Graph), "nobody")).Draw(t, label)
	}
	nodes := func() []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(append(sortedNodes(d.Graph), "nobody")), 1, 3, rapid.ID).Draw(t, "nodes")
	}
	line := func() string { return rapid.SampledFrom(append(sortedConnectors(d.Graph), "nothing")).Draw(t, "line") }
	typ := func() string {
		return rapid.SampledFrom([]string{"start", "branch", "mail", "end", "go_to", "note"}).Draw(t, "type")
	}
	port := func() string { return rapid.SampledFrom([]string{"out", "yes", "no", "error", ""}).Draw(t, "port") }
	text := func() string { return rapid.SampledFrom([]string{"", "a", "steps.mail.x"}).Draw(t, "text") }
	place := func() flow.Point {
		return flow.Point{rapid.IntRange(-600, 600).Draw(t, "x"), rapid.IntRange(-600, 600).Draw(t, "y")}
	}
	at := place()
	clip, _ := d.Copy(nodes())
	return rapid.SampledFrom([]func() Command{
		func() Command { return AddNode{Node: flow.Node{Type: typ()}, At: at} },
		func() Command { return AddNode{Node: flow.Node{Type: typ()}, At: at, From: End{node("from"), port()}} },
		func() Command { return MoveNodes{Nodes: nodes(), DX: at[0], DY: at[1], Free: at[0] > 0} },
		func() Command { return SetProp{Node: node("node"), Prop: "to", Value: text(), Focus: text()} },
		func() Command { return SetProp{Node: node("node"), Prop: "to"} },
		func() Command { return SetTitle{Node: node("node"), Title: text(), Focus: text()} },
		func() Command { return SetDisabled{Nodes: nodes(), Disabled: at[0] > 0} },
		func() Command {
			return SetRouting{node("node"), port(), rapid.SampledFrom([]string{"first", "all", "x"}).Draw(t, "routing")}
		},
		func() Command { return Connect{From: End{node("from"), port()}, To: node("to"), If: text()} },
		func() Command { return Reconnect{Connector: line(), To: node("to"), From: End{node("from"), port()}} },
		func() Command { return SetCondition{Connector: line(), If: text(), Focus: text()} },
		func() Command { return SetLabel{Connector: line(), Label: text()} },
		func() Command { return SetOrder{[]string{line()}} },
		func() Command { return Delete{Nodes: nodes(), Leave: at[0] > 0} },
		func() Command { return Delete{Connectors: []string{line()}} },
		func() Command { return InsertOnConnector{Connector: line(), Node: flow.Node{Type: typ()}} },
		func() Command { return InsertOnConnector{Connector: line(), Existing: node("node"), At: &at} },
		func() Command { return Paste{Clip: clip, At: &at} },
		func() Command { return Duplicate{Nodes: nodes()} },
		func() Command { return ReplaceNode{node("node"), flow.Node{Type: typ()}} },
		func() Command { return SetSettings{Settings: flow.Settings{Zone: text()}} },
		func() Command { return SetGraph{clip.Graph} },
		func() Command { return Tidy{} },
		func() Command { return Tidy{Nodes: nodes()} },
		func() Command { return Group{Nodes: nodes()} },
		func() Command { return Ungroup{nodes()} },
		func() Command {
			return Aligned(d.Graph, catalogue, nodes(), Align(rapid.IntRange(0, 7).Draw(t, "align")))
		},
		func() Command {
			return Batch{Commands: []Command{SetTitle{Node: node("node"), Title: "b"}, Delete{Nodes: nodes()}}}
		},
	}).Draw(t, "command")()
}

func TestUndoAfterDoIsAsIfNothingHappened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := sample()
		first := d.Graph.Clone()
		var last flow.Graph
		for range rapid.IntRange(1, 25).Draw(t, "commands") {
			c := someCommand(t, d)
			before := d.Graph
			kept := before.Clone()
			r, err := d.Apply(c)
			require.Equal(t, kept, before, "%T changed a graph in place", c)
			if err != nil {
				require.Equal(t, before, d.Graph)
				continue
			}
			after := d.Graph
			if r.Changed {
				require.NotEmpty(t, r.Label.String())
				p, _, err := r.Inverse.plan(after, catalogue)
				require.NoError(t, err)
				require.Equal(t, before, p.apply(after), "%T", c)
			}
			sound(t, d)
			if rapid.IntRange(0, 9).Draw(t, "undo") == 0 {
				d.Undo()
				d.Redo()
				require.Equal(t, after, d.Graph)
			}
			last = d.Graph
		}
		steps := 0
		for _, ok := d.Undo(); ok; _, ok = d.Undo() {
			steps++
		}
		require.Equal(t, first, d.Graph)
		require.False(t, d.Dirty())
		for range steps {
			_, ok := d.Redo()
			require.True(t, ok)
		}
		if last.Nodes != nil {
			require.Equal(t, last, d.Graph)
		}
	})
}

// sound checks what every document keeps.
func sound(t *rapid.T, d *Document) {
	g := d.Graph
	for id := range g.Nodes {
		require.True(t, flow.ValidID(id))
		require.Contains(t, g.Layout, id)
	}
	require.Len(t, g.Layout, len(g.Nodes))
	for id, c := range g.Connectors {
		from, _ := c.Source()
		require.Contains(t, g.Nodes, from, id)
		require.Contains(t, g.Nodes, c.To, id)
		require.NotEqual(t, from, c.To, id)
	}
	for _, id := range d.Selection.Nodes() {
		require.Contains(t, g.Nodes, id)
	}
}

// someGraph draws a document by commands.
func someGraph(t *rapid.T) *Document {
	d := sample()
	for range rapid.IntRange(0, 30).Draw(t, "commands") {
		_, _ = d.Apply(someCommand(t, d))
	}
	return d
}

func TestTidyTwiceIsTidyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := someGraph(t)
		_, err := d.Apply(Tidy{})
		require.NoError(t, err)
		once := maps.Clone(d.Graph.Layout)
		r, err := d.Apply(Tidy{})
		require.NoError(t, err)
		require.False(t, r.Changed, fmt.Sprint(once, d.Graph.Layout))
	})
}

func TestTidyCoversNoStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := someGraph(t)
		_, err := d.Apply(Tidy{})
		require.NoError(t, err)
		var boxes []canvas.Box
		for id, n := range d.Graph.Nodes {
			if n.Type == "frame" || n.Type == "note" {
				continue
			}
			b := BoxOf(d.Graph, catalogue, id)
			for _, o := range boxes {
				require.False(t, b.Overlaps(o))
			}
			boxes = append(boxes, b)
		}
	})
}

func TestEveryNodeIsReadOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := someGraph(t)
		require.ElementsMatch(t, sortedNodes(d.Graph), Order(d.Graph, catalogue))
		for _, id := range Order(d.Graph, catalogue) {
			for _, dir := range []Direction{Next, Previous, SiblingBefore, SiblingAfter, First, Last} {
				if to := Walk(d.Graph, catalogue, id, dir); to != "" {
					require.Contains(t, d.Graph.Nodes, to)
				}
			}
		}
		SceneOf(d.Graph, catalogue)
	})
}

func TestAClipSurvivesItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := someGraph(t)
		clip, _ := d.Copy(sortedNodes(d.Graph))
		if len(clip.Graph.Nodes) == 0 {
			return
		}
		again, ok := ParseClip(clip.Text())
		require.True(t, ok)
		require.Equal(t, clip.Text(), again.Text())
	})
}
