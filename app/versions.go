package app

import (
	"strconv"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/edit"
	"millrace.dev/flow"
)

func (e *editor) versionsView() ui.UI {
	r := e.root
	if len(e.versions) == 0 {
		return ui.Elem("div").Class("card").Body(emptyState("history", r.t("versions.empty"), r.t("versions.empty.text"), ui.Elem("a").Class("btn").Attr("href", "/flows/"+e.id).Text(r.t("editor.design"))))
	}
	return ui.Elem("div").Class("table-wrap").Body(ui.Elem("table").Body(
		ui.Elem("thead").Body(ui.Elem("tr").Body(ui.Elem("th").Text(r.t("editor.version")), ui.Elem("th").Text(r.t("editor.publish_note")), ui.Elem("th").Text(r.t("versions.by")), ui.Elem("th").Text(r.t("outbox.at")), ui.Elem("th"))),
		ui.Elem("tbody").Body(each(e.versions, func(_ int, v flow.Version) ui.UI {
			open := func() { e.openPast(v.Number) }
			return ui.Elem("tr").TabIndex(0).DataSet("version", v.Number).OnClick(does(open), ui.EventScope("o", v.Number)).OnKeyDown(rowKeys(open), ui.EventScope("k", v.Number)).Body(
				ui.Elem("td").Body(ui.Elem("span").Class("name").Text(strconv.Itoa(v.Number)), ui.Text(" "),
					ui.If(v.Number == e.flow.Active, func() ui.UI { return ui.Elem("span").Class("pill active").Text(r.t("versions.active")) })),
				ui.Elem("td").Class("muted").Text(v.Note), ui.Elem("td").Text(r.memberName(v.By)), ui.Elem("td").Body(r.timeView(v.At)),
				ui.Elem("td").Class("menu-cell").Body(icon("chevron-right")))
		})...)))
}

// openPast shows a published version on the canvas, read-only.
func (e *editor) openPast(number int) {
	load(e.root, "/api/flows/"+e.id+"/versions/"+strconv.Itoa(number), func(v flow.Version, err error) {
		if e.root.fail(err) {
			return
		}
		e.past = &v
		e.root.goTo("/flows/" + e.id)
		e.showPast(&v)
	})
}

// showPast shows a version instead of the draft; nil shows the draft again.
func (e *editor) showPast(v *flow.Version) {
	e.past = v
	e.doc.Selection = edit.Selection{}
	e.rebuild()
	if e.stage != nil {
		e.stage.class("is-frozen", e.frozen())
		e.redraw()
		e.fit(false)
	}
}

// restore makes a version the draft; undo takes it back.
func (e *editor) restore() {
	v := e.past
	e.showPast(nil)
	if _, ok := e.apply(edit.SetGraph{Graph: v.Graph}); ok {
		e.root.say(e.root.t("editor.restored", strconv.Itoa(v.Number)))
	}
}

// memberName is a member's name by id.
func (r *Root) memberName(id string) string {
	for _, m := range r.people {
		if m.ID == id {
			return m.Name
		}
	}
	return id
}
