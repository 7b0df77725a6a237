package app

import (
	"encoding/json"
	"testing"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/require"

	"millrace.dev/app/canvas"
	"millrace.dev/app/edit"
	"millrace.dev/app/i18n"
	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

func someRoot(role crm.Role) *Root {
	r := &Root{lang: "en", ready: true, me: session{known: true, member: crm.Member{ID: "m1", Name: "Ana Pop", Role: role}}}
	r.people = []crm.Member{{ID: "m1", Name: "Ana Pop", Teams: []string{"Sales"}}, {ID: "m2", Name: "Đức Phạm"}}
	return r
}

func someEditor(t *testing.T, g flow.Graph) *editor {
	t.Helper()
	r := someRoot(crm.Admin)
	e := &editor{root: r, id: "f1", gesture: canvas.Idle{}, flow: flow.Flow{ID: "f1", Name: map[string]string{"en": "Big deal"}, Resource: g.Resource, Active: 1, State: flow.Active}}
	e.doc = edit.Open("f1", g, 1, r.catalogue())
	e.rebuild()
	r.editor, r.at = e, place{name: "flow", id: "f1"}
	return e
}

func TestPathsNamePages(t *testing.T) {
	for path, want := range map[string]place{
		"/":                  {name: "live"},
		"/flows":             {name: "flows"},
		"/flows/f1":          {name: "flow", id: "f1"},
		"/flows/f1/versions": {name: "flow", id: "f1", sub: "versions"},
		"/runs/r1":           {name: "run", id: "r1"},
		"/records":           {name: "records", id: "deals"},
		"/records/leads":     {name: "records", id: "leads"},
		"/records/leads/L1":  {name: "record", id: "leads", sub: "L1"},
		"/tasks/x":           {name: "missing"},
	} {
		require.Equal(t, want, placeOf(path), path)
	}
}

func TestAmountsAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]float64{
		"12500": 12500, "12,500": 12500, "12.500": 12500, "1,250,000": 1250000, "1.250.000,50": 1250000.5,
		"12 500,50": 12500.5, "1,250.75": 1250.75, "12,5": 12.5, "-3.20": -3.2,
	} {
		got, err := parseNumber(text, true)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	got, err := parseNumber("0,125", false)
	require.NoError(t, err)
	require.Equal(t, 0.125, got)
	for _, text := range []string{"", "12,5x", "inf", "1e9", "-"} {
		_, err := parseNumber(text, true)
		require.Error(t, err, text)
	}
}

func TestTheServersShellIsNeverBlank(t *testing.T) {
	html := ui.HTMLString(new(Root))
	require.Contains(t, html, `class="rail"`)
	require.Contains(t, html, "skeleton")
}

func TestEveryTextOfTheCatalogueIsTranslated(t *testing.T) {
	for key, english := range nodes.TextKeys() {
		require.True(t, i18n.Has(key), "%s: %s", key, english)
		require.Equal(t, english, i18n.T("en", key), key)
	}
}

func TestEveryUndoLabelIsTranslated(t *testing.T) {
	for _, key := range edit.LabelKeys() {
		require.True(t, i18n.Has("edit."+key), key)
	}
}

func TestEveryActionOfTheEditorIsInTheTableAndTranslated(t *testing.T) {
	e := someEditor(t, flow.Graph{Resource: crm.Deal})
	for id := range e.actions() {
		a, ok := edit.Find(id)
		require.True(t, ok, id)
		if a.When == edit.GoTo || a.When == edit.Moving {
			continue // told by one hint
		}
		require.True(t, i18n.Has("action."+id), id)
	}
}

func TestEveryNodeTypeHasACardAndAPanel(t *testing.T) {
	for _, spec := range nodes.All() {
		var props map[string]any
		require.NoError(t, json.Unmarshal([]byte(spec.Example), &props), spec.Type)
		e := someEditor(t, flow.Graph{
			Resource: crm.Deal,
			Nodes:    map[string]flow.Node{"n1": {Type: spec.Type, Props: props}},
			Layout:   map[string]flow.Point{"n1": {0, 0}},
		})
		e.doc.Selection, e.panel = edit.Select("n1"), true
		for _, lang := range i18n.Languages {
			e.root.lang = lang
			html := ui.HTMLString(e.panelView())
			for _, p := range nodes.FormOf(spec.Type) {
				if shows(p, e.doc.Graph.Nodes["n1"]) {
					require.Contains(t, html, `data-prop="`+p.Name+`"`, spec.Type)
				}
			}
			c, _ := e.sheet.scene.Card("n1")
			require.Contains(t, e.sheet.cardMarkup(c, e.doc.Graph.Nodes["n1"], 0), `data-node="n1" data-type="`+spec.Type+`"`)
		}
	}
}

func TestCardsEscapeWhatAuthorsWrite(t *testing.T) {
	e := someEditor(t, flow.Graph{Resource: crm.Deal, Nodes: map[string]flow.Node{"n1": {Type: "end", Title: `<img src=x onerror=alert(1)>`}}})
	c, _ := e.sheet.scene.Card("n1")
	markup := e.sheet.cardMarkup(c, e.doc.Graph.Nodes["n1"], 0)
	require.NotContains(t, markup, "<img")
	require.Contains(t, markup, "&lt;img")
}

func TestViewersCannotChangeAFlow(t *testing.T) {
	e := someEditor(t, flow.Graph{Resource: crm.Deal})
	e.root.me.member.Role = crm.Viewer
	_, ok := e.actions()["delete"]
	require.False(t, ok)
	_, ok = e.apply(edit.AddNode{Node: flow.Node{Type: "end"}})
	require.False(t, ok)
}

func TestPortNamesAreMadeOfWhatIsTyped(t *testing.T) {
	require.Equal(t, "mare_tranzactie", portID("mare tranzacție"))
	require.Equal(t, "Big-1", portID("Big-1!"))
}

func TestFieldsAreSentAsTheApiTakesThem(t *testing.T) {
	require.Equal(t, int64(150050), fieldJSON(crm.Field{Type: crm.Money}, "1 500,50", "RON"))
	require.Equal(t, int64(1500), fieldJSON(crm.Field{Type: crm.Money}, "1500", "VND"))
	require.Equal(t, "many", fieldJSON(crm.Field{Type: crm.Number}, "many", ""))
	require.Equal(t, []any{"a", "b"}, fieldJSON(crm.Field{Type: crm.Tags}, "a, b,", ""))
	require.Equal(t, "2026-11-22T10:30:00Z", fieldJSON(crm.Field{Type: crm.Time}, "2026-11-22T10:30", ""))
}

func TestCaretIndexCountsAsBrowsersDo(t *testing.T) {
	require.Equal(t, 2, utf16Index("a😀b", 3))
	require.Equal(t, 3, utf16Index("đạt", 9))
}

func TestProblemsNameTheirField(t *testing.T) {
	require.Equal(t, "to", propOf(flow.Problem{Path: "/nodes/mail/to"}))
	require.Equal(t, "cases", propOf(flow.Problem{Path: "/nodes/b/cases/0/if"}))
	require.Equal(t, "", propOf(flow.Problem{Path: "/connectors/c1"}))
}
