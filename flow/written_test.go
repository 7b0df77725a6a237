package flow

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"millrace.dev/crm"
)

const bigDeal = `flow big-deal "Big deal" deal
name vi "Cơ hội lớn"
set allow_multiple false
set zone "Europe/Bucharest"
node start record_updated fields=["amount"] when="deal.amount > 10000"
node mail send_email "Mail the owner" disabled routing={"sent":"all"} subject="Big"
node reply wait_event
  event = "message.received"
  note_text = "a rather long value that makes the line longer than a hundred bytes in all"
  timeout = "PT1H"
node call create_task about="Call"
start.out -> mail
mail.sent -> reply
reply.timeout -> call if "deal.amount > 5" label "late"
reply.timeout -> mail order 7 as back
place start 0 -160
`

func TestWrittenFormReadsEveryKindOfLine(t *testing.T) {
	f, problems := ParseWritten(bigDeal)
	require.Empty(t, problems)
	require.Equal(t, "big-deal", f.Flow)
	require.Equal(t, map[string]string{"en": "Big deal", "vi": "Cơ hội lớn"}, f.Name)
	require.Equal(t, crm.Deal, f.Graph.Resource)
	require.False(t, f.Graph.Settings.AllowMultiple)
	require.True(t, f.Graph.Settings.Public)
	require.Equal(t, []any{"amount"}, f.Graph.Nodes["start"].Props["fields"])
	require.Equal(t, Node{Type: "send_email", Title: "Mail the owner", Disabled: true,
		Routing: map[string]string{"sent": "all"}, Props: map[string]any{"subject": "Big"}}, f.Graph.Nodes["mail"])
	require.Equal(t, "PT1H", f.Graph.Nodes["reply"].Props["timeout"])
	require.Equal(t, Connector{From: "reply.timeout", To: "call", If: "deal.amount > 5", Label: "late"}, f.Graph.Connectors["c3"])
	require.Equal(t, 7, f.Graph.Connectors["back"].Order)
	require.Equal(t, Point{0, -160}, f.Graph.Layout["start"])
}

func TestWrittenFormIsItsOwnNormalForm(t *testing.T) {
	f, problems := ParseWritten(bigDeal)
	require.Empty(t, problems)
	require.Equal(t, bigDeal, Written(f))
}

func TestWrittenFormTellsLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct{ src, code, place string }{
		"unknown line":      {"flow a \"A\" deal\nnod x y\n", "unknown_line", "Line 2, column 1:"},
		"unknown resource":  {"flow a \"A\" deals\n", "unknown_resource", "Line 1, column 12:"},
		"missing title":     {"flow a deal\n", "no_text", "Line 1, column 8:"},
		"node twice":        {"flow a \"A\" deal\nnode x y\nnode x z\n", "duplicate", "Line 3, column 6:"},
		"property twice":    {"flow a \"A\" deal\nnode x y a=1 a=2\n", "duplicate", "Line 2, column 14:"},
		"bad JSON":          {"flow a \"A\" deal\nnode x y a=[1\n", "bad_json", "Line 2, column 12:"},
		"key twice":         {"flow a \"A\" deal\nnode x y a={\"b\":1,\"b\":2}\n", "duplicate", "Line 2, column 12:"},
		"stray property":    {"flow a \"A\" deal\n  a = 1\n", "stray_property", "Line 2, column 3:"},
		"unknown setting":   {"flow a \"A\" deal\nset publik true\n", "unknown_setting", "Line 2, column 5:"},
		"setting's type":    {"flow a \"A\" deal\nset public 3\n", "wrong_type", "Line 2, column 12:"},
		"word behind":       {"flow a \"A\" deal\na.out -> b when \"x\"\n", "unknown_word", "Line 2, column 12:"},
		"connector twice":   {"flow a \"A\" deal\na -> b as c\na -> b as c\n", "duplicate", "Line 3, column 1:"},
		"too much":          {"flow a \"A\" deal deal\n", "trailing_data", "Line 1, column 17:"},
		"no flow":           {"node x y\n", "no_flow", "Line 2, column 1:"},
		"half a coordinate": {"flow a \"A\" deal\nplace a 1.5 2\n", "wrong_type", "Line 2, column 9:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := ParseWritten(c.src)
			require.NotEmpty(t, problems)
			require.Equal(t, c.code, problems[0].Code, problems.String())
			require.True(t, strings.HasPrefix(problems[0].Text, c.place), problems[0].Text)
		})
	}
}

func TestWrittenFormReportsEveryBadLine(t *testing.T) {
	_, problems := ParseWritten("flow a \"A\" deal\nx\nnode\ny\n")
	require.Len(t, problems, 3)
}

