package app

import (
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/i18n"
)

// door is one entry of the rail.
type door struct{ name, path, icon string }

var doors = []door{
	{"live", "/live", "activity"},
	{"flows", "/flows", "workflow"},
	{"runs", "/runs", "route"},
	{"records", "/records/deals", "database"},
	{"tasks", "/tasks", "list-checks"},
	{"outbox", "/outbox", "send"},
}

// roomOf says to which entry of the rail a page belongs.
func roomOf(name string) string {
	switch name {
	case "flow":
		return "flows"
	case "run":
		return "runs"
	case "record":
		return "records"
	}
	return name
}

func (r *Root) frameView(bar []ui.UI, body ui.UI) ui.UI {
	return ui.Elem("div").Class("frame").Body(
		r.railView(),
		&keyed{ID: r.at.name + "/" + r.at.id, Draw: func() ui.UI {
			return ui.Elem("div").Class("main").Body(ui.Elem("header").Class("bar").Body(bar...), body)
		}},
		r.overlays(),
	)
}

func (r *Root) railView() ui.UI {
	room := roomOf(r.at.name)
	return ui.Elem("nav").Class("rail").Aria("label", r.t("nav.main")).Body(
		ui.Elem("a").Class("brand").Attr("href", "/live").Aria("label", "Millrace").Body(ui.Raw(logo)),
		ui.Range(doors).Slice(func(i int) ui.UI { return r.doorView(doors[i], room) }),
		ui.Elem("div").Class("end").Body(
			ui.Elem("a").Attr("href", "/docs").Attr("target", "_blank").Aria("label", r.t("nav.help")).Body(
				icon("circle-help", "l"), ui.Elem("span").Class("tip").Text(r.t("nav.help"))),
			r.doorView(door{"settings", "/settings", "settings"}, room),
			ui.Elem("a").Attr("href", "/settings").Aria("label", r.me.member.Name).Body(
				avatar(r.me.member.Name, ""), ui.Elem("span").Class("tip").Text(r.me.member.Name)),
		),
	)
}

func (r *Root) doorView(d door, room string) ui.UI {
	a := ui.Elem("a").Attr("href", d.path).DataSet("nav", d.name).Aria("label", r.t("nav."+d.name))
	if d.name == room {
		a = a.Aria("current", "page")
	}
	return a.Body(icon(d.icon, "l"), ui.Elem("span").Class("tip").Text(r.t("nav."+d.name)))
}

// avatar shows a person's initials.
func avatar(name, class string) ui.UI {
	initials := ""
	for _, w := range strings.Fields(name) {
		if rs := []rune(w); len(initials) < 4 {
			initials += strings.ToUpper(string(rs[:1]))
		}
	}
	if rs := []rune(initials); len(rs) > 2 {
		initials = string(rs[:1]) + string(rs[len(rs)-1:])
	}
	return ui.Elem("span").Class("avatar "+class).Aria("hidden", "true").Text(initials)
}

// crumbs are the top bar's path: pairs of text and address, the last without.
func crumbs(parts ...string) ui.UI {
	var body []ui.UI
	for i := 0; i < len(parts); i += 2 {
		if i > 0 {
			body = append(body, ui.Elem("span").Class("sep").Aria("hidden", "true").Text("/"))
		}
		if i+1 < len(parts) && parts[i+1] != "" {
			body = append(body, ui.Elem("a").Attr("href", parts[i+1]).Text(parts[i]))
			continue
		}
		body = append(body, ui.Elem("b").Class("cut").Text(parts[i]))
	}
	return ui.Elem("nav").Class("crumbs").Body(body...)
}

// liveMark tells whether what is shown is live.
func (r *Root) liveMark() ui.UI {
	if r.amber {
		return ui.Elem("span").Class("reconnect").DataSet("state", "reconnecting").Role("status").Body(icon("wifi-off", "s"), ui.Elem("span").Text(r.t("live.reconnecting")))
	}
	return ui.Elem("span").Class("saved").DataSet("state", "live").Body(ui.Elem("span").Class("pulse"), ui.Elem("span").Class("hide-s").Text(r.t("live.now")))
}

// waiting is the frame before the program knows who is there: never blank.
func (r *Root) waiting() ui.UI {
	return ui.Elem("div").Class("frame").Body(
		ui.Elem("nav").Class("rail").Body(ui.Elem("span").Class("brand").Body(ui.Raw(logo))),
		ui.Elem("div").Class("main").Body(
			ui.Elem("header").Class("bar"),
			ui.Elem("div").Class("scroll").Body(ui.Elem("div").Class("page").Body(
				ui.Elem("div").Class("table-wrap").Body(ui.Elem("table").Body(skeletonRows(8, 4))))),
		),
	)
}

func (r *Root) missingView() ([]ui.UI, ui.UI) {
	return []ui.UI{crumbs("Millrace")}, ui.Elem("div").Class("scroll").Body(
		emptyState("circle-help", r.t("error.not_found"), r.t("error.gone"),
			ui.Elem("a").Class("btn primary").Attr("href", "/live").Text(r.t("error.home"))))
}

func (r *Root) setTheme(name string) {
	r.theme = name
	root := ui.Window().Get("document").Get("documentElement")
	if name == "system" {
		root.Call("removeAttribute", "data-theme")
	} else {
		root.Call("setAttribute", "data-theme", name)
	}
	keep("theme", name)
}

func (r *Root) setLanguage(lang string) {
	if i18n.Names[lang] == "" {
		lang = "en"
	}
	r.lang = lang
	ui.Window().Get("document").Get("documentElement").Call("setAttribute", "lang", lang)
	if r.editor != nil {
		r.editor.redraw()
	}
}

func (r *Root) toggleCalm() {
	r.calm = !r.calm
	text := ""
	if r.calm {
		text = "1"
	}
	keep("calm", text)
	r.showCalm()
}

// showCalm tells the page, which then moves nothing: tokens, halos, pulses.
func (r *Root) showCalm() {
	ui.Window().Get("document").Get("documentElement").Get("classList").Call("toggle", "is-calm", r.calm)
}

func (r *Root) signOut() {
	if left := r.unsavedEditors(); len(left) > 0 {
		left[0].save(r.signOut)
		return
	}
	call(r, "POST", "/api/logout", 0, none{}, func(none, error) { r.signedOut() })
}

// stored reads a choice kept in the browser, as plain text.
func stored(name, fallback string) string {
	if ui.IsServer {
		return fallback
	}
	v := ui.Window().Get("localStorage").Call("getItem", name)
	if !v.Truthy() {
		return fallback
	}
	return v.String()
}

// keep keeps a choice in the browser.
func keep(name, value string) {
	if !ui.IsServer {
		ui.Window().Get("localStorage").Call("setItem", name, value)
	}
}
