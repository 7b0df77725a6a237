package app

import (
	"slices"
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
)

// tasksPage lists the work that flows made for people.
type tasksPage struct {
	items  []crm.Task
	mine   bool
	all    bool // done ones too
	loaded bool
}

func (p *tasksPage) enter(r *Root) {
	path := "/api/tasks?limit=200"
	if !p.all {
		path += "&open=true"
	}
	load(r, path, func(list page[crm.Task], err error) {
		p.loaded = true
		if !r.fail(err) {
			p.items = list.Items
		}
	})
}

func (p *tasksPage) view(r *Root) ([]ui.UI, ui.UI) {
	chip := func(id, text string, on bool, f func()) ui.UI {
		return ui.Elem("button").Attr("type", "button").Class("chip-btn").DataSet("filter", id).Aria("pressed", yes(on)).OnClick(does(f), ui.EventScope(id)).Text(text)
	}
	var shown []crm.Task
	for _, t := range p.items {
		if !p.mine || slices.Contains(t.Assignees, r.me.member.ID) {
			shown = append(shown, t)
		}
	}
	var body ui.UI
	if p.loaded && len(shown) == 0 {
		body = ui.Elem("div").Class("card").Body(emptyState("list-checks", r.t("tasks.empty"), r.t("tasks.empty.text"), nil))
	} else {
		body = p.listView(r, shown)
	}
	return []ui.UI{crumbs(r.t("tasks.title")), ui.Elem("span").Class("push"), r.liveMark()},
		ui.Elem("div").Class("scroll").Body(ui.Elem("div").Class("page").Body(
			ui.Elem("div").Class("page-head").Body(ui.Elem("h1").Text(r.t("tasks.title"))),
			ui.Elem("div").Class("tools").Body(ui.Elem("div").Class("chips").Body(
				chip("open", r.t("tasks.open"), !p.all, func() { p.all = false; p.enter(r) }),
				chip("all", r.t("common.all"), p.all, func() { p.all = true; p.enter(r) }),
				chip("mine", r.t("tasks.mine"), p.mine, func() { p.mine = !p.mine }))),
			body))
}

func (p *tasksPage) listView(r *Root, tasks []crm.Task) ui.UI {
	var body ui.UI = skeletonRows(6, 4)
	if p.loaded {
		body = ui.Elem("tbody").Body(each(tasks, func(_ int, t crm.Task) ui.UI { return p.rowView(r, t) })...)
	}
	return ui.Elem("div").Class("table-wrap").Body(ui.Elem("table").Body(
		ui.Elem("thead").Body(ui.Elem("tr").Body(ui.Elem("th"), ui.Elem("th").Text(r.t("tasks.task")), ui.Elem("th").Class("hide-s").Text(r.t("tasks.who")), ui.Elem("th").Text(r.t("tasks.due")))), body))
}

func (p *tasksPage) rowView(r *Root, t crm.Task) ui.UI {
	open := func() {
		if t.Record != "" {
			r.goTo("/records/" + t.Resource.Plural() + "/" + t.Record)
		}
	}
	var who []string
	for _, id := range t.Assignees {
		who = append(who, r.memberName(id))
	}
	due := ui.Elem("td").Class("muted")
	if t.Due != nil {
		class := "pill bare"
		if !t.Done && t.Due.Before(r.now()) {
			class = "pill failed"
		}
		due = ui.Elem("td").Body(ui.Elem("span").Class(class).Text(r.when(*t.Due)))
	}
	return ui.Elem("tr").Class("tall").TabIndex(0).DataSet("task", t.ID).OnClick(does(open), ui.EventScope("o", t.ID)).OnKeyDown(rowKeys(open), ui.EventScope("k", t.ID)).Body(
		ui.Elem("td").Body(ui.Elem("label").Class("check").OnClick(func(_ ui.Context, e ui.Event) { e.Call("stopPropagation") }).Body(
			ui.Elem("input").Attr("type", "checkbox").Attr("checked", t.Done).Attr("disabled", !r.mayWork()).Aria("label", r.t("tasks.mark", t.Title)).
				OnChange(does(func() { p.mark(r, t) }), ui.EventScope(t.ID, t.Done)))),
		ui.Elem("td").Body(ui.Elem("div").Class("name cut").Text(t.Title), ui.Elem("div").Class("small muted cut").Text(t.Body)),
		ui.Elem("td").Class("hide-s").Text(strings.Join(who, ", ")), due)
}

func (p *tasksPage) mark(r *Root, t crm.Task) {
	call(r, "PATCH", "/api/tasks/"+t.ID, 0, map[string]bool{"done": !t.Done}, func(_ none, err error) {
		if !r.fail(err) {
			if !t.Done {
				r.say(r.t("tasks.done"))
			}
			p.enter(r)
		}
	})
}
