package app

import (
	"strconv"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// publishDialog asks for a note and shows what stands in the way.
type publishDialog struct {
	note  string
	busy  bool
	wrong string
}

// openPublish saves the draft and asks for a note; with errors it shows them
// instead.
func (e *editor) openPublish() {
	if e.frozen() || !e.root.mayAdmin() {
		return
	}
	e.check()
	if e.problems.HasErrors() {
		e.drawer = true
		e.update()
		e.root.offer(toast{text: e.root.t("editor.fix_first"), bad: true})
		return
	}
	e.save(func() {
		e.publish = &publishDialog{}
		e.root.focus("#publish-note")
	})
}

func (e *editor) publishNow() {
	d := e.publish
	d.busy = true
	in := map[string]any{"draft_rev": e.doc.Rev, "note": d.note}
	call(e.root, "POST", "/api/flows/"+e.id+"/publish", 0, in, func(v flow.Version, err error) {
		d.busy = false
		if err != nil {
			d.wrong = e.root.explain(err)
			if r, ok := err.(*refusal); ok && len(r.Errors) > 0 {
				e.problems, e.drawer, e.publish = r.Errors, true, nil
				e.redraw()
			}
			return
		}
		e.publish = nil
		e.root.say(e.root.t("editor.published", strconv.Itoa(v.Number)))
		e.loadVersions()
		load(e.root, "/api/flows/"+e.id, func(f flow.Flow, err error) {
			if err == nil {
				e.flow = f
			}
		})
	})
}

func (e *editor) publishView() ui.UI {
	d, r := e.publish, e.root
	no := func() { e.publish = nil }
	next := strconv.Itoa(e.flow.Active + 1)
	return ui.Elem("div").Class("shade").OnKeyDown(onKey(map[string]func(){"Escape": no})).Body(
		ui.Elem("div").Class("dialog").Role("dialog").Aria("modal", "true").Aria("label", r.t("editor.publish")).Body(
			ui.Elem("header").Body(ui.Elem("h2").Text(r.t("editor.publish_title", crm.Say(e.flow.Name, r.lang), next)), button("close", "ghost icon s", "x", r.t("common.close"), no)),
			ui.Elem("div").Class("body").Body(
				ui.Elem("p").Class("muted").Text(r.t("editor.publish_text")),
				ui.Elem("div").Class("field").Body(ui.Elem("label").Attr("for", "publish-note").Text(r.t("editor.publish_note")),
					ui.Elem("textarea").ID("publish-note").Class("in").Attr("rows", 3).Attr("maxlength", 2000).Text(d.note).OnInput(typed(func(v string) { d.note = v }))),
				ui.If(d.wrong != "", func() ui.UI {
					return ui.Elem("div").Class("field").Body(ui.Elem("div").Class("err").Role("alert").Body(icon("circle-alert", "s"), ui.Elem("span").Text(d.wrong)))
				})),
			ui.Elem("footer").Body(button("cancel", "", "", r.t("common.cancel"), no),
				button("publish-confirm", "primary", "rocket", r.t("editor.publish"), e.publishNow).Attr("disabled", d.busy))))
}
