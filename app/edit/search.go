package edit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"millrace.dev/flow"
)

// Found is a step that a search found, and where: a property's name, "title",
// "type", "id", or "if" for a connector that leaves it. Text is what matched.
type Found struct{ Node, Where, Text string }

// Search finds steps by title, type, id, and by any text of their properties and
// of their connectors' conditions, which is where fields and merge tags are. It
// returns one place a step, in reading order, titles before other places. fold
// makes texts comparable (case and marks); nil folds case only.
func Search(g flow.Graph, cat Catalogue, query string, fold func(string) string) []Found {
	if fold == nil {
		fold = strings.ToLower
	}
	query = fold(strings.TrimSpace(query))
	if query == "" {
		return nil
	}
	var titles, others []Found
	for _, id := range Order(g, cat) {
		for i, f := range places(g, cat, id) {
			if !strings.Contains(fold(f.Text), query) {
				continue
			}
			if i == 0 {
				titles = append(titles, f)
			} else {
				others = append(others, f)
			}
			break
		}
	}
	return append(titles, others...)
}

// places are a step's texts, its title first.
func places(g flow.Graph, cat Catalogue, id string) []Found {
	n := g.Nodes[id]
	all := []Found{{id, "title", cat.title(n)}, {id, "type", n.Type}, {id, "id", id}}
	for _, k := range slices.Sorted(maps.Keys(n.Props)) {
		all = texts(all, Found{Node: id, Where: k}, n.Props[k])
	}
	for _, c := range Outgoing(g, id, "") {
		if s := g.Connectors[c].If; s != "" {
			all = append(all, Found{id, "if", s})
		}
	}
	return all
}

// texts adds every text within a JSON value.
func texts(all []Found, at Found, v any) []Found {
	switch x := v.(type) {
	case nil, bool:
	case string:
		at.Text = x
		all = append(all, at)
	case []any:
		for _, e := range x {
			all = texts(all, at, e)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			at.Text = k
			all = texts(append(all, at), at, x[k])
		}
	default:
		at.Text = fmt.Sprint(x)
		all = append(all, at)
	}
	return all
}
