package app

import (
	"unicode/utf8"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// minPassword is the fewest characters that the server takes.
const minPassword = 12

// passwordForm sets or changes one's own password.
type passwordForm struct {
	current, password, again string
	wrong                    map[string]string
	busy                     bool
}

func (f *passwordForm) view(r *Root) ui.UI {
	text := r.t("password.change")
	if !r.me.hasPassword {
		text = r.t("password.set")
	}
	shut := func() { r.settings.password = nil }
	return ui.Elem("form").Class("password").Attr("novalidate", true).DataSet("form", "password").
		OnSubmit(func(_ ui.Context, e ui.Event) { e.PreventDefault(); f.send(r) }).OnKeyDown(onKey(map[string]func(){"Escape": shut})).Body(
		// Password managers want to know whose password it is.
		ui.Elem("input").Attr("type", "text").Attr("hidden", true).Attr("autocomplete", "username").Attr("value", r.me.member.Email),
		ui.If(r.me.hasPassword, func() ui.UI {
			return r.inputView(input{id: "password-current", label: r.t("password.current"), kind: "password", auto: "current-password", wrong: f.wrong["current"], text: &f.current, needed: true})
		}),
		r.inputView(input{id: "password-new", label: r.t("password.new"), kind: "password", auto: "new-password", hint: r.t("password.hint"), wrong: f.wrong["password"], text: &f.password, needed: true}),
		r.inputView(input{id: "password-again", label: r.t("password.again"), kind: "password", auto: "new-password", wrong: f.wrong["again"], text: &f.again, needed: true}),
		wrongView(f.wrong[""]),
		ui.Elem("div").Class("rowed").Body(
			ui.Elem("button").Attr("type", "submit").Class("btn primary").DataSet("action", "save-password").Attr("disabled", f.busy).Text(text),
			button("cancel", "ghost", "", r.t("common.cancel"), shut)))
}

// check finds what needs no server to be seen.
func (f *passwordForm) check(r *Root) map[string]string {
	wrong := map[string]string{}
	if r.me.hasPassword && f.current == "" {
		wrong["current"] = r.t("wrong.no_current")
	}
	if utf8.RuneCountInString(f.password) < minPassword {
		wrong["password"] = r.t("wrong.bad_length")
	} else if f.again != f.password {
		wrong["again"] = r.t("password.mismatch")
	}
	return wrong
}

// focusWrong moves the keyboard to the first field that is wrong.
func (f *passwordForm) focusWrong(r *Root) { r.focus("[data-form=password] [aria-invalid=true]") }

func (f *passwordForm) send(r *Root) {
	if f.busy {
		return
	}
	if f.wrong = f.check(r); len(f.wrong) > 0 {
		f.focusWrong(r)
		return
	}
	f.busy = true
	in := map[string]string{"password": f.password}
	if r.me.hasPassword {
		in["current"] = f.current
	}
	call(r, "POST", "/api/password", 0, in, func(_ none, err error) {
		f.busy = false
		if err != nil {
			if codeOf(err) == tooMany {
				f.wrong = map[string]string{"": r.t("wrong.rate")}
				return
			}
			f.wrong = r.wrongs(err, "current", "password")
			if f.wrong["current"] != "" && !r.me.hasPassword {
				r.me.hasPassword = true // set meanwhile, in another window
			}
			f.focusWrong(r)
			return
		}
		r.me.hasPassword, r.settings.password = true, nil
		r.say(r.t("password.changed"))
		r.focus("[data-action=password]")
	})
}
