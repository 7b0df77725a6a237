package flow

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// space skips blanks within the line.
func (p *writtenParser) space() {
	for p.at < p.end && (p.src[p.at] == ' ' || p.src[p.at] == '\t' || p.src[p.at] == '\r') {
		p.at++
	}
}

func (p *writtenParser) ended() bool { return p.at >= p.end }

// finish demands that nothing is left of the line.
func (p *writtenParser) finish() {
	if p.space(); !p.ended() {
		p.fail("trailing_data", "There is more on this line than belongs here.")
	}
}

// fail notes a problem where the parser stands. It always returns false.
func (p *writtenParser) fail(code, text string) bool {
	p.problems = append(p.problems, jsonProblem([]byte(p.src), int64(p.at), "", code, text))
	return false
}

// word reads a bare word, or a quoted one.
func (p *writtenParser) word() (string, bool) {
	p.space()
	if !p.ended() && p.src[p.at] == '"' {
		return p.text()
	}
	start := p.at
	for p.at < p.end && bare(p.src[p.at]) && !strings.HasPrefix(p.src[p.at:p.end], "->") {
		p.at++
	}
	if p.at == start {
		return "", p.fail("no_name", "A name is missing here: letters, digits, _ - and dots, or anything in quotes.")
	}
	return p.src[start:p.at], true
}

// takes reads the word if it stands here by itself.
func (p *writtenParser) takes(word string) bool {
	rest := p.src[p.at:p.end]
	if !strings.HasPrefix(rest, word) {
		return false
	}
	if n := len(word); n < len(rest) && rest[n] != ' ' && rest[n] != '\t' && rest[n] != '\r' {
		return false
	}
	p.at += len(word)
	return true
}

// isProperty reports whether the quoted word that begins here is a property's
// name: an "=" follows it.
func (p *writtenParser) isProperty() bool {
	was, found := p.at, p.problems
	defer func() { p.at, p.problems = was, found }()
	_, ok := p.text()
	p.space()
	return ok && !p.ended() && p.src[p.at] == '='
}

// text reads a JSON string.
func (p *writtenParser) text() (string, bool) {
	p.space()
	start := p.at
	if p.ended() || p.src[p.at] != '"' {
		return "", p.fail("no_text", `A text in "quotes" is missing here.`)
	}
	raw, ok := p.raw()
	if !ok {
		return "", false
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		p.at = start
		return "", p.fail("bad_json", err.Error())
	}
	return s, true
}

func (p *writtenParser) number() (int, bool) {
	p.space()
	start := p.at
	raw, ok := p.raw()
	if !ok {
		return 0, false
	}
	var n int
	if err := json.Unmarshal(raw, &n); err != nil {
		p.at = start
		return 0, p.fail("wrong_type", fmt.Sprintf("%s is not a whole number.", raw))
	}
	return n, true
}

// raw reads one JSON value within the line, strictly.
func (p *writtenParser) raw() (json.RawMessage, bool) {
	p.space()
	start := p.at
	dec := json.NewDecoder(strings.NewReader(p.src[p.at:p.end]))
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		if err == io.EOF {
			return nil, p.fail("no_value", "A value is missing here.")
		}
		return nil, p.fail("bad_json", "This is not JSON: "+err.Error()+".")
	}
	p.at += int(dec.InputOffset())
	if found := CheckJSON(raw); len(found) > 0 {
		p.at = start
		return nil, p.fail(found[0].Code, found[0].Text)
	}
	return raw, true
}
