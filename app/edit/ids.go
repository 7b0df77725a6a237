package edit

import (
	"strconv"
	"strings"

	"millrace.dev/flow"
)

// NewNodeID is a free id for a node of a type: "send_email", "send_email_2".
func NewNodeID(g flow.Graph, typ string) string {
	return freeID(slug(typ), func(id string) bool { _, taken := g.Nodes[id]; return taken })
}

// freeID is base, or base with the first free number after it.
func freeID(base string, taken func(string) bool) string {
	if !taken(base) {
		return base
	}
	for n := 2; ; n++ {
		suffix := "_" + strconv.Itoa(n)
		id := base[:min(len(base), flow.MaxID-len(suffix))] + suffix
		if !taken(id) {
			return id
		}
	}
}

// slug makes an id of a type's name.
func slug(typ string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(typ) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	s := b.String()
	if s == "" {
		return "step"
	}
	return s[:min(len(s), flow.MaxID)]
}

// withoutNumber cuts the number that freeID added: "mail_2" → "mail".
func withoutNumber(id string) string {
	i := strings.LastIndexByte(id, '_')
	if i <= 0 {
		return id
	}
	if n, err := strconv.Atoi(id[i+1:]); err != nil || n < 2 {
		return id
	}
	return id[:i]
}

// newConnectorID is a free id for a connector: "c1", "c2", … above the highest.
func newConnectorID(g flow.Graph) string {
	top := 0
	for id := range g.Connectors {
		if n, err := strconv.Atoi(strings.TrimPrefix(id, "c")); err == nil && strings.HasPrefix(id, "c") {
			top = max(top, n)
		}
	}
	for {
		top++
		id := "c" + strconv.Itoa(top)
		if _, taken := g.Connectors[id]; !taken {
			return id
		}
	}
}
