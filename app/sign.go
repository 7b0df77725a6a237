package app

import (
	ui "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// signPage is the sign-in page's state.
type signPage struct {
	email, password, wrong string
	busy                   bool
}

func (r *Root) signView() ui.UI {
	s := &r.sign
	text := r.t("sign.in")
	if s.busy {
		text = r.t("sign.busy")
	}
	return ui.Elem("div").Class("sign").Body(
		ui.Elem("form").OnSubmit(func(ui.Context, ui.Event) { r.signIn() }).Body(
			ui.Elem("div").Class("brand").Body(ui.Raw(logo)),
			ui.Elem("h1").Text(r.t("sign.title")),
			ui.Elem("div").Class("field").Body(
				ui.Elem("label").Attr("for", "email").Text(r.t("sign.email")),
				ui.Elem("input").ID("email").Class("in").Attr("type", "email").Attr("name", "email").Attr("autocomplete", "on").Attr("required", true).Attr("value", s.email).
					OnInput(typed(func(v string) { s.email = v }))),
			ui.Elem("div").Class("field").Body(
				ui.Elem("label").Attr("for", "password").Text(r.t("sign.password")),
				ui.Elem("input").ID("password").Class("in").Attr("type", "password").Attr("name", "password").Attr("autocomplete", "on").Attr("required", true).Attr("value", s.password).
					OnInput(typed(func(v string) { s.password = v }))),
			ui.If(s.wrong != "", func() ui.UI {
				return ui.Elem("div").Class("field").Body(ui.Elem("div").Class("err").Role("alert").Body(icon("circle-alert", "s"), ui.Elem("span").Text(s.wrong)))
			}),
			ui.Elem("button").Attr("type", "submit").Class("btn primary").DataSet("action", "sign-in").Attr("disabled", s.busy).Text(text),
		),
		r.overlays(),
	)
}

func (r *Root) signIn() {
	s := &r.sign
	s.busy, s.wrong = true, ""
	call(r, "POST", "/api/login", 0, map[string]string{"email": s.email, "password": s.password}, func(me meBody, err error) {
		s.busy = false
		if err != nil {
			s.wrong = r.explain(err)
			return
		}
		r.sign = signPage{}
		r.signedIn(me)
	})
}
