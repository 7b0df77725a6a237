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
	return ui.Div().Class("sign").Body(
		ui.Form().OnSubmit(func(ui.Context, ui.Event) { r.signIn() }).Body(
			ui.Div().Class("brand").Body(ui.Raw(logo)),
			ui.H1().Text(r.t("sign.title")),
			ui.Div().Class("field").Body(
				ui.Label().For("email").Text(r.t("sign.email")),
				ui.Input().ID("email").Class("in").Type("email").Name("email").AutoComplete(true).Required(true).Value(s.email).
					OnInput(typed(func(v string) { s.email = v }))),
			ui.Div().Class("field").Body(
				ui.Label().For("password").Text(r.t("sign.password")),
				ui.Input().ID("password").Class("in").Type("password").Name("password").AutoComplete(true).Required(true).Value(s.password).
					OnInput(typed(func(v string) { s.password = v }))),
			ui.If(s.wrong != "", func() ui.UI {
				return ui.Div().Class("field").Body(ui.Div().Class("err").Role("alert").Body(icon("circle-alert", "s"), ui.Span().Text(s.wrong)))
			}),
			ui.Button().Type("submit").Class("btn primary").DataSet("action", "sign-in").Disabled(s.busy).Text(text),
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
