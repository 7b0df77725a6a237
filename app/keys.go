package app

import (
	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/canvas"
	"millrace.dev/app/edit"
	"millrace.dev/flow"
)

// Bits of a key's modifiers, as web/js/canvas.js sends them.
const (
	bitShift = 1 << iota
	bitCtrl
	bitAlt
	bitMeta
	bitAltGraph
	bitMac
)

// keyMode is what the keyboard is in the middle of: connecting or moving.
type keyMode struct {
	name edit.Scope
	// Connecting: the port, the targets in walking order, and the chosen one.
	from    string
	port    string
	ports   []string // still to choose from when more than one
	targets []string
	at      int
	valid   map[string]bool
	target  string
	// Moving: how far so far.
	dx, dy int
}

// cardClass marks targets while a connector is being led.
func (m keyMode) cardClass(id string) string {
	switch {
	case m.valid == nil:
		return ""
	case id == m.target && m.valid[id]:
		return " is-target"
	case id == m.from || m.valid[id]:
		return ""
	}
	return " is-dim"
}

// key takes one keydown from the browser and reports whether it was used.
func (e *editor) key(args []ui.Value) bool {
	bits, where := args[2].Int(), args[3].String()
	ev := edit.KeyEvent{
		Key: args[0].String(), Code: args[1].String(),
		Shift: bits&bitShift != 0, Ctrl: bits&bitCtrl != 0, Alt: bits&bitAlt != 0, Meta: bits&bitMeta != 0, AltGraph: bits&bitAltGraph != 0,
	}
	if e.doc == nil || e.publish != nil || e.root.ask != nil {
		return false
	}
	scope := e.scope(where)
	if where == "field" && !(ev.Ctrl || ev.Meta) {
		return false
	}
	a, ok := edit.Match(ev, scope, bits&bitMac != 0)
	if !ok {
		return false
	}
	return e.act(a.ID)
}

// scope is where the keyboard is.
func (e *editor) scope(where string) edit.Scope {
	switch {
	case where == "field":
		return edit.Anywhere
	case e.mode.name != "":
		return e.mode.name
	case where == "page":
		return edit.Surface
	case e.doc.Selection.Connector != "":
		return edit.OnLine
	case e.doc.Selection.Len() > 0:
		return edit.Selected
	}
	return edit.Canvas
}

// act does an action by its id, from a key, a button or a menu.
func (e *editor) act(id string) bool {
	f, ok := e.actions()[id]
	if !ok {
		return false
	}
	if id != "go_to" && e.mode.name == edit.GoTo {
		e.mode = keyMode{}
	}
	f()
	if e.stage != nil {
		e.stage.flush()
	}
	e.update()
	return true
}

// actions are those of edit.Actions that this editor can do.
func (e *editor) actions() map[string]func() {
	m := map[string]func(){
		"save": func() { e.save(func() { e.root.say(e.root.t("editor.saved_draft")) }) },
		"undo": e.undo, "redo": e.redo,
		"publish": e.openPublish, "problems": func() { e.drawer = !e.drawer },
		"settings":  func() { e.settings, e.panel, e.doc.Selection = true, true, edit.Selection{} },
		"shortcuts": func() { e.sheetOn = !e.sheetOn; e.root.focus(`.dialog [data-action="close"]`) },
		"versions":  func() { e.root.goTo("/flows/" + e.id + "/versions") },
		"go_to":     func() { e.mode = keyMode{name: edit.GoTo} },
		"go_flows":  func() { e.root.goTo("/flows") }, "go_runs": func() { e.root.goTo("/runs") },
		"go_data": func() { e.root.goTo("/records/deals") }, "go_settings": func() { e.root.goTo("/settings") }, "go_cancel": func() {},
		"zoom_in": func() { e.zoom(1.25) }, "zoom_out": func() { e.zoom(0.8) }, "zoom_100": func() { e.zoom(0) },
		"zoom_fit": func() { e.fit(true) }, "zoom_selection": e.fitSelection,
		"select_all": func() { e.choose(edit.All(e.doc.Graph)) }, "select_none": e.selectNone,
		"walk_next": e.walk(edit.Next), "walk_previous": e.walk(edit.Previous), "walk_left": e.walk(edit.SiblingBefore),
		"walk_right": e.walk(edit.SiblingAfter), "walk_first": e.walk(edit.First), "walk_last": e.walk(edit.Last),
		"select_upstream":   func() { e.choose(e.doc.Selection.Upstream(e.doc.Graph)) },
		"select_downstream": func() { e.choose(e.doc.Selection.Downstream(e.doc.Graph)) },
		"open":              e.openPanel, "open_connector": e.openPanel, "rename": e.openTitle,
		"copy": e.copy, "calm": e.root.toggleCalm,
	}
	if !e.frozen() {
		e.editActions(m)
	}
	return m
}

