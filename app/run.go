package app

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/canvas"
	"millrace.dev/app/edit"
	"millrace.dev/flow"
)

// runPage is one run: its path over the version's canvas, and its steps.
type runPage struct {
	root    *Root
	id      string
	run     flow.Run
	loaded  bool
	wrong   error
	graph   flow.Graph
	sheet   *sheet
	stage   *stage
	gesture canvas.State
	picked  string
	on      map[string]flow.StepState // last state by node
	taken   map[string]bool           // connectors that were taken
}

func (r *Root) openRun(id string) {
	p := &runPage{root: r, id: id, gesture: canvas.Idle{}}
	r.run = p
	p.read(true)
	r.sock.watch("run:"+id, func(f frame) {
		if f.Type == "progress" {
			r.ctx.Dispatch(func(ui.Context) { p.progress(f) })
		}
	})
}

func (p *runPage) close() {
	p.root.sock.unwatch("run:" + p.id)
	if p.stage != nil {
		p.stage.stop()
		p.stage = nil
	}
}

// read loads the run, and with its version's graph the first time.
func (p *runPage) read(first bool) {
	load(p.root, "/api/runs/"+p.id, func(run flow.Run, err error) {
		if p.root.run != p {
			return
		}
		if err != nil {
			p.wrong = err
			return
		}
		p.run, p.loaded = run, true
		p.trace()
		if !first {
			p.draw()
			return
		}
		load(p.root, "/api/flows/"+run.Flow+"/versions/"+strconv.Itoa(run.Version), func(v flow.Version, err error) {
			if err == nil && p.root.run == p {
				p.show(v.Graph)
			}
		})
		if len(p.root.flows.items) == 0 {
			p.root.flows.reload(p.root)
		}
	})
}

// progress takes in the steps that changed, and shows a token on its way.
func (p *runPage) progress(f frame) {
	var m flow.Progress
	if json.Unmarshal(f.Data, &m) != nil || m.Rev <= p.run.Rev {
		return
	}
	for _, s := range m.Steps {
		if p.stage != nil && s.Via != "" && !p.taken[s.Via] {
			p.stage.op("o", s.Via, "")
		}
	}
	p.read(false)
}

// trace finds which nodes and connectors the run has passed.
func (p *runPage) trace() {
	p.on, p.taken = map[string]flow.StepState{}, map[string]bool{}
	for _, s := range p.run.Steps {
		p.on[s.Node] = s.State
		if s.Via != "" {
			p.taken[s.Via] = true
		}
	}
}

func (p *runPage) show(g flow.Graph) {
	p.graph = g
	p.sheet = &sheet{root: p.root, graph: g, scene: edit.SceneOf(g, p.root.catalogue()), frozen: true, cardClass: p.cardClass, lineClass: p.lineClass}
	p.root.ctx.Defer(func(ui.Context) {
		el := ui.Window().GetElementByID("stage")
		if p.stage != nil || !el.Truthy() {
			return
		}
		p.stage = newStage(el, p.pointer, func([]ui.Value) bool { return false })
		p.stage.class("is-frozen", true)
		p.stage.class("is-path", true)
		clear := canvas.Box{W: p.stage.size.W, H: p.stage.size.H}
		if clear.W > 700 {
			clear.W -= 400
		}
		p.stage.look(fitted(p.sheet.scene.Boxes(), clear))
		p.draw()
	})
}

func (p *runPage) draw() {
	if p.stage != nil && p.sheet != nil {
		p.sheet.draw(p.stage)
		p.stage.flush()
	}
}

func (p *runPage) cardClass(id string) string {
	class := ""
	if s, ok := p.on[id]; ok {
		class = " is-on is-" + string(s)
	}
	if p.picked == id {
		class += " is-selected"
	}
	return class
}

func (p *runPage) lineClass(id string) string {
	if p.taken[id] {
		return " is-taken"
	}
	return ""
}

