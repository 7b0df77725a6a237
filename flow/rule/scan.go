package rule

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// piece is a part of a template: fixed text, or a tag when path is set.
type piece struct {
	text     string
	path     []string
	name     string // the path as the author wrote it
	date     string // layout of | date:"…"
	fallback string
	hasElse  bool
	quoted   bool // stands inside a JSON string
}

// scanner reads a template in one pass, left to right.
type scanner struct {
	env    Env
	src    string
	pos    int
	groups bool // whole groups may be written
	pieces []piece
	tags   int
	issues []Issue
}

// maxIssues is how many issues of one template are reported.
const maxIssues = 20

func (s *scanner) run() {
	for s.pos < len(s.src) && len(s.issues) < maxIssues {
		open := strings.Index(s.src[s.pos:], "{{")
		if open < 0 {
			s.pieces = append(s.pieces, piece{text: s.src[s.pos:]})
			return
		}
		if open > 0 {
			s.pieces = append(s.pieces, piece{text: s.src[s.pos : s.pos+open]})
		}
		start := s.pos + open
		s.pos = start + 2
		if s.tags++; s.tags > MaxTags {
			s.issue(start, "too_many_tags", fmt.Sprintf("A text may hold at most %d fields.", MaxTags))
			return
		}
		if !s.tag(start) && !s.skip() {
			return
		}
	}
}

func (s *scanner) issue(at int, code, text string) bool {
	s.issues = append(s.issues, issueAtByte(s.src, at, code, text))
	return false
}

// skip goes behind the tag that could not be read.
func (s *scanner) skip() bool {
	end := strings.Index(s.src[s.pos:], "}}")
	if end < 0 {
		return false
	}
	s.pos += end + 2
	return true
}

// tag reads one tag behind its "{{". It reports false after an issue.
func (s *scanner) tag(start int) bool {
	s.space()
	at := s.pos
	path, starts := s.path()
	p := piece{path: path, name: s.src[at:s.pos]}
	if len(p.path) == 0 {
		return s.issue(at, "bad_tag", "A field name is expected here, as in {{ "+string(s.env.resource)+".id }}.")
	}
	for s.space(); s.take("|"); s.space() {
		if !s.filter(&p) {
			return false
		}
	}
	if !s.take("}}") {
		if s.pos >= len(s.src) || !strings.Contains(s.src[s.pos:], "}}") {
			return s.issue(start, "unclosed_tag", "This {{ is never closed with }}.")
		}
		return s.issue(s.pos, "bad_tag", `Only a field with | "fallback" or | date:"2006-01-02" may stand here. Compute other values in a set value node.`)
	}
	if known, suggestion, ok := s.env.missing(p.path); !ok {
		from := utf8.RuneCountInString(s.src[:starts[known]])
		s.issues = append(s.issues, s.env.unknownName(s.src, from, p.path, known, suggestion))
		return true
	}
	if s.env.isGroup(p.path) && !s.groups {
		return !s.issue(at, "bad_tag", p.name+" is a group of fields. Choose one of them, as in {{ "+join(append(p.path, s.env.firstField(p.path))...)+" }}.")
	}
	p.path = append([]string{s.env.canonical(p.path[0])}, p.path[1:]...)
	s.pieces = append(s.pieces, p)
	return true
}

func (s *scanner) space() {
	for s.pos < len(s.src) && strings.IndexByte(" \t\r\n", s.src[s.pos]) >= 0 {
		s.pos++
	}
}

func (s *scanner) take(token string) bool {
	if strings.HasPrefix(s.src[s.pos:], token) {
		s.pos += len(token)
		return true
	}
	return false
}

// path reads parts joined by dots: letters, digits, _ and - (in node ids), or
// any text as ["text"]. It also tells where each part begins.
func (s *scanner) path() (path []string, starts []int) {
	for len(path) < 16 {
		start := s.pos
		if len(path) > 0 && s.take("[") {
			part, ok := s.quoted()
			if !ok || !s.take("]") {
				s.pos = start
				return path, starts
			}
			path, starts = append(path, part), append(starts, start+1)
			continue
		}
		if len(path) > 0 && !s.take(".") {
			return path, starts
		}
		from := s.pos
		for s.pos < len(s.src) && pathByte(s.src[s.pos], s.pos == from && len(path) == 0) {
			s.pos++
		}
		if s.pos == from {
			s.pos = start
			return path, starts
		}
		path, starts = append(path, s.src[from:s.pos]), append(starts, from)
	}
	return path, starts
}

func pathByte(c byte, first bool) bool {
	return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || !first && (c == '-' || '0' <= c && c <= '9')
}

// filter reads what follows a "|": a quoted fallback, default:"…" or date:"…".
func (s *scanner) filter(p *piece) bool {
	s.space()
	at := s.pos
	date := s.take("date:")
	if !date && s.take("default:") {
		s.space()
	}
	s.space()
	text, ok := s.quoted()
	if !ok {
		return s.issue(at, "bad_tag", `After | there must be a fallback in straight quotes, as in {{ lead.first_name | "there" }}, or date:"2006-01-02".`)
	}
	if date {
		p.date = text
		if text == "" || len(text) > 64 {
			return s.issue(at, "bad_tag", `A date layout is written with the date 2006-01-02 15:04, as in date:"02.01.2006".`)
		}
		return true
	}
	p.fallback, p.hasElse = text, true
	return true
}

// quoted reads a text in double quotes; \" and \\ stand for " and \.
func (s *scanner) quoted() (string, bool) {
	if !s.take(`"`) {
		return "", false
	}
	var b strings.Builder
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		s.pos++
		switch {
		case c == '"':
			return b.String(), true
		case c == '\n':
			return "", false
		case c == '\\' && s.pos < len(s.src) && (s.src[s.pos] == '"' || s.src[s.pos] == '\\'):
			c = s.src[s.pos]
			s.pos++
		}
		b.WriteByte(c)
	}
	return "", false
}