// editActions are those that change the flow.
func (e *editor) editActions(m map[string]func()) {
	sel := e.doc.Selection
	for id, f := range map[string]func(){
		"quick_add": e.quickAfterSelection, "insert": func() { e.quickOnConnector(sel.Connector) },
		"add_note": func() { e.addType("note") },
		"tidy":     e.tidy,
		"disable": func() {
			e.apply(edit.SetDisabled{Nodes: sel.Nodes(), Disabled: !e.doc.Graph.Nodes[sel.Active].Disabled})
		},
		"replace": e.openReplace,
		"connect": e.beginConnect, "move": e.beginMove,
		"delete": func() { e.deleteSelected(false) }, "delete_leave": func() { e.deleteSelected(true) },
		"delete_connector": func() { e.deleteConnector(sel.Connector) },
		"cut":              func() { e.copy(); e.deleteSelected(false) }, "paste": e.paste,
		"duplicate":    func() { e.apply(edit.Duplicate{Nodes: sel.Nodes()}) },
		"connect_next": func() { e.cycle(1) }, "connect_previous": func() { e.cycle(-1) },
		"connect_link": e.link, "connect_cancel": e.endConnect,
		"move_left": e.nudge(-1, 0), "move_right": e.nudge(1, 0), "move_up": e.nudge(0, -1), "move_down": e.nudge(0, 1),
		"move_left_far": e.nudge(-5, 0), "move_right_far": e.nudge(5, 0), "move_up_far": e.nudge(0, -5), "move_down_far": e.nudge(0, 5),
		"move_keep": e.keepMove, "move_revert": e.revertMove,
	} {
		m[id] = f
	}
}

func (e *editor) selectNone() {
	if e.quick != nil || e.sheetOn || e.drawer {
		e.quick, e.sheetOn, e.drawer = nil, false, false
		return
	}
	if _, idle := e.gesture.(canvas.Idle); !idle {
		next, intents := e.gesture.Handle(canvas.Input{Kind: canvas.Cancel})
		e.gesture = next
		for _, it := range intents {
			e.do(it)
		}
		return
	}
	e.choose(edit.Selection{})
}

func (e *editor) walk(d edit.Direction) func() {
	return func() {
		id := edit.Walk(e.doc.Graph, e.doc.Catalogue, e.doc.Selection.Active, d)
		if id == "" {
			return
		}
		e.choose(edit.Select(id))
		e.reveal(id)
	}
}

func (e *editor) deleteSelected(leave bool) {
	ids := e.doc.Selection.Nodes()
	if len(ids) == 0 {
		return
	}
	next := edit.Walk(e.doc.Graph, e.doc.Catalogue, ids[0], edit.Previous)
	if _, ok := e.apply(edit.Delete{Nodes: ids, Leave: leave}); ok {
		if _, there := e.doc.Graph.Nodes[next]; there {
			e.doc.Selection = edit.Select(next)
		}
		e.panel = false
		e.redraw()
		e.root.offer(toast{text: e.root.n("editor.deleted", len(ids)), act: e.root.t("common.undo"), do: e.undo})
	}
}

func (e *editor) tidy() {
	e.ease(true)
	c := edit.Tidy{}
	if e.doc.Selection.Len() > 1 {
		c.Nodes = e.doc.Selection.Nodes()
	}
	e.apply(c)
}

// beginConnect leads a connector by keyboard from the selected node's port. With
// several ports the first press chooses the first free one; C again the next.
func (e *editor) beginConnect() {
	id, ok := e.doc.Selection.One()
	if !ok {
		return
	}
	port, ok := edit.FreePort(e.doc.Graph, e.doc.Catalogue, id)
	if !ok {
		return
	}
	ports := portNames(e.doc.Graph.Nodes[id])
	if len(ports) > 1 {
		e.mode = keyMode{name: choosingPort, from: id, port: port, ports: ports}
		return
	}
	e.targetsFrom(id, port)
}