// pointer pans, zooms and selects; nothing can be changed.
func (p *runPage) pointer(args []ui.Value) string {
	kind := args[0].Int()
	if kind == hover || p.stage == nil {
		return ""
	}
	at := canvas.Point{X: args[1].Float(), Y: args[2].Float()}
	in := canvas.Input{
		Kind: canvas.InputKind(kind), Screen: at, World: p.stage.camera.ToWorld(at), Button: args[3].Int(),
		Mods: canvas.Mods(args[4].Int()) & 15, Clicks: args[5].Int(), Delta: canvas.Point{X: args[6].Float(), Y: args[7].Float()},
		Pinch: args[8].Int()&flagPinch != 0, Touch: true, Frozen: true,
	}
	in.Target = p.sheet.scene.Hit(in.World, canvas.Pointing{Zoom: p.stage.camera.Zoom})
	next, intents := p.gesture.Handle(in)
	p.gesture = next
	for _, it := range intents {
		switch it := it.(type) {
		case canvas.Pan:
			p.stage.look(p.stage.camera.Pan(it.DX, it.DY))
		case canvas.Zoom:
			p.stage.look(p.stage.camera.ZoomAt(it.At, it.Factor))
		case canvas.SelectNode:
			p.pick(it.Node)
		case canvas.ClearSelection:
			p.pick("")
		}
	}
	return p.stage.take()
}

func (p *runPage) pick(node string) {
	p.picked = node
	p.draw()
	p.root.ctx.Update()
}

func (r *Root) runView() ([]ui.UI, ui.UI) {
	p := r.run
	if p == nil || !p.loaded && p.wrong == nil {
		return []ui.UI{crumbs(r.t("runs.title"), "/runs", "…")}, ui.Elem("div").Class("editor")
	}
	if p.wrong != nil {
		return []ui.UI{crumbs(r.t("runs.title"), "/runs", "?")}, ui.Elem("div").Class("scroll").Body(
			emptyState("circle-alert", r.explain(p.wrong), r.t("error.gone"), ui.Elem("a").Class("btn primary").Attr("href", "/runs").Text(r.t("runs.title"))))
	}
	bar := []ui.UI{
		crumbs(r.t("runs.title"), "/runs", r.flowName(p.run.Flow), "/flows/"+p.run.Flow, p.run.Title), r.runPill(p.run.State),
		ui.Elem("span").Class("push"), r.liveMark(),
	}
	if !p.run.State.Final() && r.mayAdmin() {
		bar = append(bar, button("cancel-run", "danger", "ban", r.t("runs.cancel"), p.askCancel, p.id))
	}
	return bar, ui.Elem("div").Class("editor").Body(stageView(r.t("runs.path")), p.sideView())
}

// askCancel asks first: a cancelled run cannot go on.
func (p *runPage) askCancel() {
	r := p.root
	r.ask = &question{
		title: r.t("runs.cancel.sure", p.run.Title), text: r.t("runs.cancel.text"), yes: r.t("runs.cancel"),
		do: func() { p.operate("cancel", nil) },
	}
}

func (p *runPage) operate(what string, in any) {
	call(p.root, "POST", "/api/runs/"+p.id+"/"+what, 0, in, func(_ none, err error) {
		if !p.root.fail(err) {
			p.read(false)
		}
	})
}

func (p *runPage) sideView() ui.UI {
	r := p.root
	steps := each(p.run.Steps, func(_ int, s flow.Step) ui.UI {
		if p.picked != "" && s.Node != p.picked {
			return nil
		}
		return p.stepView(s)
	})
	return ui.Elem("aside").Class("dock run-side panel").Body(
		ui.Elem("header").Body(resourceChip(p.run.Resource, ""),
			ui.Elem("div").Class("grow").Body(
				ui.Elem("a").Class("cut").Attr("href", "/records/"+p.run.Resource.Plural()+"/"+p.run.Record).Body(ui.Elem("b").Text(p.run.Title)),
				ui.Elem("span").Class("kind").Text(r.n("runs.steps", len(p.run.Steps))+" · "+r.when(p.run.Started))),
			ui.If(p.picked != "", func() ui.UI {
				return button("all-steps", "ghost s", "list", r.t("common.all"), func() { p.pick("") })
			})),
		ui.Elem("div").Class("body").Body(ui.Elem("ol").Class("steps").Body(steps...),
			ui.If(p.run.Error != "", func() ui.UI { return ui.Elem("p").Class("error").Text(p.run.Error) })))
}

