package app

import (
	"math"
	"strconv"
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/canvas"
)

// stage is the drawn canvas. It remembers what the browser shows and sends only
// what differs, as operations in text (web/js/canvas.js lists them): one call a
// frame, however many cards move.
type stage struct {
	js   ui.Value
	free []ui.Func

	ops    strings.Builder
	cards  map[string]*drawnCard
	lines  map[string]*drawnLine
	camera canvas.Camera
	// held keeps cards and connectors where a drag has put them, whatever is drawn
	// anew meanwhile.
	held bool
	size canvas.Box // of the element; X and Y are its place in the window
}

// drawnCard and drawnLine are what the browser shows of a card and a connector.
type drawnCard struct {
	markup, class string
	at            canvas.Point
	placed        bool
	chips         map[string]string
}

type drawnLine struct {
	class, d, label, labelClass string
}

const (
	wordSep = "\x1f"
	lineSep = "\x1e"
)

// newStage binds the element: pointer and keys are called by the browser and
// answer with operations, or whether the key was used.
func newStage(el ui.Value, pointer func(args []ui.Value) string, keys func(args []ui.Value) bool) *stage {
	s := &stage{cards: map[string]*drawnCard{}, lines: map[string]*drawnLine{}}
	p := ui.FuncOf(func(_ ui.Value, args []ui.Value) any { return pointer(args) })
	k := ui.FuncOf(func(_ ui.Value, args []ui.Value) any { return keys(args) })
	s.free = []ui.Func{p, k}
	s.js = ui.Window().Call("millraceStage", el, p, k)
	s.measure()
	return s
}

// measure asks the browser for the element's size.
func (s *stage) measure() {
	var v [4]float64
	for i, w := range strings.Fields(s.js.Call("size").String()) {
		if i < 4 {
			v[i], _ = strconv.ParseFloat(w, 64)
		}
	}
	s.size = canvas.Box{W: v[0], H: v[1], X: v[2], Y: v[3]}
}

func (s *stage) stop() {
	s.js.Call("stop")
	for _, f := range s.free {
		f.Release()
	}
}

// op adds an operation to the present frame.
func (s *stage) op(words ...string) {
	if s.ops.Len() > 0 {
		s.ops.WriteString(lineSep)
	}
	for i, w := range words {
		if i > 0 {
			s.ops.WriteString(wordSep)
		}
		s.ops.WriteString(w)
	}
}

// take empties the present frame.
func (s *stage) take() string {
	text := s.ops.String()
	s.ops.Reset()
	return text
}

// flush draws the present frame now.
func (s *stage) flush() {
	if text := s.take(); text != "" {
		s.js.Call("apply", text)
	}
}

// later draws the present frame at the browser's next one.
func (s *stage) later() {
	if text := s.take(); text != "" {
		s.js.Call("later", text)
	}
}

// card shows a card with its markup, classes and place.
func (s *stage) card(id, markup, class string, at canvas.Point) {
	c := s.cards[id]
	if c == nil {
		c = &drawnCard{chips: map[string]string{}}
		s.cards[id] = c
	}
	if c.markup != markup {
		c.markup, c.class, c.placed, c.chips = markup, "", false, map[string]string{}
		s.op("n", id, markup)
	}
	if c.class != class {
		c.class = class
		s.op("k", "n", id, class)
	}
	if !c.placed || c.at != at && !s.held {
		s.moveCard(id, at)
	}
}

// moveCard moves a card; it is what a drag calls every frame.
func (s *stage) moveCard(id string, at canvas.Point) {
	if c := s.cards[id]; c != nil {
		c.at, c.placed = at, true
		s.op("t", id, num(at.X), num(at.Y))
	}
}

// chip shows a count on a card; "" hides it.
func (s *stage) chip(id, state, n, title string) {
	c := s.cards[id]
	if c == nil || c.chips[state] == n {
		return
	}
	c.chips[state] = n
	s.op("u", id, state, n, title)
}

const lineMarkup = `<path class="hit"></path><path class="path"></path><path class="tip"></path>` +
	`<g class="plus"><circle r="9"></circle><path d="M-4 0H4M0-4V4"></path></g><circle class="grip from" r="5"></circle><circle class="grip to" r="5"></circle></g>`

