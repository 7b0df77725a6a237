package app

import (
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/i18n"
)

// settingsPage is what the settings page holds besides the choices themselves.
type settingsPage struct {
	password *passwordForm // open, nil when folded
	adding   *memberForm   // the dialog for a new member
}

func (r *Root) settingsView() ([]ui.UI, ui.UI) {
	return []ui.UI{crumbs(r.t("settings.title"))}, ui.Elem("div").Class("scroll").Body(ui.Elem("div").Class("page settings").Body(
		ui.Elem("div").Class("page-head").Body(ui.Elem("h1").Text(r.t("settings.title"))),
		ui.Elem("section").Class("sect").Body(ui.Elem("h2").Text(r.t("settings.screen")), r.screenView()),
		ui.Elem("section").Class("sect").Body(ui.Elem("h2").Text(r.t("settings.me")), r.accountView()),
		r.membersView()))
}

// screenView holds the choices that this browser keeps.
func (r *Root) screenView() ui.UI {
	themes := []struct{ id, icon string }{{"system", "monitor"}, {"light", "sun"}, {"dark", "moon"}}
	row := func(title string, control ui.UI) ui.UI {
		return ui.Elem("div").Class("field wide").Body(ui.Elem("span").Class("label").Text(title), control)
	}
	return ui.Elem("div").Class("card form").Body(
		row(r.t("settings.look"), ui.Elem("div").Body(ui.Elem("div").Class("seg").Role("radiogroup").Aria("label", r.t("settings.look")).Body(
			ui.Range(themes).Slice(func(i int) ui.UI {
				th := themes[i]
				return ui.Elem("button").Attr("type", "button").Role("radio").DataSet("action", "theme-"+th.id).Aria("checked", yes(r.theme == th.id)).
					OnClick(does(func() { r.setTheme(th.id) }), ui.EventScope(th.id)).Body(icon(th.icon, "s"), ui.Elem("span").Text(r.t("theme."+th.id)))
			})))),
		row(r.t("settings.language"), ui.Elem("div").Body(ui.Elem("div").Class("seg").Role("radiogroup").Aria("label", r.t("settings.language")).Body(
			ui.Range(i18n.Languages).Slice(func(i int) ui.UI {
				l := i18n.Languages[i]
				return ui.Elem("button").Attr("type", "button").Role("radio").Lang(l).DataSet("action", "lang-"+l).Aria("checked", yes(r.lang == l)).
					OnClick(does(func() { keep("lang", l); r.setLanguage(l) }), ui.EventScope(l)).Text(i18n.Names[l])
			})))),
		ui.Elem("label").Class("check wide").Body(
			ui.Elem("input").Attr("type", "checkbox").DataSet("action", "calm").Attr("checked", r.calm).OnChange(does(r.toggleCalm)), ui.Elem("span").Text(r.t("motion.calm"))))
}

// accountView is who is signed in, and the password.
func (r *Root) accountView() ui.UI {
	m := r.me.member
	return ui.Elem("div").Class("card").Body(
		ui.Elem("div").Class("account").Body(
			avatar(m.Name, ""),
			ui.Elem("div").Class("grow").Body(ui.Elem("div").Class("name cut").Text(m.Name), ui.Elem("div").Class("small muted cut").Text(m.Email)),
			ui.Elem("span").Class("pill bare").Text(r.t("role."+string(m.Role))),
			button("sign-out", "s", "log-out", r.t("sign.out"), r.signOut)),
		r.passwordView())
}

func (r *Root) passwordView() ui.UI {
	if f := r.settings.password; f != nil {
		return f.view(r)
	}
	text, about := r.t("password.change"), r.t("password.about")
	if !r.me.hasPassword {
		text, about = r.t("password.set"), r.t("password.none")
	}
	open := func() {
		r.settings.password = &passwordForm{}
		if r.me.hasPassword {
			r.focus("#password-current")
		} else {
			r.focus("#password-new")
		}
	}
	return ui.Elem("div").Class("account").Body(icon("key-round"), ui.Elem("span").Class("grow muted").Text(about), button("password", "s", "", text, open))
}

// input is one labelled field of a form, with its hint or what is wrong with it.
type input struct {
	id, label, kind, auto, hint, wrong string
	text                               *string
	needed                             bool
}

func (r *Root) inputView(f input) ui.UI {
	class, below := "field", f.id+"-hint"
	if f.wrong != "" {
		class = "field invalid"
	}
	in := ui.Elem("input").ID(f.id).Class("in").Attr("type", f.kind).Attr("name", f.id).Attr("autocomplete", f.auto).Attr("value", *f.text).
		Aria("invalid", yes(f.wrong != "")).Aria("required", yes(f.needed)).OnInput(typed(func(v string) { *f.text = v }), ui.EventScope(f.id))
	if f.hint != "" || f.wrong != "" {
		in = in.Aria("describedby", below)
	}
	return ui.Elem("div").Class(class).Body(ui.Elem("label").Attr("for", f.id).Text(f.label), in,
		ui.If(f.wrong != "", func() ui.UI {
			return ui.Elem("div").ID(below).Class("err").Role("alert").Body(icon("circle-alert", "s"), ui.Elem("span").Text(f.wrong))
		}).ElseIf(f.hint != "", func() ui.UI { return ui.Elem("div").ID(below).Class("help").Text(f.hint) }))
}

// wrongs are what the server finds wrong with a form, by field; what belongs to
// none of the fields is under "".
func (r *Root) wrongs(err error, fields ...string) map[string]string {
	wrong := map[string]string{}
	e, ok := err.(*refusal)
	if !ok || len(e.Errors) == 0 {
		wrong[""] = r.explain(err)
		return wrong
	}
	for _, p := range e.Errors {
		name := ""
		for _, f := range fields {
			if strings.HasPrefix(p.Path, "/"+f) {
				name = f
			}
		}
		wrong[name] = i18n.Or(r.lang, "wrong."+string(p.Code), p.Text)
	}
	return wrong
}

// wrongView is what is wrong with a form as a whole.
func wrongView(text string) ui.UI {
	return ui.If(text != "", func() ui.UI {
		return ui.Elem("div").Class("field").Body(ui.Elem("div").Class("err").Role("alert").Body(icon("circle-alert", "s"), ui.Elem("span").Text(text)))
	})
}