func TestWrittenFormGivesUpOnWhatIsNoFlow(t *testing.T) {
	_, problems := ParseWritten(strings.Repeat("x y\n", 200_000))
	require.Len(t, problems, maxWrittenProblems)
	_, problems = ParseWritten(strings.Repeat("#", maxWritten+1))
	require.Equal(t, "too_large", problems[0].Code)
}

func TestWrittenFormRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFile(t)
		text := Written(f)
		back, problems := ParseWritten(text)
		require.Empty(t, problems, text)
		require.Equal(t, f, back, text)
	})
}

func anyFile(t *rapid.T) File {
	name := rapid.StringMatching(`[a-z][a-z0-9_-]{0,12}`)
	text := rapid.String().Filter(func(s string) bool { return s != "" && strings.ToValidUTF8(s, "") == s })
	value := rapid.Custom(func(t *rapid.T) any { return anyValue(t, 3) })
	set := DefaultSettings()
	set.Public = rapid.Bool().Draw(t, "public")
	set.AllowMultiple = rapid.Bool().Draw(t, "multiple")
	set.Zone = rapid.SampledFrom([]string{"", "Europe/Warsaw"}).Draw(t, "zone")
	set.Reentry = rapid.SampledFrom([]string{OneActive, OnceEver, Parallel}).Draw(t, "reentry")
	f := File{Schema: FileSchema, Flow: name.Draw(t, "slug"), Name: rapid.MapOf(rapid.SampledFrom(crm.Languages), text).Draw(t, "names"),
		Graph: Graph{Resource: rapid.SampledFrom(crm.Resources).Draw(t, "resource"), Settings: set,
			Nodes: map[string]Node{}, Connectors: map[string]Connector{}, Layout: map[string]Point{}}}
	prop := name.Filter(func(s string) bool { return !ReservedProp(s) })
	ids := rapid.SliceOfNDistinct(name, 1, 6, rapid.ID[string]).Draw(t, "ids")
	for _, id := range ids {
		n := Node{Type: name.Draw(t, "type"), Disabled: rapid.Bool().Draw(t, "disabled"), Props: rapid.MapOf(prop, value).Draw(t, "props")}
		n.Title = rapid.OneOf(rapid.Just(""), text).Draw(t, "title")
		if rapid.Bool().Draw(t, "routes") {
			n.Routing = map[string]string{"out": RouteAll}
		}
		f.Graph.Nodes[id] = n
		f.Graph.Layout[id] = Point{rapid.IntRange(-9000, 9000).Draw(t, "x"), 5}
	}
	for _, id := range rapid.SliceOfDistinct(rapid.OneOf(name, rapid.SampledFrom([]string{"c1", "c2", "c10"})), rapid.ID[string]).Draw(t, "connectors") {
		c := Connector{From: rapid.SampledFrom(ids).Draw(t, "from"), To: rapid.SampledFrom(ids).Draw(t, "to"), Order: rapid.IntRange(0, 3).Draw(t, "order")}
		c.From += rapid.SampledFrom([]string{"", ".out", ".sent"}).Draw(t, "port")
		c.If, c.Label = rapid.OneOf(rapid.Just(""), text).Draw(t, "if"), rapid.OneOf(rapid.Just(""), text).Draw(t, "label")
		f.Graph.Connectors[id] = c
	}
	return f
}

func anyValue(t *rapid.T, depth int) any {
	kinds := 4
	if depth > 0 {
		kinds = 6
	}
	switch rapid.IntRange(1, kinds).Draw(t, "kind") {
	case 1:
		return rapid.String().Draw(t, "text")
	case 2:
		return rapid.Float64Range(-1e12, 1e12).Draw(t, "number")
	case 3:
		return rapid.Bool().Draw(t, "bool")
	case 4:
		return nil
	case 5:
		list := make([]any, rapid.IntRange(0, 3).Draw(t, "n"))
		for i := range list {
			list[i] = anyValue(t, depth-1)
		}
		return list
	}
	m := map[string]any{}
	for range rapid.IntRange(0, 3).Draw(t, "n") {
		m[rapid.String().Draw(t, "key")] = anyValue(t, depth-1)
	}
	return m
}

func FuzzParseWritten(f *testing.F) {
	f.Add(bigDeal)
	f.Add("flow \"\" \"\" deal\nnode \"x y\" \"t\" \"\\u2028\"\n\"a.b\" -> \"->\"\n")
	f.Fuzz(func(t *testing.T, src string) {
		file, problems := ParseWritten(src)
		if len(problems) > 0 {
			return
		}
		text := Written(file)
		again, problems := ParseWritten(text)
		require.Empty(t, problems, text)
		require.Equal(t, text, Written(again))
	})
}