// choosingPort is the mode in which the port to connect from is chosen.
const choosingPort edit.Scope = "connecting"

func (e *editor) targetsFrom(id, port string) {
	from := edit.End{Node: id, Port: port}
	targets := edit.ValidTargets(e.doc.Graph, e.doc.Catalogue, from, "")
	if len(targets) == 0 {
		e.mode = keyMode{}
		e.root.say(e.root.t("editor.no_target"))
		return
	}
	e.mode = keyMode{name: edit.Connecting, from: id, port: port, targets: targets, at: -1, valid: map[string]bool{}}
	for _, t := range targets {
		e.mode.valid[t] = true
	}
	e.cycle(1)
}

// cycle chooses the next or previous port or target.
func (e *editor) cycle(step int) {
	m := &e.mode
	if len(m.ports) > 0 {
		for i, p := range m.ports {
			if p == m.port {
				m.port = m.ports[(i+step+len(m.ports))%len(m.ports)]
				return
			}
		}
		return
	}
	if len(m.targets) == 0 {
		return
	}
	m.at = (m.at + step + len(m.targets)) % len(m.targets)
	m.target = m.targets[m.at]
	from, _ := e.sheet.scene.PortPoint(m.from, m.port)
	if c, ok := e.sheet.scene.Card(m.target); ok && e.stage != nil {
		e.stage.class("is-connecting", true)
		e.stage.showPreview(canvas.Preview(from, canvas.Entry(c.Box)), false)
		e.sheet.draw(e.stage)
		e.reveal(m.target)
	}
}

// link connects to the chosen target, or goes on from the chosen port.
func (e *editor) link() {
	m := e.mode
	if len(m.ports) > 0 {
		e.targetsFrom(m.from, m.port)
		return
	}
	e.endConnect()
	if m.target != "" {
		e.apply(edit.Connect{From: edit.End{Node: m.from, Port: m.port}, To: m.target})
	}
}

func (e *editor) beginMove() { e.mode = keyMode{name: edit.Moving} }

// nudge moves the selection by grid steps, as a preview.
func (e *editor) nudge(x, y int) func() {
	return func() {
		e.mode.dx += x * int(canvas.Grid)
		e.mode.dy += y * int(canvas.Grid)
		e.previewMove(canvas.MoveSelected{DX: float64(e.mode.dx), DY: float64(e.mode.dy), Free: true})
	}
}

func (e *editor) keepMove() {
	m := e.mode
	e.mode = keyMode{}
	e.endMove()
	e.apply(edit.MoveNodes{Nodes: e.doc.Selection.Nodes(), DX: m.dx, DY: m.dy})
}

func (e *editor) revertMove() {
	e.mode = keyMode{}
	e.endMove()
	e.redraw()
}

func (e *editor) copy() {
	ids := e.doc.Selection.Nodes()
	if len(ids) == 0 {
		return
	}
	clip, _ := e.doc.Copy(ids)
	board := ui.Window().Get("navigator").Get("clipboard")
	if board.Truthy() {
		board.Call("writeText", clip.Text())
	}
	clipboard = clip.Text()
	e.root.say(e.root.n("editor.copied", len(ids)))
}

// clipboard is the last copied text, for browsers that do not let it be read.
var clipboard string

func (e *editor) paste() {
	board := ui.Window().Get("navigator").Get("clipboard")
	if !board.Truthy() || !board.Get("readText").Truthy() {
		e.pasteText(clipboard)
		return
	}
	board.Call("readText").Then(func(v ui.Value) {
		text := v.String()
		e.root.ctx.Dispatch(func(ui.Context) { e.pasteText(text) })
	})
}

func (e *editor) pasteText(text string) {
	clip, ok := edit.ParseClip(text)
	if !ok {
		e.root.say(e.root.t("editor.nothing_to_paste"))
		return
	}
	if res, ok := e.apply(edit.Paste{Clip: clip, Flow: e.id}); ok {
		e.root.say(e.root.n("editor.pasted", len(res.Added)))
		if len(res.Added) > 0 {
			e.reveal(res.Added[0])
		}
	}
}

// node is the selected node.
func (e *editor) node() (id string, n flow.Node, ok bool) {
	id, ok = e.doc.Selection.One()
	if !ok {
		return "", flow.Node{}, false
	}
	n, ok = e.graph().Nodes[id]
	return id, n, ok
}
