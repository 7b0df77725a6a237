package flow

import (
	"encoding/json"
	"reflect"
	"sort"
)

// Kinds of change.
const (
	Added   = "added"
	Removed = "removed"
	Changed = "changed"
	// Shifted nodes only stand elsewhere on the canvas; the logic is the same.
	Shifted = "moved"
)

// What a change is of.
const (
	OfSetting   = "setting"
	OfNode      = "node"
	OfConnector = "connector"
)

// Change is one difference between two graphs, ready to be put into words.
type Change struct {
	Kind string `json:"kind"` // Added, Removed, Changed or Shifted
	What string `json:"what"` // OfSetting, OfNode or OfConnector
	// ID is the node's or connector's, "" for a setting.
	ID string `json:"id,omitempty"`
	// Title is the node's own title or else its type, or the connector's
	// "mail.sent -> reply", as it is in the newer graph if it is there.
	Title string `json:"title,omitempty"`
	// Prop is the JSON key of the changed property or setting, "" when all of
	// it was added, removed or moved.
	Prop string `json:"prop,omitempty"`
	// Before and After are JSON values, as encoding/json reads them: the
	// property's, the whole object's, or the place [x, y]. nil is absent.
	Before any `json:"before,omitempty"`
	After  any `json:"after,omitempty"`
}

// Diff lists what changed from a to b: settings first, then nodes and
// connectors by id, each by property. Graphs that are the same give none.
func Diff(a, b Graph) []Change {
	before, after := object(a.Settings), object(b.Settings)
	before["resource"], after["resource"] = string(a.Resource), string(b.Resource)
	changes := propChanges(Change{Kind: Changed, What: OfSetting}, before, after)
	for _, id := range union(a.Nodes, b.Nodes) {
		changes = append(changes, nodeChanges(id, a, b)...)
	}
	for _, id := range union(a.Connectors, b.Connectors) {
		x, was := a.Connectors[id]
		y, is := b.Connectors[id]
		c := Change{What: OfConnector, ID: id, Title: x.From + " -> " + x.To}
		if is {
			c.Title = y.From + " -> " + y.To
		}
		changes = append(changes, objectChanges(c, presence(x, was), presence(y, is))...)
	}
	return changes
}

func nodeChanges(id string, a, b Graph) []Change {
	x, was := a.Nodes[id]
	y, is := b.Nodes[id]
	c := Change{What: OfNode, ID: id, Title: titleOf(x)}
	if is {
		c.Title = titleOf(y)
	}
	changes := objectChanges(c, presence(x, was), presence(y, is))
	p, placed := a.Layout[id]
	q, stays := b.Layout[id]
	if was && is && (p != q || placed != stays) {
		c.Kind, c.Before, c.After = Shifted, place(p, placed), place(q, stays)
		changes = append(changes, c)
	}
	return changes
}

// objectChanges compares two objects, of which one may be nil for absent.
func objectChanges(c Change, before, after map[string]any) []Change {
	switch {
	case before == nil:
		c.Kind, c.After = Added, after
		return []Change{c}
	case after == nil:
		c.Kind, c.Before = Removed, before
		return []Change{c}
	}
	c.Kind = Changed
	return propChanges(c, before, after)
}

func propChanges(c Change, before, after map[string]any) []Change {
	var changes []Change
	for _, prop := range union(before, after) {
		x, was := before[prop]
		y, is := after[prop]
		if was != is || !reflect.DeepEqual(x, y) {
			c.Prop, c.Before, c.After = prop, x, y
			changes = append(changes, c)
		}
	}
	return changes
}

// presence is the object of v, nil when it is not there.
func presence(v any, there bool) map[string]any {
	if !there {
		return nil
	}
	return object(v)
}

// object is v as encoding/json reads it back: what is left out of the file, or
// means the same there, compares as the same.
func object(v any) map[string]any {
	m := map[string]any{}
	data, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil { // a value that no file can hold: the difference is shown as text
		return map[string]any{"error": err.Error()}
	}
	return m
}

func place(p Point, there bool) any {
	if !there {
		return nil
	}
	return []any{float64(p[0]), float64(p[1])}
}

func titleOf(n Node) string {
	if n.Title != "" {
		return n.Title
	}
	return n.Type
}

// union lists the keys of both maps, each once, sorted.
func union[V any](a, b map[string]V) []string {
	keys := make([]string, 0, len(a))
	for k := range a {
		keys = append(keys, k)
	}
	for k := range b {
		if _, both := a[k]; !both {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}
