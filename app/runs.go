package app

import (
	"net/url"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// runsPage is a list of runs: of all flows, of one flow, or of one record.
type runsPage struct {
	flow   string
	record string
	state  flow.RunState
	items  []flow.Run
	next   string
	loaded bool
}

func (p *runsPage) enter(r *Root, flowID string) {
	if p.flow != flowID {
		*p = runsPage{}
	}
	p.flow = flowID
	if len(r.flows.items) == 0 {
		load(r, "/api/flows?limit=200", func(list page[flow.Flow], err error) {
			if err == nil {
				r.flows.items = list.Items
			}
		})
	}
	p.reload(r)
}

func (p *runsPage) reload(r *Root) {
	p.read(r, "", func(list page[flow.Run]) { p.items = list.Items })
}

func (p *runsPage) read(r *Root, cursor string, put func(page[flow.Run])) {
	q := url.Values{"limit": {"50"}}
	for k, v := range map[string]string{"flow": p.flow, "record": p.record, "state": string(p.state), "cursor": cursor} {
		if v != "" {
			q.Set(k, v)
		}
	}
	state := p.state
	load(r, "/api/runs?"+q.Encode(), func(list page[flow.Run], err error) {
		if p.state != state {
			return
		}
		p.loaded = true
		if r.fail(err) {
			return
		}
		put(list)
		p.next = list.Next
	})
}

func (p *runsPage) more(r *Root) {
	p.read(r, p.next, func(list page[flow.Run]) { p.items = append(p.items, list.Items...) })
}

func (p *runsPage) view(r *Root) ([]ui.UI, ui.UI) {
	return []ui.UI{crumbs(r.t("runs.title")), ui.Elem("span").Class("push"), r.liveMark()},
		ui.Elem("div").Class("scroll").Body(ui.Elem("div").Class("page").Body(
			ui.Elem("div").Class("page-head").Body(ui.Elem("h1").Text(r.t("runs.title"))), p.bodyView(r, false)))
}

// runFilters are offered above the list.
var runFilters = []flow.RunState{"", flow.Ready, flow.Waiting, flow.Incident, flow.Done, flow.Failed, flow.Cancelled}

func (p *runsPage) bodyView(r *Root, ofFlow bool) ui.UI {
	chips := each(runFilters, func(_ int, s flow.RunState) ui.UI {
		text := r.t("common.all")
		if s != "" {
			text = r.t("run." + string(s))
		}
		return ui.Elem("button").Attr("type", "button").Class("chip-btn").DataSet("filter", string(s)).Aria("pressed", yes(p.state == s)).
			OnClick(does(func() { p.state, p.loaded = s, false; p.reload(r) }), ui.EventScope(s, p.flow)).Text(text)
	})
	tools := ui.Elem("div").Class("tools").Body(ui.Elem("div").Class("chips").Body(chips...), ui.Elem("span").Class("grow"),
		button("reload", "ghost icon s", "refresh-cw", r.t("error.reload"), func() { p.reload(r) }, p.flow))
	if p.loaded && len(p.items) == 0 {
		return ui.Elem("div").Body(tools, ui.Elem("div").Class("card").Body(emptyState("route", r.t("runs.empty"), r.t("runs.empty.text"),
			ui.Elem("a").Class("btn").Attr("href", "/flows").Text(r.t("runs.flows")))))
	}
	head := []ui.UI{ui.Elem("th").Text(r.t("runs.record"))}
	if !ofFlow {
		head = append(head, ui.Elem("th").Class("hide-s").Text(r.t("runs.flow")))
	}
	head = append(head, ui.Elem("th").Text(r.t("common.state")), ui.Elem("th").Class("hide-s").Text(r.t("runs.at")), ui.Elem("th").Class("hide-s").Text(r.t("runs.started")), ui.Elem("th").Class("hide-s").Text(r.t("common.updated")))
	var body ui.UI = skeletonRows(8, len(head))
	if p.loaded {
		body = ui.Elem("tbody").Body(each(p.items, func(_ int, run flow.Run) ui.UI { return p.rowView(r, run, ofFlow) })...)
	}
	return ui.Elem("div").Body(tools, ui.Elem("div").Class("table-wrap").Body(ui.Elem("table").Body(ui.Elem("thead").Body(ui.Elem("tr").Body(head...)), body)),
		ui.If(p.next != "", func() ui.UI {
			return ui.Elem("div").Class("empty").Body(button("more", "", "", r.t("common.load"), func() { p.more(r) }, p.next))
		}))
}

func (p *runsPage) rowView(r *Root, run flow.Run, ofFlow bool) ui.UI {
	open := func() { r.goTo("/runs/" + run.ID) }
	cells := []ui.UI{ui.Elem("td").Body(ui.Elem("div").Class("flow-name").Body(resourceChip(run.Resource, "s"), ui.Elem("span").Class("name cut").Text(run.Title)))}
	if !ofFlow {
		cells = append(cells, ui.Elem("td").Class("hide-s muted").Text(r.flowName(run.Flow)))
	}
	cells = append(cells, ui.Elem("td").Body(r.runPill(run.State)), ui.Elem("td").Class("hide-s muted").Text(r.standsAt(run)),
		ui.Elem("td").Class("hide-s muted").Body(r.timeView(run.Started)), ui.Elem("td").Class("hide-s muted").Body(r.timeView(run.Updated)))
	return ui.Elem("tr").TabIndex(0).DataSet("run", run.ID).OnClick(does(open), ui.EventScope("o", run.ID)).
		OnKeyDown(rowKeys(open), ui.EventScope("k", run.ID)).Body(cells...)
}

func (r *Root) flowName(id string) string {
	for _, f := range r.flows.items {
		if f.ID == id {
			return crm.Say(f.Name, r.lang)
		}
	}
	return "…"
}

func (r *Root) runPill(s flow.RunState) ui.UI {
	return ui.Elem("span").Class("pill "+string(s)).DataSet("state", string(s)).Text(r.t("run." + string(s)))
}

// standsAt says which step a run is at, or how it ended.
func (r *Root) standsAt(run flow.Run) string {
	if len(run.Tokens) > 0 {
		for i := len(run.Steps) - 1; i >= 0; i-- {
			if run.Steps[i].Visit == run.Tokens[0].Visit {
				return r.typeTitle(run.Steps[i].Type)
			}
		}
		return run.Tokens[0].Node
	}
	if n := len(run.Steps); n > 0 && run.End == "" {
		return r.typeTitle(run.Steps[n-1].Type)
	}
	return run.End
}
