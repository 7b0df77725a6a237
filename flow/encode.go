package flow

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Encode writes the file in its one canonical form: keys in a fixed order, maps
// sorted by id, one node and one connector a line, layout last, two spaces,
// LF, a final newline, no HTML escaping. Encoding what ParseFile read from it
// gives the same bytes.
func (f File) Encode() []byte {
	w := &fileWriter{}
	w.line("{")
	w.field("$schema", SchemaURL)
	w.field("schema", FileSchema)
	w.field("flow", f.Flow)
	w.field("name", f.Name)
	w.field("resource", f.Graph.Resource)
	w.field("settings", f.Graph.Settings)
	w.lines("nodes", sortedKeys(f.Graph.Nodes), func(id string) string { return nodeLine(f.Graph.Nodes[id]) })
	w.lines("connectors", sortedKeys(f.Graph.Connectors), func(id string) string { return spaced(f.Graph.Connectors[id]) })
	w.lines("layout", sortedKeys(f.Graph.Layout), func(id string) string {
		p := f.Graph.Layout[id]
		return fmt.Sprintf("[%d, %d]", p[0], p[1])
	})
	w.buf.Truncate(w.buf.Len() - len(",\n"))
	w.buf.WriteString("\n}\n")
	return w.buf.Bytes()
}

type fileWriter struct{ buf bytes.Buffer }

func (w *fileWriter) line(s string) { w.buf.WriteString(s + "\n") }

func (w *fileWriter) field(key string, v any) { w.line(fmt.Sprintf("  %q: %s,", key, spaced(v))) }

func (w *fileWriter) lines(key string, ids []string, value func(id string) string) {
	if len(ids) == 0 {
		w.line(fmt.Sprintf("  %q: {},", key))
		return
	}
	w.line(fmt.Sprintf("  %q: {", key))
	for i, id := range ids {
		comma := ","
		if i == len(ids)-1 {
			comma = ""
		}
		w.line(fmt.Sprintf("    %s: %s%s", spaced(id), value(id), comma))
	}
	w.line("  },")
}

// nodeLine writes a node's own keys first, then its properties by name.
func nodeLine(n Node) string {
	parts := []string{`"type": ` + spaced(n.Type)}
	if n.Title != "" {
		parts = append(parts, `"title": `+spaced(n.Title))
	}
	if n.Disabled {
		parts = append(parts, `"disabled": true`)
	}
	if len(n.Routing) > 0 {
		parts = append(parts, `"routing": `+spaced(n.Routing))
	}
	for _, name := range sortedKeys(n.Props) {
		parts = append(parts, spaced(name)+": "+spaced(n.Props[name]))
	}
	return "{" + joinComma(parts) + "}"
}

func joinComma(parts []string) string {
	var b bytes.Buffer
	for i, p := range parts {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p)
	}
	return b.String()
}

// spaced is v as JSON on one line with a space behind each colon and comma.
func spaced(v any) string {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null"
	}
	data := bytes.TrimSpace(raw.Bytes())
	out := make([]byte, 0, len(data)+len(data)/8)
	inText := false
	for i, c := range data {
		out = append(out, c)
		switch {
		case c == '"' && !escaped(data, i):
			inText = !inText
		case !inText && (c == ':' || c == ','):
			out = append(out, ' ')
		}
	}
	return string(out)
}

// escaped reports whether the byte at i follows an odd number of backslashes.
func escaped(data []byte, i int) bool {
	n := 0
	for i--; i >= 0 && data[i] == '\\'; i-- {
		n++
	}
	return n%2 == 1
}
