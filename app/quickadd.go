package app

import (
	"slices"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/canvas"
	"millrace.dev/app/edit"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// quickAdd is the list of node types at the pointer or after the selection.
type quickAdd struct {
	at        canvas.Point // world: top left corner of the new node
	screen    canvas.Point // of the list
	from      edit.End     // wired from here, when its node is not ""
	connector string       // inserted on this one
	replace   string       // replaces this node
	search    string
	index     int
}

const quickW, quickH = 300, 380

func (e *editor) openQuick(q quickAdd, below canvas.Point) {
	s := e.stage.camera.ToScreen(below)
	c := e.clear()
	q.screen = canvas.Point{
		X: max(c.X+8, min(s.X, c.X+c.W-quickW-8)),
		Y: max(8, min(s.Y, c.H-quickH-8)),
	}
	e.quick = &q
	e.root.focus(".quick input")
	e.update()
}

// openQuickAt opens the list at a world point.
func (e *editor) openQuickAt(at canvas.Point, from edit.End, connector string) {
	p := canvas.SnapToGrid(canvas.Point{X: at.X - canvas.NodeW/2, Y: at.Y})
	e.openQuick(quickAdd{at: p, from: from, connector: connector}, at)
}

// quickAfterSelection opens the list below the selected node, wired to its first
// free port; without a selection in the middle of what is seen.
func (e *editor) quickAfterSelection() {
	g, cat := e.doc.Graph, e.doc.Catalogue
	if id, ok := e.doc.Selection.One(); ok {
		if port, ok := edit.FreePort(g, cat, id); ok {
			at := edit.PlaceAfter(g, cat, id, port)
			p := canvas.Point{X: float64(at[0]), Y: float64(at[1])}
			e.openQuick(quickAdd{at: p, from: edit.End{Node: id, Port: port}}, p)
			return
		}
	}
	c := e.stage.camera.ToWorld(e.clear().Center())
	e.openQuickAt(c, edit.End{}, "")
}

func (e *editor) quickOnConnector(id string) {
	if p, ok := e.sheet.scene.Path(id); ok {
		e.openQuickAt(p.Middle(), edit.End{}, id)
	}
}

func (e *editor) openReplace() {
	if id, ok := e.doc.Selection.One(); ok {
		c, _ := e.sheet.scene.Card(id)
		e.openQuick(quickAdd{replace: id}, canvas.Point{X: c.Box.X, Y: c.Box.Bottom() + 8})
	}
}

// quickSpecs are the types that may be chosen: what cannot be led to is left out
// when the new node is to be wired.
func (e *editor) quickSpecs() []specGroup {
	q := e.quick
	wired := q.from.Node != "" || q.connector != ""
	var out []specGroup
	for _, g := range e.root.specsFor(q.search) {
		if wired {
			g.specs = slices.DeleteFunc(g.specs, func(s nodes.Spec) bool { return s.Group == nodes.Triggers || s.Group == nodes.Notes })
		}
		if len(g.specs) > 0 {
			out = append(out, g)
		}
	}
	return out
}

func (e *editor) quickView() ui.UI {
	q, r := e.quick, e.root
	groups := e.quickSpecs()
	var flat []nodes.Spec
	for _, g := range groups {
		flat = append(flat, g.specs...)
	}
	q.index = max(0, min(q.index, len(flat)-1))
	step := func(d int) func() {
		return func() {
			if len(flat) > 0 {
				q.index = (q.index + d + len(flat)) % len(flat)
				r.ctx.Defer(func(ui.Context) {
					el := ui.Window().Get("document").Call("querySelector", ".quick .item.at")
					if el.Truthy() {
						el.Call("scrollIntoView", map[string]any{"block": "nearest"})
					}
				})
			}
		}
	}
	keys := map[string]func(){
		"ArrowDown": step(1), "ArrowUp": step(-1),
		"Escape": func() { e.quick = nil; e.focusStage() },
		"Enter":  e.enterQuick,
	}
	i := -1
	list := ui.Elem("div").Class("list").Role("listbox").Body(each(groups, func(_ int, g specGroup) ui.UI {
		return ui.Elem("section").Body(ui.If(g.group != "", func() ui.UI { return ui.Elem("h4").Text(r.groupTitle(g.group)) }), ui.Elem("div").Body(each(g.specs, func(_ int, s nodes.Spec) ui.UI {
			i++
			return e.quickItem(s, i == q.index)
		})...))
	})...)
	return ui.Elem("div").Class("quick").DataSet("free", "1").Style("left", num(q.screen.X)+"px").Style("top", num(q.screen.Y)+"px").
		OnKeyDown(onKey(keys), ui.EventScope(q.index, q.search, q.from, q.connector, q.replace)).Body(
		searchField(q.search, r.t("editor.add_step"), func(v string) { q.search, q.index = v, 0 }),
		ui.If(len(flat) == 0, func() ui.UI { return ui.Elem("div").Class("empty").Body(ui.Elem("p").Text(r.t("editor.no_type"))) }),
		list)
}

func (e *editor) quickItem(s nodes.Spec, at bool) ui.UI {
	class := "item g-" + string(s.Group)
	if at {
		class += " at"
	}
	return ui.Elem("button").Attr("type", "button").Class(class).Role("option").Aria("selected", yes(at)).DataSet("quick", s.Type).TabIndex(-1).
		OnClick(does(func() { e.insertQuick(s.Type) }), ui.EventScope(s.Type)).Body(
		ui.Elem("span").Class("chip s").Body(icon(iconOf(s.Type), "s")),
		ui.Elem("span").Class("grow").Body(ui.Elem("div").Class("cut name").Text(e.root.typeTitle(s.Type)), ui.Elem("div").Class("small cut").Text(e.root.summary(s))))
}

// enterQuick chooses what is marked now, however fast it was typed.
func (e *editor) enterQuick() {
	if e.quick == nil {
		return
	}
	var flat []nodes.Spec
	for _, g := range e.quickSpecs() {
		flat = append(flat, g.specs...)
	}
	if len(flat) > 0 {
		e.insertQuick(flat[max(0, min(e.quick.index, len(flat)-1))].Type)
	}
}

// insertQuick adds what was chosen and opens its panel. A second press of Enter
// may come when the list has closed already.
func (e *editor) insertQuick(typ string) {
	q := e.quick
	if q == nil {
		return
	}
	e.quick = nil
	node := flow.Node{Type: typ, Props: map[string]any{}}
	at := flow.Point{int(q.at.X), int(q.at.Y)}
	switch {
	case q.replace != "":
		if _, ok := e.apply(edit.ReplaceNode{Node: q.replace, With: node}); ok {
			e.choose(edit.Select(q.replace))
			e.openPanel()
		}
	case q.connector != "":
		e.added(e.apply(edit.InsertOnConnector{Connector: q.connector, Node: node}))
	default:
		e.added(e.apply(edit.AddNode{Node: node, At: edit.FreePlace(e.doc.Graph, at), From: q.from}))
	}
}

// focusStage gives the keyboard to the canvas at once: the next key may follow
// before the next drawing.
func (e *editor) focusStage() {
	if el := ui.Window().GetElementByID("stage"); el.Truthy() {
		el.Call("focus", map[string]any{"preventScroll": true})
	}
}
