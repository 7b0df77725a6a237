package app

import (
	"strconv"
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/i18n"
	"millrace.dev/crm"
	"millrace.dev/flow"
)

// flowsPage is the list of flows.
type flowsPage struct {
	items    []flow.Flow
	loaded   bool
	search   string
	resource crm.Resource
	counts   map[string]counts
	making   *flowDialog
	naming   string // the flow being renamed in the list
	newName  string
}

func (p *flowsPage) enter(r *Root) {
	p.counts = map[string]counts{}
	p.reload(r)
}

func (p *flowsPage) reload(r *Root) {
	load(r, "/api/flows?limit=200", func(list page[flow.Flow], err error) {
		p.loaded = true
		if r.fail(err) {
			return
		}
		p.items = list.Items
		for _, f := range p.items {
			if f.Active > 0 {
				p.count(r, f.ID)
			}
		}
	})
}

func (p *flowsPage) count(r *Root, id string) {
	load(r, "/api/flows/"+id+"/counts", func(c counts, err error) {
		if err == nil {
			p.counts[id] = c
		}
	})
}

// put replaces a flow in the list by what the server said.
func (p *flowsPage) put(f flow.Flow) {
	for i := range p.items {
		if p.items[i].ID == f.ID {
			p.items[i] = f
		}
	}
}

// shown are the flows that pass the search and the filter.
func (p *flowsPage) shown(r *Root) []flow.Flow {
	var out []flow.Flow
	for _, f := range p.items {
		if (p.resource == "" || f.Resource == p.resource) && matches(crm.Say(f.Name, r.lang), p.search) {
			out = append(out, f)
		}
	}
	return out
}

