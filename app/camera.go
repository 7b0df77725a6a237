package app

import (
	"math"
	"strconv"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/canvas"
)

// clear is the part of the stage that no panel covers.
func (e *editor) clear() canvas.Box {
	b := canvas.Box{W: e.stage.size.W, H: e.stage.size.H}
	if e.narrow() {
		return b
	}
	if e.palette.open && !e.frozen() {
		b.X, b.W = 240, b.W-240
	}
	if e.panelShown() {
		b.W -= 400
	}
	return b
}

// fit shows everything.
func (e *editor) fit(ease bool) {
	if e.stage == nil {
		return
	}
	e.ease(ease)
	e.look(fitted(e.sheet.scene.Boxes(), e.clear()))
	e.stage.flush()
	e.update()
}

// fitted shows all boxes; a picture that leaves room stands in the upper part,
// where it will grow from.
func fitted(boxes []canvas.Box, clear canvas.Box) canvas.Camera {
	c := canvas.Fit(boxes, clear)
	b, ok := canvas.Bounds(boxes)
	if top := clear.H * 0.16; ok && b.H*c.Zoom < clear.H*0.6 {
		c.Y = top - b.Y*c.Zoom
	}
	return c
}

func (e *editor) fitSelection() {
	var boxes []canvas.Box
	for _, id := range e.doc.Selection.Nodes() {
		if c, ok := e.sheet.scene.Card(id); ok {
			boxes = append(boxes, c.Box)
		}
	}
	if len(boxes) == 0 {
		e.fit(true)
		return
	}
	e.ease(true)
	e.look(canvas.Fit(boxes, e.clear()))
	e.stage.flush()
}

// zoom multiplies the zoom at the middle of the free part; 0 means 100 %.
func (e *editor) zoom(factor float64) {
	if e.stage == nil {
		return
	}
	if factor == 0 {
		factor = 1 / e.stage.camera.Zoom
	}
	e.ease(true)
	e.look(e.stage.camera.ZoomAt(e.clear().Center(), factor))
	e.stage.flush()
	e.update()
}

// reveal moves the camera as little as needed to show a node.
func (e *editor) reveal(id string) {
	c, ok := e.sheet.scene.Card(id)
	if !ok || e.stage == nil {
		return
	}
	next := e.stage.camera.Reveal(c.Box, e.clear())
	if next != e.stage.camera {
		e.ease(true)
		e.look(next)
		e.stage.flush()
	}
}

// ease lets the next drawing glide there in 200 ms.
func (e *editor) ease(on bool) {
	if !on {
		return
	}
	e.stage.class("is-easing", true)
	st := e.stage
	e.root.ctx.After(220*time.Millisecond, func(ui.Context) {
		if e.stage == st {
			st.class("is-easing", false)
			st.flush()
		}
	})
}

func (e *editor) zoomText() string {
	if e.stage == nil {
		return "100 %"
	}
	return strconv.Itoa(int(math.Round(e.stage.camera.Zoom*100))) + " %"
}
