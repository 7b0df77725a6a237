package app

import (
	"encoding/json"
	"sort"
	"strconv"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// livePage is the home: what runs now, over all flows the member sees.
type livePage struct {
	flows  []flow.Flow
	loaded bool
	counts map[string]counts
	feed   []feedLine
	dirty  bool
	pace   *pace // of the demo's simulator, for admins
}

// counts are a flow's numbers, as the server counts them.
type counts struct {
	ByState     map[flow.RunState]int `json:"by_state"`
	ByNode      map[string]nodeCount  `json:"by_node"`
	ByConnector map[string]int        `json:"by_connector"`
}

// nodeCount counts the runs at one node.
type nodeCount struct {
	Waiting int `json:"waiting"`
	Running int `json:"running"`
	Done    int `json:"done"`
	Failed  int `json:"failed"`
}

// feedLine is one step that happened.
type feedLine struct {
	run, flow, title string
	step             flow.Step
	state            flow.RunState
	at               time.Time
}

const feedLength = 40

func (p *livePage) enter(r *Root) {
	if p.counts == nil {
		p.counts = map[string]counts{}
	}
	load(r, "/api/flows?limit=200", func(list page[flow.Flow], err error) {
		p.loaded = true
		if r.fail(err) {
			return
		}
		p.flows = list.Items
		for _, f := range p.flows {
			p.count(r, f.ID)
		}
	})
	if len(p.feed) == 0 {
		load(r, "/api/runs?limit=12", func(list page[flow.Run], err error) {
			if err == nil && len(p.feed) == 0 {
				for i := len(list.Items) - 1; i >= 0; i-- {
					p.addRun(list.Items[i])
				}
				sort.SliceStable(p.feed, func(i, j int) bool { return p.feed[i].at.After(p.feed[j].at) })
			}
		})
	}
	if r.me.demo && r.mayAdmin() {
		p.readPace(r)
	}
	r.sock.watch("live", func(f frame) { p.receive(r, f) })
}

func (p *livePage) count(r *Root, id string) {
	load(r, "/api/flows/"+id+"/counts", func(c counts, err error) {
		if err == nil {
			p.counts[id] = c
		}
	})
}

func (p *livePage) addRun(run flow.Run) {
	if n := len(run.Steps); n > 0 {
		s := run.Steps[n-1]
		p.push(feedLine{run.ID, run.Flow, run.Title, s, run.State, s.At})
	}
}

func (p *livePage) push(l feedLine) {
	p.feed = append([]feedLine{l}, p.feed...)
	if len(p.feed) > feedLength {
		p.feed = p.feed[:feedLength]
	}
}

// receive takes live messages; the page is redrawn a few times a second at most.
func (p *livePage) receive(r *Root, f frame) {
	if f.Type != "progress" {
		return
	}
	var m flow.Progress
	if json.Unmarshal(f.Data, &m) != nil {
		return
	}
	for _, s := range m.Steps {
		p.push(feedLine{m.Run, m.Flow, m.Title, s, m.State, m.At})
	}
	if p.dirty {
		return
	}
	p.dirty = true
	r.ctx.After(400*time.Millisecond, func(ui.Context) {
		p.dirty = false
		seen := map[string]bool{}
		for _, l := range p.feed[:min(len(p.feed), 12)] {
			if !seen[l.flow] {
				seen[l.flow] = true
				p.count(r, l.flow)
			}
		}
	})
}

func (p *livePage) total(states ...flow.RunState) int {
	n := 0
	for _, c := range p.counts {
		for _, s := range states {
			n += c.ByState[s]
		}
	}
	return n
}

// number is a count in text, a dash until the counts are there.
func (p *livePage) number(r *Root, n int) string {
	if len(p.counts) < len(p.flows) || !p.loaded {
		return "–"
	}
	return r.amount(float64(n), 0)
}

func (p *livePage) view(r *Root) ([]ui.UI, ui.UI) {
	bar := []ui.UI{crumbs(r.t("nav.live")), ui.Elem("span").Class("push"), r.liveMark()}
	tile := func(class, label string, n int) ui.UI {
		return ui.Elem("div").Class("card tile").Body(
			ui.Elem("span").Class("label").Body(ui.Elem("i").Class("i-"+class), ui.Elem("span").Text(label)),
			ui.Elem("b").DataSet("count", class).Text(p.number(r, n)))
	}
	body := ui.Elem("div").Class("page").Body(
		ui.Elem("div").Class("page-head").Body(
			ui.Elem("div").Body(ui.Elem("h1").Text(r.t("live.title")), ui.If(r.me.demo, func() ui.UI { return ui.Elem("p").Class("sub").Text(r.t("live.demo")) })),
			ui.Elem("div").Class("push").Body(p.paceView(r), ui.Elem("a").Class("btn hide-s").Attr("href", "/flows").Body(icon("workflow"), ui.Elem("span").Text(r.t("nav.flows"))))),
		ui.Elem("div").Class("tiles").Body(
			tile("running", r.t("run.ready"), p.total(flow.Ready, flow.Queued)),
			tile("waiting", r.t("run.waiting"), p.total(flow.Waiting)),
			tile("done", r.t("live.today"), p.total(flow.Done, flow.Moved)),
			tile("failed", r.t("run.incident"), p.total(flow.Incident, flow.Failed))),
		ui.Elem("div").Class("cols").Body(p.flowsView(r), p.feedView(r)),
	)
	return bar, ui.Elem("div").Class("scroll").Body(body)
}

func (p *livePage) flowsView(r *Root) ui.UI {
	var on []flow.Flow
	for _, f := range p.flows {
		if f.State == flow.Active || f.State == flow.Draining || f.State == flow.Paused {
			on = append(on, f)
		}
	}
	sort.SliceStable(on, func(i, j int) bool { return p.busy(on[i].ID) > p.busy(on[j].ID) })
	var body ui.UI
	switch {
	case !p.loaded:
		body = ui.Elem("div").Class("table-wrap").Body(ui.Elem("table").Body(skeletonRows(4, 3)))
	case len(on) == 0:
		body = ui.Elem("div").Class("card").Body(emptyState("power", r.t("live.noflows"), r.t("live.noflows.text"),
			ui.Elem("a").Class("btn primary").Attr("href", "/flows").Text(r.t("runs.flows"))))
	default:
		body = ui.Elem("div").Class("flow-cards").Body(each(on, func(_ int, f flow.Flow) ui.UI { return p.cardView(r, f) })...)
	}
	return ui.Elem("section").Body(ui.Elem("h2").Text(r.t("live.flows")), body)
}

func (p *livePage) busy(id string) int {
	c := p.counts[id].ByState
	return c[flow.Ready] + c[flow.Waiting] + c[flow.Incident]
}

func (p *livePage) cardView(r *Root, f flow.Flow) ui.UI {
	c := p.counts[f.ID].ByState
	stat := func(label string, n int) ui.UI {
		return ui.Elem("div").Class("stat").Body(ui.Elem("b").Text(p.number(r, n)), ui.Elem("span").Text(label))
	}
	return ui.Elem("a").Class("card flow-card").Attr("href", "/flows/"+f.ID).DataSet("flow", f.ID).Body(
		resourceChip(f.Resource, ""),
		ui.Elem("div").Class("grow").Body(
			ui.Elem("div").Class("cut name").Text(crm.Say(f.Name, r.lang)),
			ui.Elem("div").Class("small muted").Text(r.t("resource."+f.Resource.Plural())+" · "+r.t("flows.version", strconv.Itoa(f.Active)))),
		ui.Elem("span").Class("hide-s").Body(shareBars(c)),
		stat(r.t("run.waiting"), c[flow.Waiting]),
		ui.Elem("div").Class("hide-s").Body(stat(r.t("live.today"), c[flow.Done])),
		icon("chevron-right"))
}

// shareBars shows the states of a flow's runs as one thin bar.
func shareBars(c map[flow.RunState]int) ui.UI {
	parts := []struct {
		class string
		n     int
	}{
		{"is-running", c[flow.Ready] + c[flow.Queued]}, {"is-waiting", c[flow.Waiting]},
		{"is-failed", c[flow.Incident] + c[flow.Failed]}, {"is-done", c[flow.Done]},
	}
	return ui.Elem("span").Class("bars").Aria("hidden", "true").Body(ui.Range(parts).Slice(func(i int) ui.UI {
		if parts[i].n == 0 {
			return nil
		}
		return ui.Elem("i").Class(parts[i].class).Style("flex", strconv.Itoa(parts[i].n))
	}))
}

func (p *livePage) feedView(r *Root) ui.UI {
	if len(p.feed) == 0 {
		return ui.Elem("section").Body(ui.Elem("h2").Text(r.t("live.feed")),
			ui.Elem("div").Class("card").Body(ui.Elem("div").Class("empty").Body(ui.Elem("p").Text(r.t("live.quiet")))))
	}
	return ui.Elem("section").Body(ui.Elem("h2").Body(ui.Elem("span").Class("pulse"), ui.Elem("span").Text(r.t("live.feed"))),
		ui.Elem("ul").Class("card feed").Body(each(p.feed, func(_ int, l feedLine) ui.UI { return p.lineView(r, l) })...))
}

func (p *livePage) lineView(r *Root, l feedLine) ui.UI {
	return ui.Elem("li").Body(
		stateMark(l.step.State),
		ui.Elem("a").Class("grow").Attr("href", "/runs/"+l.run).Body(
			ui.Elem("div").Class("cut").Body(ui.Elem("b").Text(l.title)),
			ui.Elem("div").Class("small muted cut").Text(r.typeTitle(l.step.Type)+" · "+r.t("step."+string(l.step.State))+" · "+p.flowName(r, l.flow))),
		r.timeView(l.at))
}

func (p *livePage) flowName(r *Root, id string) string {
	for _, f := range p.flows {
		if f.ID == id {
			return crm.Say(f.Name, r.lang)
		}
	}
	return "…"
}

// resourceIcons are the icons of the five resources.
var resourceIcons = map[crm.Resource]string{
	crm.Ticket: "ticket", crm.Lead: "user-plus", crm.Deal: "handshake", crm.User: "user", crm.Organization: "building-2",
}

var resourceHues = map[crm.Resource]string{
	crm.Ticket: "g-people", crm.Lead: "g-triggers", crm.Deal: "g-special", crm.User: "g-messages", crm.Organization: "g-records",
}

func resourceChip(res crm.Resource, size string) ui.UI {
	return ui.Elem("span").Class("chip " + size + " " + resourceHues[res]).Body(icon(resourceIcons[res]))
}

// stateIcons mark a step's state by shape, besides its colour.
var stateIcons = map[flow.StepState]string{
	flow.StepRunning: "loader-circle", flow.StepWaiting: "clock", flow.StepDone: "check",
	flow.StepSkipped: "minus", flow.StepFailed: "triangle-alert",
}

func stateMark(s flow.StepState) ui.UI {
	return ui.Elem("span").Class("ic chip s mark is-" + string(s)).Body(icon(stateIcons[s], "s"))
}
