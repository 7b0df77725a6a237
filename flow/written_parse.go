package flow

import (
	"encoding/json"
	"fmt"
	"strings"

	"millrace.dev/crm"
)

// maxWritten is how many bytes of text ParseWritten reads.
const maxWritten = 5 << 20

// maxWrittenProblems is after how many problems ParseWritten gives up.
const maxWrittenProblems = 50

// ParseWritten reads the written form. Every problem's text begins with its
// line and column; a line that is wrong does not hide the next one's problems.
// The graph is not judged; Validate does.
func ParseWritten(src string) (File, Problems) {
	p := &writtenParser{src: src, file: File{Schema: FileSchema, Name: map[string]string{}, Graph: Graph{
		Nodes: map[string]Node{}, Connectors: map[string]Connector{}, Layout: map[string]Point{}}}}
	p.settings = settingsMap(DefaultSettings())
	if len(src) > maxWritten {
		p.fail("too_large", "The text is longer than 5 MiB.")
		return p.file, p.problems
	}
	for !p.over() && len(p.problems) < maxWrittenProblems {
		p.line()
	}
	if p.file.Flow == "" && len(p.problems) == 0 {
		p.fail("no_flow", `The text does not begin with a line such as: flow big-deal "Big deal" deal`)
	}
	if err := json.Unmarshal([]byte(oneLine(p.settings)), &p.file.Graph.Settings); err != nil {
		p.fail("wrong_type", "A setting has the wrong kind of value: "+err.Error())
	}
	return p.file, p.problems
}

// writtenParser reads line by line; it stands at byte at of src, and end is
// where the line ends.
type writtenParser struct {
	src      string
	at, end  int
	node     string // that indented lines belong to
	places   map[string]int
	settings map[string]json.RawMessage
	file     File
	problems Problems
}

func (p *writtenParser) over() bool { return p.at >= len(p.src) }

// line reads one line and moves behind it, whatever happens.
func (p *writtenParser) line() {
	p.end = len(p.src)
	if n := strings.IndexByte(p.src[p.at:], '\n'); n >= 0 {
		p.end = p.at + n
	}
	defer func() { p.at = p.end + 1 }()
	indented := p.at < p.end && (p.src[p.at] == ' ' || p.src[p.at] == '\t')
	p.space()
	switch {
	case p.ended() || p.src[p.at] == '#':
		return
	case indented:
		if p.node == "" {
			p.fail("stray_property", "This indented line belongs to no node. Put it under a node line.")
			return
		}
		p.property(p.node)
		p.finish()
		return
	}
	p.node = ""
	if p.statement() {
		p.finish()
	}
}

// statement reads a line that stands by itself.
func (p *writtenParser) statement() bool {
	start := p.at
	first, ok := p.word()
	if !ok {
		return false
	}
	if p.space(); strings.HasPrefix(p.src[p.at:p.end], "->") {
		p.at += len("->")
		return p.connector(first, start)
	}
	switch first {
	case "flow":
		return p.flow()
	case "name":
		return p.name()
	case "set":
		return p.set()
	case "node":
		return p.nodeLine()
	case "place":
		return p.place()
	}
	p.at = start
	return p.fail("unknown_line", fmt.Sprintf("%q does not begin any kind of line. Known are: flow, name, set, node, place, and a connector: start.out -> mail", first))
}

func (p *writtenParser) flow() bool {
	slug, ok := p.word()
	if !ok {
		return false
	}
	name, ok := p.text()
	if !ok {
		return false
	}
	p.space()
	start := p.at
	resource, ok := p.word()
	if !ok {
		return false
	}
	if !crm.Resource(resource).Valid() {
		p.at = start
		return p.fail("unknown_resource", fmt.Sprintf("%q is none of ticket, lead, deal, user, organization.", resource))
	}
	p.file.Flow, p.file.Graph.Resource = slug, crm.Resource(resource)
	if name != "" {
		p.file.Name["en"] = name
	}
	return true
}

func (p *writtenParser) name() bool {
	lang, ok := p.word()
	if !ok {
		return false
	}
	name, ok := p.text()
	if ok {
		p.file.Name[lang] = name
	}
	return ok
}

