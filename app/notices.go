package app

import (
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/flow"
)

// toast is a short notice at the foot of the screen, with one action at most.
type toast struct {
	id        int
	text, act string
	bad       bool
	do        func()
}

// question is a dialog that asks before something final.
type question struct {
	title, text, yes string
	do               func()
}

// say shows a notice for a few seconds.
func (r *Root) say(text string) { r.offer(toast{text: text}) }

// offer shows a notice with an action.
func (r *Root) offer(t toast) {
	r.nextID++
	t.id = r.nextID
	r.toasts = append(r.toasts, t)
	if len(r.toasts) > 3 {
		r.toasts = r.toasts[1:]
	}
	d := 4 * time.Second
	if t.do != nil || t.bad {
		d = 8 * time.Second
	}
	r.ctx.After(d, func(ui.Context) { r.dropToast(t.id) })
}

func (r *Root) dropToast(id int) {
	for i, t := range r.toasts {
		if t.id == id {
			r.toasts = append(r.toasts[:i:i], r.toasts[i+1:]...)
			return
		}
	}
}

// fail tells of an error; it does nothing for nil, and reports whether there was
// one.
func (r *Root) fail(err error) bool {
	if err == nil {
		return false
	}
	r.offer(toast{text: r.explain(err), bad: true})
	return true
}

// explain is an error as a person should read it.
func (r *Root) explain(err error) string {
	switch codeOf(err) {
	case offline:
		return r.t("error.offline")
	case flow.CodeStale:
		return r.t("error.stale")
	}
	if e, ok := err.(*refusal); ok && len(e.Errors) > 0 {
		return e.Errors[0].Text
	}
	return err.Error()
}

func (r *Root) overlays() ui.UI {
	return ui.Elem("div").Body(
		ui.If(r.ask != nil, func() ui.UI { return r.questionView(*r.ask) }),
		ui.If(r.settings.adding != nil, func() ui.UI { return r.settings.adding.view(r) }),
		ui.If(r.flows.making != nil, func() ui.UI { return r.flows.making.view(r) }),
		ui.Elem("div").Class("toasts").Role("status").Aria("live", "polite").Body(
			ui.Range(r.toasts).Slice(func(i int) ui.UI { return r.toastView(r.toasts[i]) })),
	)
}

func (r *Root) toastView(t toast) ui.UI {
	class, mark := "toast", "circle-check"
	if t.bad {
		class, mark = "toast bad", "circle-alert"
	}
	return ui.Elem("div").Class(class).Body(icon(mark), ui.Elem("span").Text(t.text),
		ui.If(t.do != nil, func() ui.UI {
			return ui.Elem("button").Attr("type", "button").DataSet("action", "toast").OnClick(does(func() { r.dropToast(t.id); t.do() }), ui.EventScope(t.id)).Text(t.act)
		}))
}

func (r *Root) questionView(q question) ui.UI {
	no := func() { r.ask = nil }
	return ui.Elem("div").Class("shade").OnKeyDown(onKey(map[string]func(){"Escape": no})).Body(
		ui.Elem("div").Class("dialog").Role("alertdialog").Aria("modal", "true").Aria("label", q.title).Body(
			ui.Elem("header").Body(ui.Elem("h2").Text(q.title)),
			ui.Elem("div").Class("body").Body(ui.Elem("p").Class("muted").Text(q.text)),
			ui.Elem("footer").Body(
				button("no", "", "", r.t("common.cancel"), no),
				button("yes", "danger", "", q.yes, func() { r.ask = nil; q.do() }, q.title)),
		))
}
