package app

import (
	"math"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/canvas"
	"millrace.dev/app/edit"
	"millrace.dev/flow"
)

// Flags of a pointer input, as web/js/canvas.js sends them.
const (
	flagTouch = 1 << iota
	flagOutside
	flagPinch
)

// hover is the input kind of a move without a button, which no gesture needs.
const hover = 5

// pointer takes one pointer input from the browser, at most one move a frame,
// and answers what to draw.
func (e *editor) pointer(args []ui.Value) string {
	if e.stage == nil || e.sheet == nil {
		return ""
	}
	kind, flags := args[0].Int(), args[8].Int()
	at := canvas.Point{X: args[1].Float(), Y: args[2].Float()}
	in := canvas.Input{
		Kind: canvas.InputKind(kind), Screen: at, World: e.stage.camera.ToWorld(at),
		Button: args[3].Int(), Mods: canvas.Mods(args[4].Int()) & (canvas.Shift | canvas.Mod | canvas.Alt | canvas.Space), Clicks: args[5].Int(),
		Delta: canvas.Point{X: args[6].Float(), Y: args[7].Float()},
		Pinch: flags&flagPinch != 0, Touch: flags&flagTouch != 0, Outside: flags&flagOutside != 0, Frozen: e.frozen(),
	}
	if placing, ok := e.gesture.(canvas.PlacingFromPalette); ok {
		in.Outside = in.Outside || !e.clear().Contains(at)
		if at.Add(canvas.Point{X: e.stage.size.X, Y: e.stage.size.Y}).Distance(e.carried) < canvas.Slop {
			return e.notCarried(in.Kind, placing.Type)
		}
		e.carried = canvas.Point{X: -1e6}
	}
	in.Target = e.hit(in)
	if kind == hover {
		if _, connecting := e.gesture.(canvas.Connecting); !connecting {
			e.hovered = in.Target.Connector
			return ""
		}
		in.Kind = canvas.Move
	}
	if in.Kind == canvas.Down {
		e.stage.measure()
		e.closePopups()
	}
	before := e.gesture.Name()
	next, intents := e.gesture.Handle(in)
	e.gesture = next
	if next.Name() != before {
		e.stage.class("is-panning", next.Name() == "panning")
		e.stage.class("is-connecting", next.Name() == "connecting")
	}
	for _, it := range intents {
		e.do(it)
	}
	return e.stage.take()
}

// notCarried is a press on the palette that has not become a drag: let go, it
// was a click.
func (e *editor) notCarried(kind canvas.InputKind, typ string) string {
	if kind == canvas.Up || kind == canvas.Cancel {
		e.gesture = canvas.Idle{}
	}
	if kind == canvas.Up {
		e.addType(typ)
	}
	return e.stage.take()
}

// hit finds what lies under the pointer; while nodes are dragged, under them.
func (e *editor) hit(in canvas.Input) canvas.Target {
	p := canvas.Pointing{
		Zoom: e.stage.camera.Zoom, Touch: in.Touch, Connector: e.doc.Selection.Connector, Hovered: e.hovered,
		Selected: e.doc.Selection.Has,
	}
	switch e.gesture.(type) {
	case canvas.DraggingNodes:
		p.Skip = e.doc.Selection.Has
	case canvas.Panning, canvas.BoxSelecting:
		return canvas.Target{}
	}
	return e.sheet.scene.Hit(in.World, p)
}

// do does what a gesture decided.
func (e *editor) do(it canvas.Intent) {
	switch it := it.(type) {
	case canvas.Pan:
		e.look(e.stage.camera.Pan(it.DX, it.DY))
	case canvas.Zoom:
		e.look(e.stage.camera.ZoomAt(it.At, it.Factor))
		e.stage.op("q", e.zoomText())
	case canvas.SelectNode:
		e.choose(edit.Select(it.Node))
	case canvas.ToggleNode:
		e.choose(e.doc.Selection.Toggle(it.Node))
	case canvas.SelectConnector:
		e.choose(edit.SelectConnector(it.Connector))
	case canvas.ClearSelection:
		e.choose(edit.Selection{})
	case canvas.BoxPreview:
		e.stage.box(it.Box)
	case canvas.BoxCancel:
		e.stage.noBox()
	case canvas.BoxSelect:
		e.stage.noBox()
		ids := e.sheet.scene.In(it.Box)
		if it.Add {
			e.choose(e.doc.Selection.With(ids...))
		} else {
			e.choose(edit.Select(ids...))
		}
	case canvas.OpenNode:
		e.openPanel()
	case canvas.OpenQuickAdd:
		e.openQuickAt(it.At, edit.End{}, it.Connector)
	default:
		e.doEdit(it)
	}
}