// matches reports whether every word of the query is in text, ignoring case and
// diacritics.
func matches(text, query string) bool {
	text = i18n.Fold(text)
	for _, w := range strings.Fields(i18n.Fold(query)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (r *Root) mayAuthor() bool {
	return r.me.member.Role == crm.Admin || r.me.member.Role == crm.Analyst
}

func (r *Root) mayAdmin() bool { return r.me.member.Role == crm.Admin }

func (p *flowsPage) view(r *Root) ([]ui.UI, ui.UI) {
	bar := []ui.UI{crumbs(r.t("nav.flows")), ui.Elem("span").Class("push"), r.liveMark()}
	var make ui.UI
	if r.mayAuthor() {
		make = button("new-flow", "primary", "plus", r.t("flows.new"), func() { p.begin(r) })
	}
	body := ui.Elem("div").Class("page").Body(
		ui.Elem("div").Class("page-head").Body(ui.Elem("h1").Text(r.t("flows.title")), ui.Elem("div").Class("push").Body(make)),
		ui.Elem("div").Class("tools").Body(
			searchField(p.search, r.t("flows.search"), func(v string) { p.search = v }),
			p.chipsView(r)),
		p.listView(r),
	)
	return bar, ui.Elem("div").Class("scroll").Body(body)
}

func (p *flowsPage) chipsView(r *Root) ui.UI {
	chip := func(res crm.Resource, text string) ui.UI {
		return ui.Elem("button").Attr("type", "button").Class("chip-btn").DataSet("filter", string(res)).Aria("pressed", yes(p.resource == res)).
			OnClick(does(func() { p.resource = res }), ui.EventScope(res)).Text(text)
	}
	return ui.Elem("div").Class("chips").Body(chip("", r.t("common.all")),
		ui.Range(crm.Resources).Slice(func(i int) ui.UI {
			return chip(crm.Resources[i], r.t("resource."+crm.Resources[i].Plural()))
		}))
}

func (p *flowsPage) listView(r *Root) ui.UI {
	items := p.shown(r)
	if p.loaded && len(p.items) == 0 {
		return ui.Elem("div").Class("card").Body(emptyState("workflow", r.t("flows.empty"), r.t("flows.empty.text"),
			button("new-flow-empty", "primary", "plus", r.t("flows.new"), func() { p.begin(r) })))
	}
	if p.loaded && len(items) == 0 {
		return ui.Elem("div").Class("card").Body(emptyState("search", r.t("flows.nomatch"), r.t("flows.nomatch.text"),
			button("clear", "", "x", r.t("flows.clear"), func() { p.search, p.resource = "", "" })))
	}
	var rows ui.UI = skeletonRows(6, 6)
	if p.loaded {
		rows = ui.Elem("tbody").Body(each(items, func(i int, f flow.Flow) ui.UI { return p.rowView(r, f) })...)
	}
	return ui.Elem("div").Class("table-wrap").Body(ui.Elem("table").Body(
		ui.Elem("thead").Body(ui.Elem("tr").Body(
			ui.Elem("th").Text(r.t("flows.name")),
			ui.Elem("th").Class("hide-s").Text(r.t("common.state")),
			ui.Elem("th").Class("num hide-s").Text(r.t("flows.inside")),
			ui.Elem("th").Class("hide-s").Text(r.t("flows.runs")),
			ui.Elem("th").Class("hide-s").Text(r.t("common.updated")),
			ui.Elem("th").Text(r.t("flows.on")), ui.Elem("th"))),
		rows))
}

func (p *flowsPage) rowView(r *Root, f flow.Flow) ui.UI {
	open := func() { r.goTo("/flows/" + f.ID) }
	c := p.counts[f.ID].ByState
	inside := c[flow.Ready] + c[flow.Waiting] + c[flow.Queued] + c[flow.Incident]
	total := 0
	for _, n := range c {
		total += n
	}
	return ui.Elem("tr").Class("tall").TabIndex(0).DataSet("flow", f.ID).
		OnClick(does(open), ui.EventScope("open", f.ID)).
		OnKeyDown(rowKeys(open), ui.EventScope("keys", f.ID)).Body(
		ui.Elem("td").Body(ui.Elem("div").Class("flow-name").Body(resourceChip(f.Resource, ""), p.nameView(r, f))),
		ui.Elem("td").Class("hide-s").Body(r.statePill(f.State)),
		ui.Elem("td").Class("num hide-s").Text(dash(inside)),
		ui.Elem("td").Class("hide-s").Body(ui.Elem("div").Class("rowed").Body(shareBars(c), ui.Elem("span").Class("num muted small").Text(dash(total)))),
		ui.Elem("td").Class("hide-s muted").Body(r.timeView(f.UpdatedAt)),
		ui.Elem("td").Body(p.switchView(r, f)),
		ui.Elem("td").Class("menu-cell").Body(p.menuView(r, f)),
	)
}

func dash(n int) string {
	if n == 0 {
		return "–"
	}
	return strconv.Itoa(n)
}

// rowKeys opens a row with Enter and walks with the arrows.
func rowKeys(open func()) ui.EventHandler {
	return func(ctx ui.Context, e ui.Event) {
		if !e.Get("target").Equal(ctx.JSSrc()) {
			return
		}
		side := map[string]string{"ArrowDown": "nextElementSibling", "ArrowUp": "previousElementSibling"}[e.Get("key").String()]
		switch {
		case e.Get("key").String() == "Enter":
			open()
		case side != "":
			if el := ctx.JSSrc().Get(side); el.Truthy() {
				el.Call("focus")
			}
			e.PreventDefault()
		}
	}
}

func (r *Root) statePill(s flow.State) ui.UI {
	return ui.Elem("span").Class("pill "+string(s)).DataSet("state", string(s)).Text(r.t("state." + string(s)))
}

func (p *flowsPage) nameView(r *Root, f flow.Flow) ui.UI {
	name := crm.Say(f.Name, r.lang)
	if p.naming == f.ID {
		return ui.Elem("input").Class("in").ID("rename").Attr("value", p.newName).Aria("label", r.t("flows.rename")).
			OnClick(func(_ ui.Context, e ui.Event) { e.Call("stopPropagation") }).
			OnInput(typed(func(v string) { p.newName = v })).
			OnKeyDown(onKey(map[string]func(){"Enter": func() { p.rename(r, f) }, "Escape": func() { p.naming = "" }}), ui.EventScope(f.ID, f.Rev)).
			OnBlur(does(func() { p.rename(r, f) }), ui.EventScope(f.ID, f.Rev))
	}
	sub := r.t("resource." + f.Resource.Plural())
	if f.Active > 0 {
		sub += " · " + r.t("flows.version", strconv.Itoa(f.Active))
	}
	return ui.Elem("div").Class("txt").Body(ui.Elem("div").Class("name cut").Text(name), ui.Elem("div").Class("small").Text(sub))
}

func (p *flowsPage) switchView(r *Root, f flow.Flow) ui.UI {
	on := f.State == flow.Active
	label := "flows.turn_on"
	if on {
		label = "flows.turn_off"
	}
	b := ui.Elem("button").Attr("type", "button").Class("switch").Role("switch").DataSet("action", "toggle").
		Aria("checked", yes(on)).Aria("label", r.t(label, crm.Say(f.Name, r.lang)))
	if !r.mayAdmin() {
		return b.Attr("disabled", true)
	}
	return b.OnClick(func(_ ui.Context, e ui.Event) { e.Call("stopPropagation"); r.toggleFlow(f, p.put) }, ui.EventScope(f.ID, f.State))
}

// toggleFlow turns a flow on, or lets it finish and turns it off.
func (r *Root) toggleFlow(f flow.Flow, done func(flow.Flow)) {
	next, text := flow.Active, "flows.turned_on"
	if f.State == flow.Active {
		next, text = flow.Draining, "flows.turned_off"
	}
	if f.Active == 0 {
		r.offer(toast{text: r.t("flows.unpublished"), bad: true})
		return
	}
	call(r, "POST", "/api/flows/"+f.ID+"/state", f.Rev, map[string]flow.State{"state": next}, func(got flow.Flow, err error) {
		if r.fail(err) {
			return
		}
		if got.ID == "" {
			got = f
			got.State = next
		}
		done(got)
		r.say(r.t(text, crm.Say(f.Name, r.lang)))
	})
}

func (p *flowsPage) menuView(r *Root, f flow.Flow) ui.UI {
	id := "flow-" + f.ID
	item := func(action, iconName, text, class string, do func()) ui.UI {
		return ui.Elem("button").Attr("type", "button").Class(class).Role("menuitem").DataSet("action", action).
			OnClick(func(_ ui.Context, e ui.Event) { e.Call("stopPropagation"); r.menu = ""; do() }, ui.EventScope(action, f.ID, f.Rev)).
			Body(icon(iconName), ui.Elem("span").Text(text))
	}
	return ui.Elem("div").Class("has-menu").OnKeyDown(onKey(map[string]func(){"Escape": func() { r.menu = "" }})).Body(
		ui.Elem("button").Attr("type", "button").Class("btn ghost icon s").DataSet("action", "menu").Aria("label", r.t("common.more")).Aria("expanded", yes(r.menu == id)).
			OnClick(func(_ ui.Context, e ui.Event) {
				e.Call("stopPropagation")
				if r.menu == id {
					r.menu = ""
				} else {
					r.menu = id
				}
			}, ui.EventScope(id)).Body(icon("ellipsis")),
		ui.If(r.menu == id, func() ui.UI {
			return ui.Elem("div").Class("menu").Role("menu").Body(
				item("rename", "pencil", r.t("flows.rename"), "", func() { p.naming, p.newName = f.ID, crm.Say(f.Name, r.lang); r.focus("#rename") }),
				item("clone", "copy", r.t("flows.clone"), "", func() { p.clone(r, f) }),
				item("runs", "route", r.t("flows.runs"), "", func() { r.goTo("/flows/" + f.ID + "/runs") }),
				item("export", "download", r.t("flows.export"), "", func() { ui.Window().Call("open", "/api/flows/"+f.ID+"/export", "_blank") }),
				ui.Elem("hr"),
				item("delete", "trash-2", r.t("common.delete"), "danger", func() { p.remove(r, f) }))
		}))
}

func (p *flowsPage) rename(r *Root, f flow.Flow) {
	name := strings.TrimSpace(p.newName)
	if p.naming != f.ID {
		return
	}
	p.naming = ""
	if name == "" || name == crm.Say(f.Name, r.lang) {
		return
	}
	r.renameFlow(f, name, p.put)
}

// renameFlow gives a flow another name in the member's language.
func (r *Root) renameFlow(f flow.Flow, name string, done func(flow.Flow)) {
	names := map[string]string{}
	for k, v := range f.Name {
		names[k] = v
	}
	if names[r.lang] == "" {
		names["en"] = name
	} else {
		names[r.lang] = name
	}
	call(r, "PATCH", "/api/flows/"+f.ID, f.Rev, map[string]any{"name": names}, func(got flow.Flow, err error) {
		if !r.fail(err) {
			done(got)
		}
	})
}

func (p *flowsPage) clone(r *Root, f flow.Flow) {
	call(r, "POST", "/api/flows/"+f.ID+"/clone", 0, nil, func(got flow.Flow, err error) {
		if r.fail(err) {
			return
		}
		p.reload(r)
		r.offer(toast{text: r.t("flows.cloned"), act: r.t("common.open"), do: func() { r.goTo("/flows/" + got.ID) }})
	})
}

func (p *flowsPage) remove(r *Root, f flow.Flow) {
	r.ask = &question{
		title: r.t("flows.delete.sure", crm.Say(f.Name, r.lang)), text: r.t("flows.delete.text"), yes: r.t("common.delete"),
		do: func() {
			call(r, "DELETE", "/api/flows/"+f.ID, f.Rev, nil, func(_ none, err error) {
				if r.fail(err) {
					return
				}
				delete(r.unsaved, f.ID)
				p.reload(r)
				r.say(r.t("flows.deleted"))
			})
		},
	}
}

// flowDialog makes a new flow.
type flowDialog struct {
	name     string
	resource crm.Resource
	wrong    string
}

func (p *flowsPage) begin(r *Root) {
	p.making = &flowDialog{resource: crm.Deal}
	if p.resource != "" {
		p.making.resource = p.resource
	}
	r.focus("#flow-name")
}

func (d *flowDialog) view(r *Root) ui.UI {
	no := func() { r.flows.making = nil }
	ok := func() { d.make(r) }
	return ui.Elem("div").Class("shade").OnKeyDown(onKey(map[string]func(){"Escape": no})).Body(
		ui.Elem("div").Class("dialog").Role("dialog").Aria("modal", "true").Aria("label", r.t("flows.new")).Body(
			ui.Elem("header").Body(ui.Elem("h2").Text(r.t("flows.new")), button("close", "ghost icon s", "x", r.t("common.close"), no)),
			ui.Elem("div").Class("body").Body(
				ui.Elem("div").Class("field").Body(
					ui.Elem("label").Attr("for", "flow-name").Text(r.t("flows.name")),
					ui.Elem("input").ID("flow-name").Class("in").Attr("value", d.name).Attr("placeholder", r.t("flows.name.hint")).Attr("maxlength", flow.MaxName).
						OnInput(typed(func(v string) { d.name = v })).OnKeyDown(onKey(map[string]func(){"Enter": ok}))),
				ui.Elem("div").Class("field").Body(
					ui.Elem("span").Class("label").Text(r.t("flows.kind")),
					ui.Elem("div").Class("choices").Role("radiogroup").Body(ui.Range(crm.Resources).Slice(func(i int) ui.UI {
						res := crm.Resources[i]
						return ui.Elem("button").Attr("type", "button").Class("choice").Role("radio").DataSet("choice", string(res)).Aria("checked", yes(d.resource == res)).
							OnClick(does(func() { d.resource = res }), ui.EventScope(res)).Body(resourceChip(res, "s"), ui.Elem("span").Text(r.t("resource."+string(res))))
					}))),
				ui.If(d.wrong != "", func() ui.UI {
					return ui.Elem("div").Class("field").Body(ui.Elem("div").Class("err").Body(icon("circle-alert", "s"), ui.Elem("span").Text(d.wrong)))
				})),
			ui.Elem("footer").Body(button("cancel", "", "", r.t("common.cancel"), no), button("create-flow", "primary", "", r.t("flows.create"), ok)),
		))
}

func (d *flowDialog) make(r *Root) {
	name := strings.TrimSpace(d.name)
	if name == "" {
		name = r.t("flows.name.hint")
	}
	in := map[string]any{"name": map[string]string{"en": name}, "resource": d.resource}
	call(r, "POST", "/api/flows", 0, in, func(got flow.Flow, err error) {
		if err != nil {
			d.wrong = r.explain(err)
			return
		}
		r.flows.making = nil
		r.goTo("/flows/" + got.ID)
	})
}
