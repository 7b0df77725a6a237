package app

import (
	"strings"
	"unicode/utf8"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// tooMany is the code of a server that wants to be left alone for a while.
const tooMany flow.Code = "too_many_requests"

var memberRoles = []crm.Role{crm.Admin, crm.Analyst, crm.Agent, crm.Viewer}

// membersView lists who may sign in; admins change it there.
func (r *Root) membersView() ui.UI {
	admin := r.mayAdmin()
	var add ui.UI
	if admin {
		add = button("add-member", "s", "user-plus", r.t("members.add"), func() {
			r.settings.adding = &memberForm{role: crm.Agent}
			r.focus("#member-name")
		})
	}
	head := ui.Elem("tr").Body(ui.Elem("th").Text(r.t("members.name")), ui.Elem("th").Text(r.t("settings.role")), ui.Elem("th").Class("hide-s").Text(r.t("settings.teams")),
		ui.If(admin, func() ui.UI {
			return ui.Elem("th").Class("num").Body(ui.Elem("span").Class("hide-s").Text(r.t("settings.sign_in")))
		}))
	return ui.Elem("section").Class("sect").Body(
		ui.Elem("h2").Body(ui.Elem("span").Text(r.t("settings.members")), ui.Elem("span").Class("num muted").Text(itoa(len(r.people))), ui.Elem("span").Class("grow"), add),
		ui.Elem("div").Class("table-wrap plain").Body(ui.Elem("table").Body(ui.Elem("thead").Body(head),
			ui.Elem("tbody").Body(each(r.people, func(_ int, m crm.Member) ui.UI { return r.memberRow(m, admin) })...))))
}

func (r *Root) memberRow(m crm.Member, admin bool) ui.UI {
	self, class := m.ID == r.me.member.ID, "tall"
	if m.Off {
		class = "tall is-off"
	}
	role := ui.UI(ui.Elem("span").Text(r.t("role." + string(m.Role))))
	if admin && !self && !m.Off {
		role = r.roleSelect(m)
	}
	return ui.Elem("tr").Class(class).DataSet("member", m.ID).Body(
		ui.Elem("td").Body(ui.Elem("div").Class("flow-name").Body(avatar(m.Name, ""), ui.Elem("div").Class("txt").Body(
			ui.Elem("div").Class("cut").Body(ui.Elem("span").Class("name").Text(m.Name), ui.If(self, func() ui.UI {
				return ui.Elem("span").Class("muted").Text(" · " + r.t("settings.yourself"))
			})),
			ui.Elem("div").Class("small cut").Text(m.Email)))),
		ui.Elem("td").Body(role),
		ui.Elem("td").Class("hide-s muted").Text(strings.Join(m.Teams, ", ")),
		ui.If(admin, func() ui.UI {
			return ui.Elem("td").Class("num").Body(ui.Elem("button").Attr("type", "button").Class("switch").Role("switch").DataSet("action", "member-on").
				Aria("checked", yes(!m.Off)).Aria("label", r.t("members.may_in", m.Name)).Attr("disabled", self).
				OnClick(does(func() { r.switchMember(m) }), ui.EventScope(m.ID, m.Off)))
		}))
}

func (r *Root) roleSelect(m crm.Member) ui.UI {
	return ui.Elem("select").ID("role-"+m.ID).Class("in").Aria("label", r.t("members.role_of", m.Name)).
		OnChange(typed(func(v string) { r.editMember(m, map[string]any{"role": v}, r.t("common.saved")) }), ui.EventScope(m.ID, m.Role)).
		Body(each(memberRoles, func(_ int, role crm.Role) ui.UI {
			return ui.Elem("option").Attr("value", string(role)).Attr("selected", role == m.Role).Text(r.t("role." + string(role)))
		})...)
}

func (r *Root) switchMember(m crm.Member) {
	said := r.t("members.added", m.Name)
	if !m.Off {
		said = r.t("members.off", m.Name)
	}
	r.editMember(m, map[string]any{"off": !m.Off}, said)
}

func (r *Root) editMember(m crm.Member, change map[string]any, said string) {
	call(r, "PATCH", "/api/members/"+m.ID, 0, change, func(got crm.Member, err error) {
		if err != nil {
			text := r.wrongs(err)[""]
			if codeOf(err) == flow.CodeConflict {
				text = r.t("wrong.last_admin")
			}
			r.offer(toast{text: text, bad: true})
			if el := ui.Window().GetElementByID("role-" + m.ID); el.Truthy() {
				el.Set("value", string(m.Role))
			}
			return
		}
		for i := range r.people {
			if r.people[i].ID == got.ID {
				r.people[i] = got
			}
		}
		r.say(said)
	})
}

// memberForm is the dialog for a new member.
type memberForm struct {
	name, email, teams, password string
	role                         crm.Role
	wrong                        map[string]string
	busy                         bool
}

func (f *memberForm) view(r *Root) ui.UI {
	no := func() { r.settings.adding = nil; r.focus("[data-action=add-member]") }
	return ui.Elem("div").Class("shade").OnKeyDown(onKey(map[string]func(){"Escape": no})).Body(
		ui.Elem("form").Class("dialog").Role("dialog").Aria("modal", "true").Aria("label", r.t("members.new")).Attr("novalidate", true).DataSet("form", "member").
			OnSubmit(func(_ ui.Context, e ui.Event) { e.PreventDefault(); f.send(r) }).Body(
			ui.Elem("header").Body(ui.Elem("h2").Text(r.t("members.new")), button("close", "ghost icon s", "x", r.t("common.close"), no)),
			ui.Elem("div").Class("body").Body(
				r.inputView(input{id: "member-name", label: r.t("members.name"), kind: "text", auto: "off", wrong: f.wrong["name"], text: &f.name, needed: true}),
				r.inputView(input{id: "member-email", label: r.t("sign.email"), kind: "email", auto: "off", wrong: f.wrong["email"], text: &f.email, needed: true}),
				ui.Elem("div").Class("field").Body(ui.Elem("span").Class("label").Text(r.t("settings.role")), f.rolesView(r)),
				r.inputView(input{id: "member-teams", label: r.t("settings.teams"), kind: "text", auto: "off", hint: r.t("members.hint"), wrong: f.wrong["teams"], text: &f.teams}),
				r.inputView(input{id: "member-password", label: r.t("sign.password"), kind: "password", auto: "new-password", hint: r.t("members.pass"), wrong: f.wrong["password"], text: &f.password, needed: true}),
				wrongView(f.wrong[""])),
			ui.Elem("footer").Body(button("cancel", "", "", r.t("common.cancel"), no),
				ui.Elem("button").Attr("type", "submit").Class("btn primary").DataSet("action", "save-member").Attr("disabled", f.busy).Text(r.t("members.add")))))
}

func (f *memberForm) rolesView(r *Root) ui.UI {
	return ui.Elem("div").Class("choices two").Role("radiogroup").Aria("label", r.t("settings.role")).Body(each(memberRoles, func(_ int, role crm.Role) ui.UI {
		return ui.Elem("button").Attr("type", "button").Class("choice").Role("radio").DataSet("role", string(role)).Aria("checked", yes(f.role == role)).
			OnClick(does(func() { f.role = role }), ui.EventScope(role)).Body(ui.Elem("span").Body(
			ui.Elem("span").Text(r.t("role."+string(role))), ui.Elem("span").Class("small muted").Text(r.t("role."+string(role)+".text"))))
	})...)
}

func (f *memberForm) send(r *Root) {
	if f.busy {
		return
	}
	f.wrong = map[string]string{}
	if strings.TrimSpace(f.name) == "" {
		f.wrong["name"] = r.t("wrong.bad_name")
	}
	if !strings.Contains(f.email, "@") {
		f.wrong["email"] = r.t("wrong.bad_email")
	}
	if utf8.RuneCountInString(f.password) < minPassword {
		f.wrong["password"] = r.t("wrong.bad_length")
	}
	if len(f.wrong) > 0 {
		r.focus("[data-form=member] [aria-invalid=true]")
		return
	}
	f.busy = true
	in := map[string]any{"name": f.name, "email": f.email, "role": f.role, "password": f.password, "language": r.lang, "teams": splitList(f.teams)}
	call(r, "POST", "/api/members", 0, in, func(m crm.Member, err error) {
		f.busy = false
		if err != nil {
			f.wrong = r.wrongs(err, "name", "email", "teams", "password")
			if codeOf(err) == flow.CodeConflict {
				f.wrong = map[string]string{"email": r.t("wrong.email_taken")}
			}
			r.focus("[data-form=member] [aria-invalid=true]")
			return
		}
		r.settings.adding = nil
		r.people = append(r.people, m)
		r.say(r.t("members.added", m.Name))
		r.focus("[data-action=add-member]")
	})
}

// splitList reads what is written with commas between.
func splitList(text string) []string {
	out := []string{}
	for _, s := range strings.Split(text, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