// doEdit does what changes the flow, or previews it.
func (e *editor) doEdit(it canvas.Intent) {
	switch it := it.(type) {
	case canvas.MoveSelected:
		e.previewMove(it)
	case canvas.CommitMove:
		e.commitMove(it)
	case canvas.CancelMove:
		e.endMove()
		e.sheet.draw(e.stage)
	case canvas.PreviewConnector:
		e.previewConnector(it)
	case canvas.CancelConnector:
		e.endConnect()
	case canvas.Connect:
		e.endConnect()
		e.apply(edit.Connect{From: edit.End{Node: it.Node, Port: it.Port}, To: it.To})
	case canvas.Reconnect:
		e.endConnect()
		c := edit.Reconnect{Connector: it.Connector, To: it.To}
		if it.Source {
			c = edit.Reconnect{Connector: it.Connector, From: edit.End{Node: it.To, Port: it.Port}}
		}
		e.apply(c)
	case canvas.DropConnector:
		e.endConnect()
		e.openQuickAt(it.At, edit.End{Node: it.Node, Port: it.Port}, "")
	case canvas.DeleteConnector:
		e.endConnect()
		e.deleteConnector(it.Connector)
	case canvas.PalettePreview:
		e.previewPalette(it)
	case canvas.CancelPalette:
		e.endPalette()
	case canvas.DropPalette:
		e.endPalette()
		e.dropNew(it.Type, it.At, it.Connector)
	}
}

// look points the camera and draws what came into view.
func (e *editor) look(c canvas.Camera) {
	e.stage.look(c)
	if len(e.sheet.scene.Cards()) > canvas.CullFrom {
		e.sheet.reveal(e.stage)
	}
}

// choose changes the selection.
func (e *editor) choose(s edit.Selection) {
	e.doc.EndField()
	e.doc.Selection = s
	_, one := s.One()
	_, idle := e.gesture.(canvas.Idle)
	if idle { // a drag does not open the panel under the pointer
		e.panel = (one || s.Connector != "") && !e.narrow() || e.panel && !s.Empty()
	}
	e.settings = false
	e.picker = picker{}
	e.redraw()
	if idle && one && e.panelShown() {
		e.reveal(s.Active) // the panel may have opened over it
	}
	e.update()
}

func (e *editor) closePopups() {
	if e.quick != nil || e.root.menu != "" || e.picker.prop != "" {
		e.quick, e.root.menu, e.picker = nil, "", picker{}
		e.update()
	}
}

// shift is how far the selected nodes move: aligned with their neighbours or the
// grid, unless free.
func (e *editor) shift(dx, dy float64, free bool) (canvas.Point, []canvas.Guide) {
	d := canvas.Point{X: dx, Y: dy}
	if free {
		return canvas.Point{X: math.Round(dx), Y: math.Round(dy)}, nil
	}
	var first canvas.Box
	var others []canvas.Box
	for _, c := range e.sheet.scene.Cards() {
		switch {
		case !e.doc.Selection.Has(c.ID):
			others = append(others, c.Box)
		case first.W == 0 || c.ID == e.doc.Selection.Active:
			first = c.Box
		}
	}
	return canvas.Snap(first, d, others)
}

func (e *editor) previewMove(m canvas.MoveSelected) {
	e.stage.held = true
	d, guides := e.shift(m.DX, m.DY, m.Free)
	sel := e.doc.Selection
	for _, id := range sel.Nodes() {
		if c, ok := e.sheet.scene.Card(id); ok {
			e.stage.moveCard(id, canvas.Point{X: c.Box.X + d.X, Y: c.Box.Y + d.Y})
		}
	}
	for _, l := range e.sheet.scene.Touched(sel.Has) {
		e.stage.route(l.ID, e.sheet.scene.PathMoved(l, sel.Has, d))
	}
	e.stage.guides(guides)
	target := m.Connector
	if sel.Len() != 1 {
		target = ""
	}
	e.pick(target)
}

