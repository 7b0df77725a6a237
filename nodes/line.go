package nodes

import (
	"strings"
	"time"

	"millrace.dev/flow"
)

// Line is the card's one line: the type's Line with the node's own properties
// filled in, as the author wrote them. "…" stands for what is missing, unless it
// would be all that there is and nothing is required; what the panel hides is
// left out.
func Line(n flow.Node) string {
	spec, ok := Lookup(n.Type)
	if !ok {
		return ""
	}
	return LineWith(spec.Line, n)
}

// LineWith is Line with another text, for the other languages.
func LineWith(line string, n flow.Node) string {
	form := FormOf(n.Type)
	props := map[string]*Prop{}
	bare := !hasWords(line)
	for _, p := range form {
		if shown(p, form, n.Props) {
			props[p.Name] = p
			bare = bare && !p.Required
		}
	}
	var b strings.Builder
	for line != "" {
		before, rest, open := strings.Cut(line, "{")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			break
		}
		b.WriteString(say(props[name], n.Props))
		line = after
	}
	if line = strings.Join(strings.Fields(b.String()), " "); bare && line == missing {
		return ""
	}
	return line
}

// missing stands for a value that is not there.
const missing = "…"

// say is a property's value for the card.
func say(p *Prop, props map[string]any) string {
	if p == nil {
		return ""
	}
	raw := valueOf(p, props)
	v, ok := decode(p.Kind, raw)
	if blank(raw) || !ok {
		return missing
	}
	switch x := v.(type) {
	case string:
		if p.Texts[x] != "" {
			return p.Texts[x]
		}
		if formula, ok := strings.CutPrefix(x, "="); ok && p.Kind == KindValue {
			return strings.TrimSpace(formula)
		}
		return x
	case []string:
		return strings.Join(x, ", ")
	case time.Duration:
		return SayDuration(x)
	case []Case:
		names := make([]string, len(x))
		for i, c := range x {
			names[i] = c.Name
		}
		return strings.Join(names, ", ")
	case map[string]any:
		return strings.Join(sorted(x), ", ")
	}
	if s, ok := scalar(v); ok {
		return s
	}
	return missing
}
