package rule

import (
	"fmt"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"millrace.dev/crm"
)

// Template is a compiled text with {{fields}}. It is immutable and may be used
// by any number of goroutines at once.
type Template struct {
	src    string
	sink   sink
	pieces []piece
}

// Template compiles a text with {{fields}} for a sink: "text", "html",
// "htmlattr", "url", "header", "json" or "sms". A field is written
//
//	{{ lead.first_name | "there" }}   {{ deal.close_date | date:"02.01.2006" }}
//
// Single braces are plain text. Every issue found is returned; the template is
// nil when there is one.
func (e Env) Template(src, sinkName string) (*Template, []Issue) {
	k, ok := sinks[sinkName]
	switch {
	case !ok:
		return nil, []Issue{{Code: "unknown_sink", Text: fmt.Sprintf("There is no sink %q.", sinkName), Line: 1, Column: 1}}
	case len(src) > MaxTemplate:
		return nil, []Issue{{Code: "too_long", Text: fmt.Sprintf("A text may have at most %d bytes; this one has %d.", MaxTemplate, len(src)), Line: 1, Column: 1}}
	case !utf8.ValidString(src) || strings.IndexByte(src, 0) >= 0:
		return nil, []Issue{{Code: "bad_text", Text: "The text holds characters that are not text.", Line: 1, Column: 1}}
	}
	s := scanner{env: e, src: src, groups: k.json}
	s.run()
	if len(s.issues) > 0 {
		return nil, s.issues
	}
	t := &Template{src: src, sink: k, pieces: s.pieces}
	if k.json {
		markQuoted(t.pieces)
	}
	return t, nil
}

// Source is the template as the author wrote it.
func (t *Template) Source() string { return t.src }

// Uses lists the names that the template reads, sorted and in the form of
// Program.Uses.
func (t *Template) Uses() []string {
	seen := map[string]bool{}
	var uses []string
	for _, p := range t.pieces {
		if u := strings.Join(p.path, "."); u != "" && !seen[u] {
			seen[u] = true
			uses = append(uses, u)
		}
	}
	sort.Strings(uses)
	return uses
}

// Render fills the template in. A field without value and without fallback is
// left blank with a warning. Values are escaped for the sink and never scanned
// again: a "{{" in one does not leave as such. The error is an *Error.
func (t *Template) Render(s Scope, b *Budget) (text string, warnings []string, err error) {
	if b == nil {
		b = NewBudget()
	}
	var out strings.Builder
	warned := map[string]bool{}
	for i := range t.pieces {
		p := &t.pieces[i]
		part, warning := p.text, ""
		if p.path != nil {
			if part, warning, err = t.fill(p, s, b); err != nil {
				return "", nil, err
			}
		}
		if warning != "" && !warned[p.name] {
			warned[p.name] = true
			warnings = append(warnings, p.name+warning)
		}
		if out.Len()+len(part) > MaxOutput {
			return "", nil, tooLong()
		}
		out.WriteString(part)
	}
	if text = t.sink.finish(out.String()); len(text) > MaxOutput {
		return "", nil, tooLong()
	}
	return text, warnings, nil
}

func tooLong() error {
	return &Error{Code: CodeExpansion, Text: "The filled-in text is longer than 256 KiB."}
}

// Warnings of a tag, behind its name.
const (
	blankWarning = " has no value: left blank."
	groupWarning = " is a group of fields: left blank."
)

// fill is a tag's escaped text, and a warning when it is blank.
func (t *Template) fill(p *piece, s Scope, b *Budget) (text, warning string, err error) {
	if err := b.spend(1 + len(p.path)); err != nil {
		return "", "", err
	}
	v, err := lookup(s.Values, p.path)
	if err != nil {
		return "", "", err
	}
	if at, ok := v.(time.Time); ok && p.date != "" && !at.IsZero() {
		v = at.Format(p.date)
	}
	if t.sink.json && !p.quoted {
		return t.jsonValue(p, v, b)
	}
	if err := measure(v, b); err != nil {
		return "", "", err
	}
	if text = Text(v); strings.TrimSpace(text) == "" {
		switch _, group := v.(map[string]any); {
		case p.hasElse:
			text = p.fallback
		case group:
			warning = groupWarning
		default:
			warning = blankWarning
		}
	}
	return t.sink.escape(text), warning, nil
}

// jsonValue writes a tag that stands where JSON wants a whole value.
func (t *Template) jsonValue(p *piece, v any, b *Budget) (text, warning string, err error) {
	if v == nil || v == "" {
		if p.hasElse {
			return jsonText(p.fallback), "", nil
		}
		warning = blankWarning
	}
	if s, ok := v.(string); ok {
		if err := measure(v, b); err != nil {
			return "", "", err
		}
		return jsonText(Text(s)), warning, nil
	}
	if v, err = checkedResult(v); err != nil {
		return "", "", err
	}
	var out strings.Builder
	err = writeJSON(&out, v, b)
	return out.String(), warning, err
}

// measure charges for the size of a value before its text is made.
func measure(v any, b *Budget) error {
	n := 0
	switch v := v.(type) {
	case string:
		n = len(v)
	case []any, []string:
		list, _ := crm.List(v)
		if err := b.spend(len(list)); err != nil {
			return err
		}
		for _, e := range list {
			s, _ := e.(string)
			n += len(s) + 2
		}
	}
	if n > MaxOutput {
		return tooLong()
	}
	return b.scan(n)
}