// pick marks the connector that a drop would be inserted on.
func (e *editor) pick(id string) {
	if e.picked == id {
		return
	}
	for _, l := range []string{e.picked, id} {
		e.picked = id
		if link, ok := e.sheet.scene.Link(l); ok {
			e.sheet.drawLink(e.stage, link)
		}
	}
}

func (e *editor) endMove() {
	e.stage.held = false
	e.stage.guides(nil)
	e.pick("")
}

func (e *editor) commitMove(m canvas.CommitMove) {
	target := e.picked
	d, _ := e.shift(m.DX, m.DY, m.Free)
	e.endMove()
	ids := e.doc.Selection.Nodes()
	x, y := int(math.Round(d.X)), int(math.Round(d.Y))
	var c edit.Command = edit.MoveNodes{Nodes: ids, DX: x, DY: y, Free: true}
	switch {
	case m.Copy:
		c = edit.Duplicate{Nodes: ids, DX: x, DY: y}
	case target != "" && len(ids) == 1:
		place := e.doc.Graph.Layout[ids[0]]
		at := flow.Point{place[0] + x, place[1] + y}
		c = edit.InsertOnConnector{Connector: target, Existing: ids[0], At: &at}
	}
	if _, ok := e.apply(c); !ok {
		e.sheet.draw(e.stage)
	}
}

func (e *editor) previewConnector(p canvas.PreviewConnector) {
	from, okFrom := e.sheet.scene.PortPoint(p.Node, p.Port)
	to := p.To
	if p.Connector != "" {
		if way, ok := e.sheet.scene.Path(p.Connector); ok {
			if from, okFrom = way.Start(), true; p.Source {
				from, to = p.To, way.End()
			}
		}
	}
	if !okFrom {
		return
	}
	e.markTargets(p)
	bad := true
	if p.Over.Node != "" && !p.Source && e.mode.valid[p.Over.Node] {
		if c, ok := e.sheet.scene.Card(p.Over.Node); ok {
			to, bad = canvas.Entry(c.Box), false
		}
	}
	e.stage.showPreview(canvas.Preview(from, to), bad)
	e.lastHit = p.Over
}

// markTargets dims what a connector cannot lead to, and marks what it would.
func (e *editor) markTargets(p canvas.PreviewConnector) {
	from := edit.End{Node: p.Node, Port: p.Port}
	if p.Connector != "" {
		from.Node, from.Port = e.doc.Graph.Connectors[p.Connector].Source()
	}
	if e.mode.valid == nil {
		e.mode.valid = map[string]bool{}
		for _, id := range edit.ValidTargets(e.doc.Graph, e.doc.Catalogue, from, p.Connector) {
			e.mode.valid[id] = true
		}
		e.mode.from = from.Node
		e.mode.target = p.Over.Node
		e.sheet.draw(e.stage)
		return
	}
	if e.mode.target != p.Over.Node {
		e.mode.target = p.Over.Node
		e.sheet.draw(e.stage)
	}
}

func (e *editor) endConnect() {
	e.mode = keyMode{}
	e.gesture = canvas.Idle{}
	e.stage.class("is-connecting", false)
	e.stage.hidePreview()
	e.sheet.draw(e.stage)
}

// deleteConnector deletes one, and offers it back.
func (e *editor) deleteConnector(id string) {
	if _, ok := e.apply(edit.Delete{Connectors: []string{id}}); ok {
		e.root.offer(toast{text: e.root.t("editor.connector_deleted"), act: e.root.t("common.undo"), do: e.undo})
	}
}

func (e *editor) undo() {
	if l, ok := e.doc.Undo(); ok {
		e.changed()
		e.root.say(e.root.t("editor.undone", e.labelText(l)))
	}
}

func (e *editor) redo() {
	if l, ok := e.doc.Redo(); ok {
		e.changed()
		e.root.say(e.root.t("editor.redone", e.labelText(l)))
	}
}

func (e *editor) labelText(l edit.Label) string {
	return e.root.n("edit."+l.Key, max(1, l.Count), l.Name)
}
