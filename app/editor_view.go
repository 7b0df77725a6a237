package app

import (
	"strconv"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/edit"
	"millrace.dev/crm"
	"millrace.dev/flow"
)

// flowView draws a flow's page: top bar, and the tab's body.
func (r *Root) flowView() ([]ui.UI, ui.UI) {
	e := r.editor
	switch {
	case e == nil || e.wrong == nil && e.doc == nil:
		return []ui.UI{crumbs(r.t("nav.flows"), "/flows", "…")}, ui.Elem("div").Class("editor").Body(ui.Elem("div").Class("empty").Body(ui.Elem("p").Text(r.t("common.loading"))))
	case e.wrong != nil:
		return []ui.UI{crumbs(r.t("nav.flows"), "/flows", "?")}, ui.Elem("div").Class("scroll").Body(
			emptyState("circle-alert", r.explain(e.wrong), r.t("error.gone"), ui.Elem("a").Class("btn primary").Attr("href", "/flows").Text(r.t("nav.flows"))))
	}
	switch r.at.sub {
	case "runs":
		return e.barView(), ui.Elem("div").Class("scroll").Body(ui.Elem("div").Class("page").Body(e.tab.bodyView(r, true)))
	case "versions":
		return e.barView(), ui.Elem("div").Class("scroll").Body(ui.Elem("div").Class("page").Body(e.versionsView()))
	}
	return e.barView(), e.designView()
}

// barView is the top bar: where, which state, saved, problems, publish.
func (e *editor) barView() []ui.UI {
	r := e.root
	name := crm.Say(e.flow.Name, r.lang)
	tab := func(sub, text string) ui.UI {
		path := "/flows/" + e.id
		if sub != "" {
			path += "/" + sub
		}
		a := ui.Elem("a").Attr("href", path).DataSet("tab", sub).Text(text)
		if r.at.sub == sub {
			a = a.Aria("current", "page")
		}
		return a
	}
	bar := []ui.UI{
		ui.Elem("nav").Class("crumbs grow").Body(
			ui.Elem("a").Class("hide-s").Attr("href", "/flows").Text(r.t("nav.flows")), ui.Elem("span").Class("sep hide-s").Text("/"),
			ui.Elem("input").Class("cut").Attr("value", name).Aria("label", r.t("flows.name")).Attr("maxlength", flow.MaxName).Attr("readonly", !r.mayAuthor()).DataSet("prop", "name").
				OnChange(typed(func(v string) { e.rename(v) }), ui.EventScope(e.id)),
			ui.Elem("span").Class("hide-s").Body(r.statePill(e.flow.State))),
		ui.Elem("nav").Class("tabs").Body(tab("", r.t("editor.design")), tab("runs", r.t("nav.runs")), tab("versions", r.t("editor.versions"))),
		ui.Elem("span").Class("grow"),
	}
	if r.amber {
		bar = append(bar, r.liveMark())
	}
	bar = append(bar, ui.Elem("span").Class("hide-s").Body(e.savedView()))
	if r.at.sub == "" {
		bar = append(bar, e.problemsButton())
	}
	if r.mayAdmin() {
		bar = append(bar, e.stateSwitch(), e.publishButton())
	}
	return bar
}

func (e *editor) stateSwitch() ui.UI {
	f := e.flow
	if f.Active == 0 {
		return nil
	}
	return ui.Elem("button").Attr("type", "button").Class("switch").Role("switch").DataSet("action", "toggle").Aria("checked", yes(f.State == flow.Active)).
		Aria("label", e.root.t("flows.turn_on", crm.Say(f.Name, e.root.lang))).
		OnClick(does(func() { e.root.toggleFlow(e.flow, func(got flow.Flow) { e.flow = got }) }), ui.EventScope(e.id))
}

func (e *editor) publishButton() ui.UI {
	class := "primary"
	if !e.unpublished() {
		class = ""
	}
	return button("publish", class, "rocket", e.root.t("editor.publish"), e.openPublish, e.id).Attr("disabled", e.frozen() || !e.unpublished())
}

func (e *editor) rename(v string) {
	if v != "" && v != crm.Say(e.flow.Name, e.root.lang) {
		e.root.renameFlow(e.flow, v, func(got flow.Flow) { e.flow = got })
	}
}

