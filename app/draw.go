package app

import (
	"strconv"
	"strings"

	"millrace.dev/app/canvas"
	"millrace.dev/app/edit"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// sheet is one drawing of a graph on a stage: the editor's draft, a version, or
// a run's path.
type sheet struct {
	root   *Root
	graph  flow.Graph
	scene  *canvas.Scene
	frozen bool
	// cardClass and lineClass add what is particular: selected, problem, state.
	cardClass func(id string) string
	lineClass func(id string) string
	// badge is the number of problems on a card.
	badge func(id string) int
	// lineCount is the number on a connector, 0 for none.
	lineCount func(id string) int

	// markup keeps what was built for each card: drawing again is then a matter
	// of comparing.
	markup map[string]cardText
}

// cardText is a card's markup with this number of problems, in this language.
type cardText struct {
	badge      int
	lang, text string
}

// catalogueOf tells package edit what it needs to know of the node types.
func (r *Root) catalogue() edit.Catalogue {
	return edit.Catalogue{
		Ports: func(n flow.Node) []string { return portNames(n) },
		Title: r.nodeTitle,
		Trigger: func(typ string) bool {
			return groupOf(typ) == nodes.Triggers
		},
	}
}

func portNames(n flow.Node) []string {
	ports := nodes.PortsOf(n)
	names := make([]string, len(ports))
	for i, p := range ports {
		names[i] = p.Name
	}
	return names
}

// draw brings the stage up to date; only what differs is sent. Above
// canvas.CullFrom cards only what the camera sees is drawn.
func (s *sheet) draw(st *stage) {
	cards, links := s.scene.Visible(st.camera.View(st.size.W, st.size.H))
	seenCards, seenLinks := make(map[string]bool, len(cards)), make(map[string]bool, len(links))
	for _, i := range cards {
		c := s.scene.Cards()[i]
		seenCards[c.ID] = true
		s.drawCard(st, c)
	}
	for _, i := range links {
		l := s.scene.Links()[i]
		seenLinks[l.ID] = true
		s.drawLink(st, l)
	}
	st.keepOnly(func(id string) bool { return seenCards[id] }, func(id string) bool { return seenLinks[id] })
}

func (s *sheet) drawCard(st *stage, c canvas.Card) {
	n := s.graph.Nodes[c.ID]
	class := "node g-" + string(groupOf(n.Type)) + " type-" + n.Type + " p" + strconv.Itoa(min(len(c.Ports), 5))
	if c.Source {
		class += " is-trigger"
	}
	if n.Disabled {
		class += " is-disabled"
	}
	badge := 0
	if s.badge != nil {
		badge = s.badge(c.ID)
	}
	kept, ok := s.markup[c.ID]
	if !ok || kept.badge != badge || kept.lang != s.root.lang {
		kept = cardText{badge, s.root.lang, s.cardMarkup(c, n, badge)}
		if s.markup == nil {
			s.markup = map[string]cardText{}
		}
		s.markup[c.ID] = kept
	}
	st.card(c.ID, kept.text, class+s.cardClass(c.ID), canvas.Point{X: c.Box.X, Y: c.Box.Y})
}

// reveal draws what has come into view and takes away what has left it; what
// stays is not looked at.
func (s *sheet) reveal(st *stage) {
	cards, links := s.scene.Visible(st.camera.View(st.size.W, st.size.H))
	seenCards, seenLinks := make(map[string]bool, len(cards)), make(map[string]bool, len(links))
	for _, i := range cards {
		c := s.scene.Cards()[i]
		seenCards[c.ID] = true
		if st.cards[c.ID] == nil {
			s.drawCard(st, c)
		}
	}
	for _, i := range links {
		l := s.scene.Links()[i]
		seenLinks[l.ID] = true
		if st.lines[l.ID] == nil {
			s.drawLink(st, l)
		}
	}
	st.keepOnly(func(id string) bool { return seenCards[id] }, func(id string) bool { return seenLinks[id] })
}

func (s *sheet) cardMarkup(c canvas.Card, n flow.Node, badge int) string {
	r := s.root
	title, line := r.nodeTitle(n), r.nodeLine(n)
	var b strings.Builder
	b.WriteString(`<div data-node="` + esc(c.ID) + `" data-type="` + esc(n.Type) + `" role="group" aria-label="` + esc(title+", "+line) + `">`)
	b.WriteString(`<i class="halo"></i><i class="in"></i><span class="chip">` + iconText(iconOf(n.Type), "") + `</span>`)
	b.WriteString(`<span class="txt"><span class="title">` + esc(title) + `</span><span class="line">` + esc(line) + `</span></span>`)
	b.WriteString(`<span class="status">`)
	for _, st := range []flow.StepState{flow.StepRunning, flow.StepWaiting, flow.StepDone, flow.StepFailed, flow.StepSkipped} {
		b.WriteString(iconText(statusIcons[st], "st-"+string(st)))
	}
	b.WriteString(`</span><span class="badge">`)
	if badge > 0 {
		b.WriteString(strconv.Itoa(badge))
	}
	b.WriteString(`</span><span class="counts"><i class="running"></i><i class="waiting"></i><i class="failed"></i><i class="done"></i></span>`)
	s.portMarkup(&b, c)
	b.WriteString(`</div>`)
	return b.String()
}

// statusIcons are the status corner's shapes.
var statusIcons = map[flow.StepState]string{
	flow.StepRunning: "circle-play", flow.StepWaiting: "clock", flow.StepDone: "circle-check",
	flow.StepFailed: "circle-alert", flow.StepSkipped: "circle-slash",
}

func (s *sheet) portMarkup(b *strings.Builder, c canvas.Card) {
	if c.Note {
		return
	}
	for i, name := range c.Ports {
		at := canvas.Port(canvas.Box{W: c.Box.W, H: c.Box.H}, i, len(c.Ports))
		class := "port"
		if len(edit.Outgoing(s.graph, c.ID, name)) == 0 {
			class += " is-free"
		}
		b.WriteString(`<span class="` + class + `" data-port="` + esc(name) + `" data-x="` + num(at.X) + `">`)
		if name != "out" {
			b.WriteString(`<label>` + esc(s.root.portTitle(name)) + `</label>`)
		}
		b.WriteString(`</span>`)
	}
}

func (s *sheet) drawLink(st *stage, l canvas.Link) {
	p, ok := s.scene.Path(l.ID)
	if !ok {
		return
	}
	class := "connector"
	if p.Back {
		class += " is-back"
	}
	extra := s.lineClass(l.ID)
	st.line(l.ID, class+extra, p)
	st.label(l.ID, s.labelMarkup(l.ID), "connector-label"+extra, p)
}

func (s *sheet) labelMarkup(id string) string {
	c := s.graph.Connectors[id]
	text := ""
	switch {
	case c.Label != "":
		text = `<span>` + esc(c.Label) + `</span>`
	case c.If != "":
		text = `<span class="cond">` + esc(c.If) + `</span>`
	}
	if s.lineCount != nil {
		if n := s.lineCount(id); n > 0 {
			text += `<i class="n" data-count="` + strconv.Itoa(n) + `">` + short(n) + `</i>`
		}
	}
	return text
}

// short is a count in at most four characters.
func short(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n)
	case n < 10_000:
		return strconv.FormatFloat(float64(n/100)/10, 'f', -1, 64) + "k"
	case n < 1_000_000:
		return strconv.Itoa(n/1000) + "k"
	}
	return strconv.Itoa(n/1_000_000) + "M"
}
