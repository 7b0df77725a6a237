package app

import (
	"slices"
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/canvas"
	"millrace.dev/app/edit"
	"millrace.dev/app/i18n"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// paletteState is the palette's search and whether it is open.
type paletteState struct {
	open   bool
	search string
}

// specGroup is one section of the palette.
type specGroup struct {
	group nodes.Group
	specs []nodes.Spec
}

// specsFor lists the catalogue by group; with a query, in one section, those
// whose title begins with it first.
func (r *Root) specsFor(query string) []specGroup {
	var out []specGroup
	if query != "" {
		out = []specGroup{{}}
	}
	for _, s := range nodes.All() {
		if !matches(r.typeTitle(s.Type)+" "+r.summary(s)+" "+s.Type+" "+s.Title, query) {
			continue
		}
		if query == "" && (len(out) == 0 || out[len(out)-1].group != s.Group) {
			out = append(out, specGroup{group: s.Group})
		}
		g := &out[len(out)-1]
		g.specs = append(g.specs, s)
	}
	if query != "" {
		slices.SortStableFunc(out[0].specs, func(a, b nodes.Spec) int { return r.rank(a, query) - r.rank(b, query) })
	}
	return out
}

// rank says how well a query names a type: by a word's beginning in its title,
// within its title, or elsewhere.
func (r *Root) rank(s nodes.Spec, query string) int {
	title, q := " "+i18n.Fold(r.typeTitle(s.Type)), i18n.Fold(query)
	switch {
	case strings.HasPrefix(title, " "+q):
		return 0
	case strings.Contains(title, " "+q):
		return 1
	case strings.Contains(title, q):
		return 2
	}
	return 3
}

func (r *Root) summary(s nodes.Spec) string {
	return i18n.Or(r.lang, "node."+s.Type+".summary", s.Summary)
}

func (e *editor) paletteView() ui.UI {
	r := e.root
	return ui.Elem("aside").Class("dock palette").Aria("label", r.t("editor.palette")).Body(
		ui.Elem("div").Class("top").Body(searchField(e.palette.search, r.t("editor.search_nodes"), func(v string) { e.palette.search = v })),
		ui.Elem("div").Class("list").Body(each(r.specsFor(e.palette.search), func(_ int, g specGroup) ui.UI {
			return ui.Elem("section").Body(
				ui.If(g.group != "", func() ui.UI { return ui.Elem("h3").Text(r.groupTitle(g.group)) }),
				ui.Elem("div").Body(each(g.specs, func(_ int, s nodes.Spec) ui.UI { return e.paletteItem(s) })...))
		})...))
}

// paletteItem can be dragged to the canvas, clicked, or chosen with Enter.
func (e *editor) paletteItem(s nodes.Spec) ui.UI {
	return ui.Elem("button").Attr("type", "button").Class("item g-"+string(s.Group)).DataSet("palette", s.Type).Title(e.root.summary(s)).
		On("pointerdown", func(_ ui.Context, ev ui.Event) { e.carry(s.Type, ev) }, ui.EventScope("carry", s.Type)).
		OnClick(func(_ ui.Context, ev ui.Event) {
			// A click by keyboard has no count; one by mouse ends a carry.
			if ev.Get("detail").Int() == 0 {
				e.addType(s.Type)
			}
		}, ui.EventScope("add", s.Type)).
		Body(ui.Elem("span").Class("chip s").Body(icon(iconOf(s.Type), "s")), ui.Elem("span").Class("cut").Text(e.root.typeTitle(s.Type)))
}

// carry begins a drag out of the palette; the stage follows the pointer.
func (e *editor) carry(typ string, ev ui.Event) {
	if e.stage == nil || ev.Get("button").Int() != 0 {
		return
	}
	if _, idle := e.gesture.(canvas.Idle); !idle {
		return
	}
	e.stage.measure()
	e.gesture = canvas.PlacingFromPalette{Type: typ}
	e.carried = canvas.Point{X: ev.Get("clientX").Float(), Y: ev.Get("clientY").Float()}
	e.stage.js.Call("carry")
}

func (e *editor) previewPalette(p canvas.PalettePreview) {
	z := e.stage.camera.Zoom
	at := e.stage.camera.ToScreen(p.At)
	x, y := at.X+e.stage.size.X-canvas.NodeW/2*min(z, 1), at.Y+e.stage.size.Y-canvas.NodeH/2*min(z, 1)
	n := flow.Node{Type: p.Type}
	markup := `<div class="node g-` + string(groupOf(p.Type)) + `"><span class="chip">` + iconText(iconOf(p.Type), "") +
		`</span><span class="txt"><span class="title">` + esc(e.root.nodeTitle(n)) + `</span><span class="line">` + esc(e.root.nodeLine(n)) + `</span></span></div>`
	e.stage.op("h", markup, num(x), num(y))
	e.pick(p.Connector)
}

func (e *editor) endPalette() {
	e.stage.op("h", "", "", "")
	e.pick("")
}

// dropNew adds a node whose middle is at a world point, or on a connector. A
// press that did not leave the palette's item is a click: the node goes after
// the selection.
func (e *editor) dropNew(typ string, at canvas.Point, connector string) {
	node := flow.Node{Type: typ, Props: map[string]any{}}
	place := canvas.SnapToGrid(canvas.Point{X: at.X - canvas.NodeW/2, Y: at.Y - canvas.NodeH/2})
	p := flow.Point{int(place.X), int(place.Y)}
	if connector != "" {
		e.added(e.apply(edit.InsertOnConnector{Connector: connector, Node: node, At: &p}))
		return
	}
	e.added(e.apply(edit.AddNode{Node: node, At: edit.FreePlace(e.doc.Graph, p)}))
}

// addType adds a node after the selected one, wired to its first free port, or
// in the middle of what is seen.
func (e *editor) addType(typ string) {
	node := flow.Node{Type: typ, Props: map[string]any{}}
	g, cat := e.doc.Graph, e.doc.Catalogue
	if id, ok := e.doc.Selection.One(); ok && groupOf(typ) != nodes.Triggers && !flow.IsNote(typ) {
		if port, ok := edit.FreePort(g, cat, id); ok {
			e.added(e.apply(edit.AddNode{Node: node, At: edit.PlaceAfter(g, cat, id, port), From: edit.End{Node: id, Port: port}}))
			return
		}
	}
	at := flow.Point{}
	if e.stage != nil {
		c := e.stage.camera.ToWorld(e.clear().Center())
		p := canvas.SnapToGrid(canvas.Point{X: c.X - canvas.NodeW/2, Y: c.Y - canvas.NodeH/2})
		at = flow.Point{int(p.X), int(p.Y)}
	}
	e.added(e.apply(edit.AddNode{Node: node, At: edit.FreePlace(g, at)}))
}

// added selects a new node and opens its panel at the first invalid field.
func (e *editor) added(res edit.Result, ok bool) {
	if !ok || len(res.Added) == 0 {
		return
	}
	id := res.Added[len(res.Added)-1]
	e.choose(edit.Select(id))
	e.check()
	e.openPanel()
	e.reveal(id)
}