// savedView says where the draft stands.
func (e *editor) savedView() ui.UI {
	r := e.root
	text, mark := r.t("editor.draft_saved"), icon("check", "s")
	switch {
	case e.frozen():
		text, mark = r.t("editor.read_only"), icon("eye", "s")
	case e.saveErr != nil:
		text, mark = r.t("editor.not_saved"), icon("circle-alert", "s")
	case e.saving || e.doc.Dirty():
		text, mark = r.t("editor.saving"), icon("loader-circle", "s")
	case !e.unpublished():
		text = r.t("editor.up_to_date", strconv.Itoa(e.flow.Active))
	}
	if e.saveErr != nil && !e.frozen() {
		again, f := r.t("common.retry"), func() { e.save(nil) }
		if e.stale {
			again, f = r.t("error.reload"), e.reload
		}
		return ui.Elem("span").Class("reconnect").DataSet("state", "saved").DataSet("dirty", yes(e.doc.Dirty())).Role("status").Body(mark, ui.Elem("span").Text(text),
			button("save-again", "s", "", again, f, e.id, e.stale))
	}
	return ui.Elem("span").Class("saved").DataSet("state", "saved").DataSet("dirty", yes(e.doc.Dirty())).Role("status").Body(mark, ui.Elem("span").Text(text))
}

func (e *editor) designView() ui.UI {
	r := e.root
	return ui.Elem("div").Class("editor").Body(
		stageView(r.t("editor.canvas_help")),
		ui.If(e.palette.open && !e.frozen(), func() ui.UI { return e.paletteView() }),
		ui.If(e.narrow(), func() ui.UI { return e.outlineView() }),
		e.hudView(),
		ui.If(len(e.graph().Nodes) == 0, func() ui.UI { return e.emptyHint() }),
		e.modeHint(),
		ui.If(e.past != nil, func() ui.UI { return e.pastRibbon() }),
		ui.If(e.panelShown(), func() ui.UI { return e.panelView() }),
		ui.If(e.drawer, func() ui.UI { return e.drawerView() }),
		ui.If(e.quick != nil, func() ui.UI { return e.quickView() }),
		ui.If(e.publish != nil, func() ui.UI { return e.publishView() }),
		ui.If(e.sheetOn, func() ui.UI { return e.sheetView() }),
	)
}

// outlineView lists the steps in reading order, for phones.
func (e *editor) outlineView() ui.UI {
	g := e.graph()
	return ui.Elem("ol").Class("outline").Role("tree").Body(each(edit.Order(g, e.doc.Catalogue), func(i int, id string) ui.UI {
		n := g.Nodes[id]
		return ui.Elem("li").Role("none").Body(ui.Elem("button").Attr("type", "button").Role("treeitem").Aria("selected", yes(e.doc.Selection.Has(id))).DataSet("outline", id).
			OnClick(does(func() { e.choose(edit.Select(id)); e.panel = true }), ui.EventScope(id)).
			Class("g-"+string(groupOf(n.Type))).Body(
			ui.Elem("span").Class("chip").Body(icon(iconOf(n.Type))),
			ui.Elem("span").Class("grow").Body(ui.Elem("div").Class("name cut").Text(e.root.nodeTitle(n)), ui.Elem("div").Class("small cut").Text(e.root.nodeLine(n)))))
	})...)
}

