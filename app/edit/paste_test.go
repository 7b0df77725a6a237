package edit

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow"
)

func TestPastingRenamesAndKeepsInnerReferences(t *testing.T) {
	d := sample()
	apply(t, d, AddNode{ID: "back", Node: flow.Node{Type: "go_to", Props: map[string]any{"node": "branch"}}})
	clip, dropped := d.Copy([]string{"branch", "mail", "back"})
	require.Equal(t, []Dropped{{Node: "branch", Ref: "start"}, {Node: "branch", Ref: "end"}, {Node: "mail", Ref: "end"}}, dropped)

	again, ok := ParseClip(clip.Text())
	require.True(t, ok)
	require.Equal(t, "f1", again.Flow)
	r := apply(t, d, Paste{Clip: again, At: &flow.Point{1000, 1000}, Flow: "f1"})
	require.Equal(t, []string{"back_2", "branch_2", "mail_2"}, r.Added)
	require.Equal(t, "branch_2", d.Graph.Nodes["back_2"].Props["node"])
	require.Equal(t, "{{ steps.branch_2.port }} {{ deal.name }}", d.Graph.Nodes["mail_2"].Props["text"])
	require.Equal(t, "{{ steps.branch.port }} {{ deal.name }}", d.Graph.Nodes["mail"].Props["text"])
	require.Len(t, d.Graph.Connectors, 5)
	require.Equal(t, "branch_2.yes", d.Graph.Connectors["c5"].From)
	require.Equal(t, r.Added, d.Selection.Nodes())
	require.Equal(t, "paste 3 steps", r.Label.String())
	d.Undo()
	require.Len(t, d.Graph.Nodes, 6)
}

func TestPastingElsewhereDropsOuterReferencesAndTells(t *testing.T) {
	d := sample()
	apply(t, d, AddNode{ID: "back", Node: flow.Node{Type: "go_to", Props: map[string]any{"node": "branch"}}})
	clip, _ := d.Copy([]string{"back"})
	r := apply(t, d, Paste{Clip: clip, Flow: "f1"})
	require.Empty(t, r.Dropped)
	require.Equal(t, "branch", d.Graph.Nodes["back_2"].Props["node"], "at home it still exists")
	r = apply(t, d, Paste{Clip: clip, Flow: "other"})
	require.Equal(t, []Dropped{{Node: "back_3", Property: "node", Ref: "branch"}}, r.Dropped)
	require.NotContains(t, d.Graph.Nodes["back_3"].Props, "node")
}

func TestPastingAWholeFlowFileDropsItsLooseConnectors(t *testing.T) {
	clip, ok := ParseClip(`{"schema":1,"flow":"x","name":{"en":"X"},"resource":"deal",
		"nodes":{"mail":{"type":"mail"},"b":{"type":"end"}},
		"connectors":{"c1":{"from":"mail.out","to":"b"},"c2":{"from":"mail.out","to":"gone"}}}`)
	require.True(t, ok)
	d := sample()
	r := apply(t, d, Paste{Clip: clip, Flow: "f1"})
	require.Equal(t, []Dropped{{Node: "mail_2", Ref: "gone"}}, r.Dropped)
	require.NotEqual(t, d.Graph.Layout["mail_2"], d.Graph.Layout["b"], "nodes without a place get one")
	require.Equal(t, flow.Connector{From: "mail_2.out", To: "b"}, d.Graph.Connectors["c5"])
}

func TestOtherTextIsNoClip(t *testing.T) {
	for _, s := range []string{"", "hello", "{", "[1]", `{"nodes":{}}`, `{"schema":1,"flow":"x","name":{},"resource":"deal","nodes":{},"connectors":{}}`} {
		_, ok := ParseClip(s)
		require.False(t, ok, s)
	}
}

func TestDuplicatingStandsBesideAndCoversNothing(t *testing.T) {
	d := sample()
	r := apply(t, d, Duplicate{Nodes: []string{"branch", "mail"}})
	require.Equal(t, []string{"branch_2", "mail_2"}, r.Added)
	require.Equal(t, flow.Point{288, 144}, d.Graph.Layout["branch_2"])
	require.Equal(t, flow.Point{144, 288}, d.Graph.Layout["mail_2"])
	require.Len(t, r.Dropped, 3)
	r = apply(t, d, Duplicate{Nodes: []string{"mail_2"}, DX: 5, DY: 100})
	require.Equal(t, []string{"mail_3"}, r.Added, "numbers do not pile up")
	require.Equal(t, flow.Point{144, 384}, d.Graph.Layout["mail_3"])
}

func TestPastingStopsAtTheLimit(t *testing.T) {
	d := sample()
	big := Clip{Graph: flow.Graph{Nodes: map[string]flow.Node{}}}
	for i := range flow.MaxNodes - len(d.Graph.Nodes) {
		big.Graph.Nodes[strings.Repeat("x", i%60+1)+string(rune('a'+i/60))] = flow.Node{Type: "end"}
	}
	n := len(big.Graph.Nodes)
	require.Equal(t, flow.MaxNodes, n+len(d.Graph.Nodes))
	apply(t, d, Paste{Clip: big})
	_, err := d.Apply(AddNode{Node: flow.Node{Type: "end"}})
	require.Equal(t, flow.CodeLimit, flow.CodeOf(err))
	_, err = d.Apply(Duplicate{Nodes: []string{"mail"}})
	require.Equal(t, flow.CodeLimit, flow.CodeOf(err))
}

func TestStepReferencesInTexts(t *testing.T) {
	names := map[string]string{"mail": "mail_2", "a-b": "a-b_2"}
	for in, want := range map[string]string{
		"steps.mail.x":                   "steps.mail_2.x",
		"{{ steps.mail.x }} steps.mail":  "{{ steps.mail_2.x }} steps.mail_2",
		"steps?.mail?.x":                 "steps?.mail_2?.x",
		`steps["a-b"].x + steps['mail']`: `steps["a-b_2"].x + steps['mail_2']`,
		"steps.mails.x":                  "steps.mails.x",
		"my_steps.mail":                  "my_steps.mail",
		"deal.steps.mail":                "deal.steps.mail",
		"steps":                          "steps",
		"steps.":                         "steps.",
		`steps["mail`:                    `steps["mail`,
		"mail":                           "mail",
	} {
		require.Equal(t, want, renameSteps(in, names))
	}
	require.Equal(t, map[string]any{"l": []any{"steps.mail_2", 1.0}},
		renameIn(map[string]any{"l": []any{"steps.mail", 1.0}}, names))
}

func TestIdsAreReadable(t *testing.T) {
	d := sample()
	require.Equal(t, "send_email", NewNodeID(d.Graph, "send_email"))
	require.Equal(t, "mail_2", NewNodeID(d.Graph, "mail"))
	require.Equal(t, "step", NewNodeID(d.Graph, ""))
	require.Equal(t, "ab_", NewNodeID(d.Graph, "AB!"))
	long := strings.Repeat("x", 100)
	require.Len(t, NewNodeID(d.Graph, long), flow.MaxID)
	require.Equal(t, strings.Repeat("x", 62)+"_2", freeID(strings.Repeat("x", 64), func(s string) bool { return len(s) == 64 && !strings.HasSuffix(s, "_2") }))
	require.Equal(t, "mail", withoutNumber("mail_2"))
	require.Equal(t, "mail_x", withoutNumber("mail_x"))
	require.Equal(t, "mail_1", withoutNumber("mail_1"))
}
