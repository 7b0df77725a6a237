package app

import (
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/canvas"
	"millrace.dev/app/edit"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// editor is a flow being edited, and what of it is shown.
type editor struct {
	root  *Root
	id    string
	flow  flow.Flow
	doc   *edit.Document
	wrong error // why it could not be loaded
	sheet *sheet

	stage   *stage
	gesture canvas.State
	hovered string // connector under the pointer
	picked  string // connector that a drop would be inserted on
	lastHit canvas.Target
	carried canvas.Point // where a carry from the palette began

	problems flow.Problems
	checks   int
	saves    int
	saving   bool
	stale    bool
	saveErr  error
	after    []func() // called once all is saved
	by       string   // the member who edits
	hash     string   // of the draft's logic
	versions []flow.Version

	panel    bool // the right panel is open
	drawer   bool // the problems drawer is open
	settings bool // the panel shows the flow's settings
	sheetOn  bool // the shortcut sheet is open
	palette  paletteState
	quick    *quickAdd
	mode     keyMode
	publish  *publishDialog
	picker   picker
	units    map[string]unit // chosen for lengths of time, by node and property
	live     overlay
	tab      runsPage // of the tab Runs
	past     *flow.Version
}

// openFlow loads a flow with its draft.
func (r *Root) openFlow(id string) {
	if r.editor != nil && r.editor.id == id {
		r.editor.enterTab()
		return
	}
	if e := r.unsaved[id]; e != nil {
		e.resume()
		return
	}
	e := &editor{root: r, id: id, by: r.me.member.ID, gesture: canvas.Idle{}}
	e.palette.open = stored("palette", "1") == "1"
	e.live.on = true
	r.editor = e
	load(r, "/api/flows/"+id, func(f flow.Flow, err error) {
		if r.editor != e {
			return
		}
		if err != nil {
			e.wrong = err
			return
		}
		e.flow = f
		load(r, "/api/flows/"+id+"/draft", func(d flow.Draft, err error) { e.loaded(d, err) })
	})
	e.loadVersions()
}

func (e *editor) loaded(d flow.Draft, err error) {
	if e.root.editor != e {
		return
	}
	if err != nil {
		e.wrong = err
		return
	}
	e.doc = edit.Open(e.id, d.Graph, d.Rev, e.root.catalogue())
	if missingLayout(d.Graph) {
		// A graph from a file or the API may come without places.
		if _, err := e.doc.Apply(edit.Tidy{}); err == nil {
			e.doc.Replace(e.doc.Graph, d.Rev)
		}
	}
	e.rebuild()
	e.check()
	e.watch()
	e.enterTab()
	e.mountSoon()
}

func missingLayout(g flow.Graph) bool {
	for id := range g.Nodes {
		if _, ok := g.Layout[id]; !ok {
			return true
		}
	}
	return false
}

func (e *editor) loadVersions() {
	load(e.root, "/api/flows/"+e.id+"/versions", func(p page[flow.Version], err error) {
		if err == nil {
			e.versions = p.Items
		}
	})
}

func (e *editor) enterTab() {
	if e.root.at.sub == "runs" {
		e.tab.enter(e.root, e.id)
	}
	if e.root.at.sub != "" {
		e.unmount()
		return
	}
	e.mountSoon()
}

// mountSoon binds the stage once its element is in the page.
func (e *editor) mountSoon() {
	if ui.IsServer || e.doc == nil {
		return
	}
	e.root.ctx.Defer(func(ui.Context) { e.mount() })
}

func (e *editor) mount() {
	if e.stage != nil || e.root.editor != e || e.root.at.sub != "" {
		return
	}
	el := ui.Window().GetElementByID("stage")
	if !el.Truthy() {
		return
	}
	e.stage = newStage(el, e.pointer, e.key)
	e.stage.class("is-frozen", e.frozen())
	e.stage.look(canvas.NewCamera())
	e.fit(false)
	e.redraw()
	e.live.draw(e)
}

func (e *editor) unmount() {
	if e.stage != nil {
		e.stage.stop()
		e.stage = nil
	}
}

func (e *editor) close() {
	e.unmount()
	e.root.sock.unwatch("flow:" + e.id)
	e.flush()
}

// frozen reports whether nothing may be changed: for viewers, and while a past
// version is shown.
func (e *editor) frozen() bool {
	return e.past != nil || !e.root.mayAuthor() || e.narrow()
}

func (e *editor) narrow() bool {
	if ui.IsServer {
		return false
	}
	w, _ := ui.Window().Size()
	return w < 700
}

// apply does a command, and everything that follows from it.
func (e *editor) apply(c edit.Command) (edit.Result, bool) {
	if e.frozen() {
		return edit.Result{}, false
	}
	res, err := e.doc.Apply(c)
	if err != nil {
		e.root.offer(toast{text: err.Error(), bad: true})
		e.update()
		return res, false
	}
	if res.Changed {
		e.changed()
	}
	return res, true
}

// changed follows every change of the document.
func (e *editor) changed() {
	e.rebuild()
	e.redraw()
	e.checkSoon()
	e.saveSoon()
	e.update()
}

// update redraws the components; the canvas is drawn beside them.
func (e *editor) update() { e.root.ctx.Update() }

// graph is what is shown: the draft, or a past version.
func (e *editor) graph() flow.Graph {
	if e.past != nil {
		return e.past.Graph
	}
	return e.doc.Graph
}

// rebuild makes the picture of the graph anew.
func (e *editor) rebuild() {
	g := e.graph()
	e.sheet = &sheet{
		root: e.root, graph: g, scene: edit.SceneOf(g, e.doc.Catalogue), frozen: e.frozen(),
		cardClass: e.cardClass, lineClass: e.lineClass, badge: e.badge, lineCount: e.live.lineCount,
	}
}

// redraw brings the canvas up to date.
func (e *editor) redraw() {
	if e.stage == nil || e.sheet == nil {
		return
	}
	e.sheet.draw(e.stage)
	e.live.drawChips(e)
	e.stage.flush()
}

func (e *editor) cardClass(id string) string {
	class := ""
	if e.doc.Selection.Has(id) {
		class += " is-selected"
	}
	switch e.worst(id) {
	case flow.LevelError:
		class += " has-problem"
	case flow.LevelWarning:
		class += " has-warning"
	}
	return class + e.live.class(id) + e.mode.cardClass(id)
}

func (e *editor) lineClass(id string) string {
	class := ""
	if e.doc.Selection.Connector == id {
		class += " is-selected"
	}
	if e.picked == id && id != "" {
		class += " is-target"
	}
	for _, p := range e.problems {
		if p.Connector == id && p.Level == flow.LevelError {
			return class + " is-problem"
		}
	}
	return class
}

func (e *editor) badge(id string) int {
	n := 0
	for _, p := range e.problems {
		if p.Node == id {
			n++
		}
	}
	return n
}

func (e *editor) worst(id string) flow.Level {
	worst := flow.Level("")
	for _, p := range e.problems {
		if p.Node == id && worst != flow.LevelError {
			worst = p.Level
		}
	}
	return worst
}

// checkSoon checks the graph 150 ms after the last change.
func (e *editor) checkSoon() {
	e.checks++
	now := e.checks
	e.root.ctx.After(150*time.Millisecond, func(ui.Context) {
		if now == e.checks {
			e.check()
		}
	})
}

func (e *editor) check() {
	e.problems = nodes.Check(e.doc.Graph, e.root.schemas())
	e.hash = e.doc.Graph.Hash()
	e.redraw()
}

// unpublished reports whether the draft's logic is not the active version's.
func (e *editor) unpublished() bool {
	for _, v := range e.versions {
		if v.Number == e.flow.Active {
			return v.Hash != e.hash
		}
	}
	return true
}