func (p *runPage) stepView(s flow.Step) ui.UI {
	r := p.root
	title := r.typeTitle(s.Type)
	if n, ok := p.graph.Nodes[s.Node]; ok {
		title = r.nodeTitle(n)
	}
	when := r.when(s.At)
	if s.Left != nil {
		if d := s.Left.Sub(s.At).Round(time.Millisecond); d >= time.Second {
			when += " · " + d.Round(time.Second).String()
		}
	}
	said := r.t("step." + string(s.State))
	if s.Port != "" && s.Port != "out" {
		said += ", " + r.t("runs.left", r.portTitle(s.Port))
	}
	if w := p.waitOf(s); w != nil && w.Wake != nil {
		said += " " + r.t("runs.until", r.when(*w.Wake))
	}
	return ui.Elem("li").DataSet("step", s.Visit).DataSet("state", string(s.State)).Body(
		ui.Elem("span").Class("mark is-"+string(s.State)).Body(icon(stateIcons[s.State], "s")),
		ui.Elem("div").Class("grow").Body(
			ui.Elem("button").Attr("type", "button").Class("open").OnClick(does(func() { p.pick(s.Node) }), ui.EventScope(s.Node)).Body(ui.Elem("b").Text(title)),
			ui.Elem("div").Class("small").Text(said),
			ui.Elem("div").Class("when").Text(when),
			ui.If(s.Note != "", func() ui.UI { return ui.Elem("div").Class("small muted").Text(r.named(s.Note)) }),
			ui.If(s.Error != "", func() ui.UI { return ui.Elem("div").Class("error").Text(s.Error) }),
			p.outputView(s.Output),
			p.stepActions(s)))
}

// waitOf is what holds the run at a step.
func (p *runPage) waitOf(s flow.Step) *flow.Wait {
	for _, t := range p.run.Tokens {
		if t.Visit == s.Visit {
			return t.Wait
		}
	}
	return nil
}

func (p *runPage) stepActions(s flow.Step) ui.UI {
	r := p.root
	w := p.waitOf(s)
	switch {
	case w != nil && w.Kind == flow.WaitStage && r.mayWork():
		return ui.Elem("div").Class("rowed").Body(button("finish", "s primary", "check", r.t("runs.finish"), func() { p.operate("steps/"+strconv.Itoa(s.Visit)+"/finish", nil) }, s.Visit))
	case s.State == flow.StepFailed && p.run.State == flow.Incident && r.mayAdmin():
		in := map[string]int{"visit": s.Visit}
		return ui.Elem("div").Class("rowed").Body(
			button("retry", "s", "rotate-cw", r.t("runs.retry"), func() { p.operate("retry", in) }, s.Visit),
			button("skip", "s ghost", "skip-forward", r.t("runs.skip"), func() { p.operate("skip", in) }, s.Visit))
	}
	return nil
}

// named is a text with the members' names instead of their ids.
func (r *Root) named(text string) string {
	for _, m := range r.people {
		text = strings.ReplaceAll(text, m.ID, m.Name)
	}
	return text
}

// outputView shows what a step gave, one line a name; the names of formulas.
func (p *runPage) outputView(v any) ui.UI {
	text := p.root.named(strings.Join(outputLines(v, p.run.ID), "\n"))
	return ui.If(text != "", func() ui.UI { return ui.Elem("pre").Text(text) })
}

// outputLines leaves out the keys that only the engine needs: "<run>:<visit>".
func outputLines(v any, run string) []string {
	fields, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if text := compact(fields[name]); !strings.HasPrefix(text, run+":") {
			lines = append(lines, name+": "+text)
		}
	}
	return lines
}

// compact is a value on one line; a list of texts has commas between.
func compact(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	if l, ok := v.([]any); ok && len(l) > 0 && len(list(l)) == len(l) {
		return strings.Join(list(l), ", ")
	}
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}