func (p *writtenParser) set() bool {
	p.space()
	start := p.at
	name, ok := p.word()
	if !ok {
		return false
	}
	if !contains(fileKeys["settings"], name) {
		p.at = start
		return p.fail("unknown_setting", fmt.Sprintf("%q is not a setting. Known are: %s.", name, strings.Join(fileKeys["settings"], ", ")))
	}
	p.space()
	start = p.at
	raw, ok := p.raw()
	if !ok {
		return false
	}
	var one Settings
	if err := json.Unmarshal([]byte(fmt.Sprintf("{%q:%s}", name, raw)), &one); err != nil {
		p.at = start
		return p.fail("wrong_type", fmt.Sprintf("The setting %s cannot be %s.", name, raw))
	}
	p.settings[name] = raw
	return true
}

func (p *writtenParser) nodeLine() bool {
	p.space()
	start := p.at
	id, ok := p.word()
	if !ok {
		return false
	}
	if _, taken := p.file.Graph.Nodes[id]; taken {
		p.at = start
		return p.fail("duplicate", fmt.Sprintf("There is a node %q already.", id))
	}
	n := Node{Props: map[string]any{}}
	if n.Type, ok = p.word(); !ok {
		return false
	}
	if p.space(); !p.ended() && p.src[p.at] == '"' && !p.isProperty() {
		if n.Title, ok = p.text(); !ok {
			return false
		}
	}
	if p.space(); p.takes("disabled") {
		n.Disabled = true
	}
	p.file.Graph.Nodes[id], p.node = n, id
	for p.space(); !p.ended(); p.space() {
		if !p.property(id) {
			return false
		}
	}
	return true
}

// property reads name=value of a node.
func (p *writtenParser) property(id string) bool {
	p.space()
	start := p.at
	name, ok := p.word()
	if !ok {
		return false
	}
	if p.space(); p.ended() || p.src[p.at] != '=' {
		return p.fail("no_value", fmt.Sprintf("%s needs a value: %s=…", name, name))
	}
	p.at++
	raw, ok := p.raw()
	if !ok {
		return false
	}
	n := p.file.Graph.Nodes[id]
	_, taken := n.Props[name]
	switch {
	case name == "routing" && n.Routing == nil:
		if err := json.Unmarshal(raw, &n.Routing); err != nil {
			p.at = start
			return p.fail("wrong_type", `routing is an object such as {"out": "all"}.`)
		}
		p.file.Graph.Nodes[id] = n
		return true
	case ReservedProp(name), taken:
		p.at = start
		return p.fail("duplicate", fmt.Sprintf("%s is set already, or cannot be set this way.", name))
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		p.at = start
		return p.fail("bad_json", err.Error())
	}
	n.Props[name] = v
	return true
}

func (p *writtenParser) connector(from string, start int) bool {
	c := Connector{From: from}
	var ok bool
	if c.To, ok = p.word(); !ok {
		return false
	}
	if p.places == nil {
		p.places = map[string]int{}
	}
	c.Order = p.places[portOf(c)]
	p.places[portOf(c)]++
	id := autoID(len(p.file.Graph.Connectors))
	for p.space(); !p.ended(); p.space() {
		if ok = p.extra(&c, &id); !ok {
			return false
		}
	}
	if _, taken := p.file.Graph.Connectors[id]; taken {
		p.at = start
		return p.fail("duplicate", fmt.Sprintf("There is a connector %q already.", id))
	}
	p.file.Graph.Connectors[id] = c
	return true
}

// extra reads one of the words behind a connector.
func (p *writtenParser) extra(c *Connector, id *string) (ok bool) {
	switch {
	case p.takes("if"):
		c.If, ok = p.text()
	case p.takes("label"):
		c.Label, ok = p.text()
	case p.takes("order"):
		c.Order, ok = p.number()
	case p.takes("as"):
		*id, ok = p.word()
	default:
		ok = p.fail("unknown_word", "Behind a connector stand only: if, label, order, as.")
	}
	return ok
}

func (p *writtenParser) place() bool {
	id, ok := p.word()
	if !ok {
		return false
	}
	var at Point
	for i := range at {
		if at[i], ok = p.number(); !ok {
			return false
		}
	}
	p.file.Graph.Layout[id] = at
	return true
}
