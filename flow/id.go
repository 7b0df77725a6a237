package flow

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// ValidID reports whether s may be the id of a flow, node or connector: 1 to
// MaxID letters, digits, "_" or "-".
func ValidID(s string) bool {
	if s == "" || len(s) > MaxID {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		ok := c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !ok {
			return false
		}
	}
	return true
}

// RunID is the id of the run that an event starts in a flow: the same event
// never makes a second one.
func RunID(flow, event string) string {
	sum := sha256.Sum256([]byte(flow + "|" + event))
	return "r" + hex.EncodeToString(sum[:])[:24]
}

// Hash identifies the logic of a graph: SHA-256 of its canonical JSON (sorted
// keys, no spaces, as RFC 8785) without layout and notes.
func (g Graph) Hash() string {
	g.Layout = nil
	nodes := make(map[string]Node, len(g.Nodes))
	for id, n := range g.Nodes {
		if !IsNote(n.Type) {
			nodes[id] = n
		}
	}
	g.Nodes = nodes
	data, err := json.Marshal(g)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// IsNote reports whether a node type is drawn only: no logic, no ports.
func IsNote(typ string) bool { return typ == "note" || typ == "frame" }