// hudView is the small bar at the canvas's foot: palette, undo, zoom, live.
func (e *editor) hudView() ui.UI {
	r := e.root
	keyboard := edit.Keyboard{}
	tip := func(id string) string {
		a, _ := edit.Find(id)
		text := r.t("action." + id)
		if hint := keyboard.Hint(a); hint != "" {
			text += "  " + hint
		}
		return text
	}
	act := func(id, iconName string) ui.HTMLElem {
		return button(id, "ghost icon s", iconName, tip(id), func() { e.act(id) }, e.id)
	}
	left := "16px"
	if e.palette.open && !e.frozen() {
		left = "256px"
	}
	_, undo := e.doc.CanUndo()
	_, redo := e.doc.CanRedo()
	return ui.Elem("div").Class("hud").Style("left", left).Body(
		ui.If(!e.frozen(), func() ui.UI {
			return button("toggle-palette", "ghost icon s", "panel-left", r.t("editor.palette"), e.togglePalette, e.id)
		}),
		ui.If(!e.frozen(), func() ui.UI { return act("undo", "undo-2").Attr("disabled", !undo) }),
		ui.If(!e.frozen(), func() ui.UI { return act("redo", "redo-2").Attr("disabled", !redo) }),
		ui.If(!e.frozen(), func() ui.UI { return act("tidy", "waypoints") }),
		ui.If(!e.frozen(), func() ui.UI { return act("settings", "settings") }),
		ui.If(!e.frozen(), func() ui.UI { return ui.Elem("span").Class("rule") }),
		act("zoom_out", "minus"),
		button("zoom_100", "ghost s zoom", "", e.zoomText(), func() { e.act("zoom_100") }, e.id),
		act("zoom_in", "plus"),
		act("zoom_fit", "maximize"),
		ui.Elem("span").Class("rule"),
		e.liveButton(),
		act("shortcuts", "keyboard"))
}

func (e *editor) togglePalette() {
	e.palette.open = !e.palette.open
	keep("palette", map[bool]string{true: "1", false: "0"}[e.palette.open])
}

func (e *editor) emptyHint() ui.UI {
	r := e.root
	return ui.Elem("div").Class("hint").Body(icon("mouse-pointer-click"), ui.Elem("span").Text(r.t("editor.empty")), ui.Raw("<kbd>N</kbd>"))
}

// modeHint says what the keyboard is in the middle of.
func (e *editor) modeHint() ui.UI {
	r, text := e.root, ""
	switch {
	case e.mode.name == edit.Connecting && len(e.mode.ports) > 0:
		text = r.t("editor.choose_port", r.portTitle(e.mode.port))
	case e.mode.name == edit.Connecting:
		text = r.t("editor.connect_to", r.nodeTitle(e.graph().Nodes[e.mode.target]))
	case e.mode.name == edit.Moving:
		text = r.t("editor.moving")
	case e.mode.name == edit.GoTo:
		text = r.t("editor.go_to")
	default:
		return ui.Elem("div").Hidden(true).Role("status")
	}
	return ui.Elem("div").Class("hint").Role("status").Aria("live", "polite").DataSet("mode", string(e.mode.name)).Body(icon("keyboard"), ui.Elem("span").Text(text))
}

func (e *editor) pastRibbon() ui.UI {
	r := e.root
	return ui.Elem("div").Class("hint").Body(icon("history"), ui.Elem("span").Text(r.t("editor.past", strconv.Itoa(e.past.Number))),
		button("restore", "s", "rotate-cw", r.t("editor.restore"), e.restore, e.past.Number),
		button("leave-past", "ghost s", "x", r.t("common.close"), func() { e.showPast(nil) }))
}

// sheetView lists the keys, from the table that binds them.
func (e *editor) sheetView() ui.UI {
	r := e.root
	close := func() { e.sheetOn = false; e.focusStage() }
	mine := e.actions()
	keyboard := edit.Keyboard{}
	var rows []ui.UI
	for _, a := range edit.Actions {
		if _, ok := mine[a.ID]; !ok || len(a.Keys) == 0 || a.When == edit.GoTo || a.When == edit.Moving {
			continue
		}
		keys := each(a.Keys, func(_ int, k string) ui.UI { return ui.Raw("<kbd>" + esc(keyboard.Say(k)) + "</kbd>") })
		rows = append(rows, ui.Elem("div").Body(ui.Elem("span").Text(r.t("action."+a.ID)), ui.Elem("span").Body(keys...)))
	}
	return ui.Elem("div").Class("shade").OnKeyDown(onKey(map[string]func(){"Escape": close})).Body(
		ui.Elem("div").Class("dialog wide").Role("dialog").Aria("modal", "true").Aria("label", r.t("action.shortcuts")).Body(
			ui.Elem("header").Body(ui.Elem("h2").Text(r.t("action.shortcuts")), button("close", "ghost icon s", "x", r.t("common.close"), close)),
			ui.Elem("div").Class("body").Body(ui.Elem("div").Class("sheet").Body(rows...))))
}
