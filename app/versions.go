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
		return ui.Div().Class("card").Body(emptyState("history", r.t("versions.empty"), r.t("versions.empty.text"), ui.A().Class("btn").Href("/flows/"+e.id).Text(r.t("editor.design"))))
	}
	return ui.Div().Class("table-wrap").Body(ui.Table().Body(
		ui.THead().Body(ui.Tr().Body(ui.Th().Text(r.t("editor.version")), ui.Th().Text(r.t("editor.publish_note")), ui.Th().Text(r.t("versions.by")), ui.Th().Text(r.t("outbox.at")), ui.Th())),
		ui.TBody().Body(each(e.versions, func(_ int, v flow.Version) ui.UI {
			open := func() { e.openPast(v.Number) }
			return ui.Tr().TabIndex(0).DataSet("version", v.Number).OnClick(does(open), ui.EventScope("o", v.Number)).OnKeyDown(rowKeys(open), ui.EventScope("k", v.Number)).Body(
				ui.Td().Body(ui.Span().Class("name").Text(strconv.Itoa(v.Number)), ui.Text(" "),
					ui.If(v.Number == e.flow.Active, func() ui.UI { return ui.Span().Class("pill active").Text(r.t("versions.active")) })),
				ui.Td().Class("muted").Text(v.Note), ui.Td().Text(r.memberName(v.By)), ui.Td().Body(r.timeView(v.At)),
				ui.Td().Class("menu-cell").Body(icon("chevron-right")))
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