// line shows a connector.
func (s *stage) line(id, class string, p canvas.Path) {
	l := s.lines[id]
	if l == nil {
		l = &drawnLine{}
		s.lines[id] = l
		s.op("c", id, `<g class="connector" data-connector="`+esc(id)+`">`+lineMarkup)
	}
	if l.class != class {
		l.class = class
		s.op("k", "c", id, class)
	}
	if s.held && l.d != "" {
		return
	}
	s.route(id, p)
}

// route draws a connector's way; it is what a drag calls every frame.
func (s *stage) route(id string, p canvas.Path) {
	l := s.lines[id]
	d := p.D()
	if l == nil || l.d == d {
		return
	}
	l.d = d
	m, a, e := p.Middle(), p.Start(), p.End()
	s.op("d", id, d, p.Arrow(), num(m.X), num(m.Y), num(a.X), num(a.Y+canvas.LabelGap), num(e.X), num(e.Y-canvas.ArrowSize))
	if l.label != "" {
		s.op("p", id, num(p.Label.X), num(p.Label.Y))
	}
}

// label shows the text on a connector; "" takes it away.
func (s *stage) label(id, markup, class string, p canvas.Path) {
	l := s.lines[id]
	if l == nil {
		return
	}
	if l.label != markup {
		l.label, l.labelClass = markup, ""
		if markup == "" {
			s.op("x", "l", id)
			return
		}
		s.op("l", id, `<div class="connector-label" data-label="`+esc(id)+`">`+markup+`</div>`)
		s.op("p", id, num(p.Label.X), num(p.Label.Y))
	}
	if markup != "" && l.labelClass != class {
		l.labelClass = class
		s.op("k", "l", id, class)
	}
}

// keepOnly takes away the cards and connectors that are no longer shown.
func (s *stage) keepOnly(card, line func(id string) bool) {
	for id := range s.cards {
		if !card(id) {
			delete(s.cards, id)
			s.op("x", "n", id)
		}
	}
	for id, l := range s.lines {
		if !line(id) {
			if l.label != "" {
				s.op("x", "l", id)
			}
			delete(s.lines, id)
			s.op("x", "c", id)
		}
	}
}

// look points the camera.
func (s *stage) look(c canvas.Camera) {
	far := !c.ShowsText()
	if far == s.camera.ShowsText() || s.camera.Zoom == 0 {
		s.op("s", "is-far", bit(far))
	}
	if c == s.camera {
		return
	}
	s.camera = c
	s.op("z", num(c.X), num(c.Y), strconv.FormatFloat(math.Round(c.Zoom*1e4)/1e4, 'f', -1, 64))
}

func (s *stage) class(name string, on bool) { s.op("s", name, bit(on)) }

func (s *stage) showPreview(p canvas.Path, bad bool) {
	class := ""
	if bad {
		class = "is-bad"
	}
	s.op("w", p.D(), class)
}

func (s *stage) hidePreview() { s.op("w", "", "") }

func (s *stage) box(b canvas.Box) { s.op("b", num(b.X), num(b.Y), num(b.W), num(b.H)) }

func (s *stage) noBox() { s.op("b", "", "", "", "") }

// guides shows at most two alignment lines.
func (s *stage) guides(gs []canvas.Guide) {
	for i := 0; i < 2; i++ {
		if i >= len(gs) {
			s.op("g", strconv.Itoa(i), "", "", "", "")
			continue
		}
		b := canvas.BoxOf(gs[i].A, gs[i].B)
		s.op("g", strconv.Itoa(i), num(b.X), num(b.Y), num(max(b.W, 1/s.camera.Zoom)), num(max(b.H, 1/s.camera.Zoom)))
	}
}

func num(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

func bit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// stageView is the element that the stage draws into; go-app never looks inside
// it again.
func stageView(label string) ui.UI {
	return ui.Raw(`<div class="stage" id="stage" tabindex="0" role="application" aria-roledescription="flow canvas" aria-label="` + esc(label) + `">` +
		`<div class="grid"></div><div class="world"><svg class="connectors" aria-hidden="true"><g class="front"></g><path class="preview" d=""></path></svg>` +
		`<div class="guide" hidden></div><div class="guide" hidden></div><div class="box" hidden></div></div></div>`)
}
