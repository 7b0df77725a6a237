package app

import (
	"encoding/json"
	"strconv"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/flow"
)

// overlay is what runs do, drawn over the flow's canvas: counts on cards and
// connectors, states, tokens along connectors.
type overlay struct {
	on     bool
	counts counts
	// seen are the latest states of the visits of the runs heard of, so that a
	// token travels once for each step.
	seen map[string]map[int]flow.StepState
	// flash are the cards that show "done" or "failed" for a moment.
	flash map[string]flow.StepState
	sent  map[string]burst
}

// burst counts the tokens of one connector within a second.
type burst struct {
	since time.Time
	n     int
}

// maxTokens is how many tokens a second travel one connector; above it only the
// counters move.
const maxTokens = 10

// flashFor is how long a card shows that a step was done.
const flashFor = 2500 * time.Millisecond

// flowSnapshot is how a flow's topic begins.
type flowSnapshot struct {
	Counts counts     `json:"counts"`
	Active []flow.Run `json:"active"`
}

// watch follows the flow's runs.
func (e *editor) watch() {
	o := &e.live
	o.seen, o.flash, o.sent = map[string]map[int]flow.StepState{}, map[string]flow.StepState{}, map[string]burst{}
	load(e.root, "/api/flows/"+e.id+"/counts", func(c counts, err error) {
		if err == nil {
			o.counts = c
			o.draw(e)
		}
	})
	e.root.sock.watch("flow:"+e.id, func(f frame) { e.receive(f) })
}

// receive takes one live message; it is drawn at the browser's next frame, with
// all others that came before it.
func (e *editor) receive(f frame) {
	o := &e.live
	switch f.Type {
	case "snapshot":
		var s flowSnapshot
		if json.Unmarshal(f.Data, &s) != nil {
			return
		}
		o.counts = s.Counts
		for _, run := range s.Active {
			for _, st := range run.Steps {
				o.note(run.ID, st)
			}
		}
	case "counts":
		var c counts
		if json.Unmarshal(f.Data, &c) != nil {
			return
		}
		o.counts = c
	case "progress":
		var p flow.Progress
		if json.Unmarshal(f.Data, &p) != nil {
			return
		}
		o.progress(e, p)
	}
	o.draw(e)
}

// note remembers a visit's state and reports whether it is new.
func (o *overlay) note(run string, s flow.Step) (fresh, changed bool) {
	visits := o.seen[run]
	if visits == nil {
		if len(o.seen) > 2000 {
			o.seen = map[string]map[int]flow.StepState{}
		}
		visits = map[int]flow.StepState{}
		o.seen[run] = visits
	}
	old, known := visits[s.Visit]
	visits[s.Visit] = s.State
	return !known, old != s.State
}

// progress shows the steps of one message.
func (o *overlay) progress(e *editor, p flow.Progress) {
	for _, s := range p.Steps {
		fresh, changed := o.note(p.Run, s)
		if e.stage == nil || !o.on {
			continue
		}
		if fresh && s.Via != "" {
			o.token(e.stage, s.Via)
		}
		if changed {
			e.stage.op("a", s.Node)
			o.flashNode(e, s.Node, s.State)
		}
	}
	if p.State.Final() {
		delete(o.seen, p.Run)
	}
}

// token sends a token along a connector, unless too many are on their way.
func (o *overlay) token(st *stage, via string) {
	b, now := o.sent[via], time.Now()
	if now.Sub(b.since) > time.Second {
		b = burst{since: now}
	}
	b.n++
	o.sent[via] = b
	if _, shown := st.lines[via]; shown && b.n <= maxTokens {
		st.op("o", via, "")
	}
}

// flashNode shows a passing state for a moment.
func (o *overlay) flashNode(e *editor, node string, s flow.StepState) {
	if s != flow.StepDone && s != flow.StepFailed && s != flow.StepSkipped && s != flow.StepRunning {
		delete(o.flash, node)
		return
	}
	o.flash[node] = s
	st := e.stage
	time.AfterFunc(flashFor, func() {
		if e.stage == st && st != nil && o.flash[node] == s {
			delete(o.flash, node)
			o.draw(e)
		}
	})
}

// class is a card's state: what needs a person first.
func (o *overlay) class(id string) string {
	if !o.on {
		return ""
	}
	n := o.counts.ByNode[id]
	switch {
	case o.flash[id] != "":
		return " is-" + string(o.flash[id])
	case n.Running > 0:
		return " is-running"
	case n.Waiting > 0:
		return " is-waiting"
	}
	return ""
}

func (o *overlay) lineCount(id string) int {
	if !o.on {
		return 0
	}
	return o.counts.ByConnector[id]
}

// draw brings states and counters up to date at the next frame.
func (o *overlay) draw(e *editor) {
	if e.stage == nil || e.sheet == nil {
		return
	}
	if len(o.flash) == 0 && len(o.counts.ByNode) == 0 && len(e.stage.cards) == 0 {
		return
	}
	e.sheet.draw(e.stage)
	o.drawChips(e)
	e.stage.later()
}

// drawChips shows the counts on the cards.
func (o *overlay) drawChips(e *editor) {
	for id := range e.stage.cards {
		n := o.counts.ByNode[id]
		if !o.on {
			n = nodeCount{}
		}
		o.chip(e, id, "running", n.Running)
		o.chip(e, id, "waiting", n.Waiting)
		o.chip(e, id, "failed", n.Failed)
	}
}

func (o *overlay) chip(e *editor, id, state string, n int) {
	text := ""
	if n > 0 {
		text = strconv.Itoa(n)
	}
	e.stage.chip(id, state, text, e.root.t("step."+state))
}

// toggleLive shows or hides the overlay.
func (e *editor) toggleLive() {
	e.live.on = !e.live.on
	e.redraw()
}

// liveButton switches the overlay, and tells whether it is live.
func (e *editor) liveButton() ui.UI {
	class, dot := "btn ghost s", "pulse off"
	if e.live.on {
		class = "btn ghost s on"
		if !e.root.amber {
			dot = "pulse"
		}
	}
	return ui.Elem("button").Attr("type", "button").Class(class).DataSet("action", "live").Aria("pressed", yes(e.live.on)).Title(e.root.t("editor.live_help")).
		OnClick(does(e.toggleLive)).Body(ui.Elem("span").Class(dot), ui.Elem("span").Text(e.root.t("nav.live")))
}
