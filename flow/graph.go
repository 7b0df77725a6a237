package flow

import (
	"encoding/json"
	"fmt"
	"strings"

	"millrace.dev/crm"
)

// Graph is what an author draws: nodes and the connectors between them. Both
// are keyed by id so that patches, diffs and merges are per node.
type Graph struct {
	Resource   crm.Resource         `json:"resource"`
	Settings   Settings             `json:"settings"`
	Nodes      map[string]Node      `json:"nodes"`
	Connectors map[string]Connector `json:"connectors"`
	// Layout holds each node's top left corner in canvas units. It is not part
	// of the logic: moving boxes never changes a version's hash.
	Layout map[string]Point `json:"layout,omitempty"`
}

// Point is a place on the canvas: x, then y, in canvas units (1 unit is one
// CSS pixel at 100 %).
type Point [2]int

// Node is one box of a graph. In JSON its properties stand flat beside "type".
type Node struct {
	// Type names the node's spec in the catalogue: "send_email".
	Type string
	// Title is the author's own name for the node, "" for the spec's title.
	Title string
	// Disabled nodes are passed through by their first port without running.
	Disabled bool
	// Routing says how a port's connectors are chosen, by port: RouteFirst when
	// absent, or RouteAll.
	Routing map[string]string
	// Props are the values the author set, by property name, as JSON values.
	Props map[string]any
}

// How a port's connectors are chosen.
const (
	// RouteFirst takes the first connector, in order, whose condition holds.
	RouteFirst = "first"
	// RouteAll takes every connector whose condition holds, in parallel.
	RouteAll = "all"
)

// reserved are the JSON keys of a node that are not properties.
var reserved = map[string]bool{"type": true, "title": true, "disabled": true, "routing": true}

// ReservedProp reports whether name is one of a node's own JSON keys, which no
// property may take.
func ReservedProp(name string) bool { return reserved[name] }

// MarshalJSON writes the node with its properties beside "type".
func (n Node) MarshalJSON() ([]byte, error) {
	m := make(map[string]any, len(n.Props)+4)
	for k, v := range n.Props {
		m[k] = v
	}
	m["type"] = n.Type
	if n.Title != "" {
		m["title"] = n.Title
	}
	if n.Disabled {
		m["disabled"] = true
	}
	if len(n.Routing) > 0 {
		m["routing"] = n.Routing
	}
	return json.Marshal(m)
}

// UnmarshalJSON reads what MarshalJSON writes. Keys are matched exactly: "Type"
// is a property that no spec has, not the type.
func (n *Node) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	own := map[string]any{
		"type": &n.Type, "title": &n.Title, "disabled": &n.Disabled, "routing": &n.Routing,
	}
	n.Props = make(map[string]any, len(raw))
	for key, value := range raw {
		if target, ok := own[key]; ok {
			if err := json.Unmarshal(value, target); err != nil {
				return fmt.Errorf("reading %q: %w", key, err)
			}
			continue
		}
		var v any
		if err := json.Unmarshal(value, &v); err != nil {
			return fmt.Errorf("reading %q: %w", key, err)
		}
		n.Props[key] = v
	}
	return nil
}

// Connector leads from a port of one node to another node.
type Connector struct {
	// From is "<node>.<port>".
	From string `json:"from"`
	To   string `json:"to"`
	// If must be true for the connector to be taken; "" is "else" and comes last.
	If    string `json:"if,omitempty"`
	Label string `json:"label,omitempty"`
	// Order sorts the connectors of one port, lowest first; ties go by id.
	Order int `json:"order,omitempty"`
}

// Source splits From into node and port. The port is "out" when none is named.
func (c Connector) Source() (node, port string) {
	node, port, ok := strings.Cut(c.From, ".")
	if !ok || port == "" {
		port = "out"
	}
	return node, port
}

// Settings are a flow's choices that are published with its graph.
type Settings struct {
	// Public flows are seen by every member; private ones by Members and admins.
	Public  bool     `json:"public"`
	Members []string `json:"members,omitempty"`
	// AllowMultiple gives every record its own run; off, one contact has one.
	AllowMultiple bool `json:"allow_multiple"`
	// Key is the expression of the instance key when it is neither; "" otherwise.
	Key string `json:"key,omitempty"`
	// Reentry says when a key that was in the flow may come again.
	Reentry string `json:"reentry,omitempty"`
	// Zone is the IANA time zone of the flow's clock times; "" is UTC.
	Zone string `json:"zone,omitempty"`
	// AllowSelf lets a change made by this flow start it again on that record.
	AllowSelf bool `json:"allow_self,omitempty"`
}

// Re-entry policies of a flow, by instance key.
const (
	OneActive = "one_active" // the default: one unfinished run at a time
	OnceEver  = "once_ever"  // never again
	Parallel  = "parallel"   // any number at once
)

// DefaultSettings are the settings of a new flow.
func DefaultSettings() Settings {
	return Settings{Public: true, AllowMultiple: true, Reentry: OneActive}
}

// UnmarshalJSON fills what the file leaves out with DefaultSettings.
func (s *Settings) UnmarshalJSON(data []byte) error {
	type plain Settings
	p := plain(DefaultSettings())
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	*s = Settings(p)
	return nil
}

// Clone copies the graph so that the copy's maps may be changed freely. Property
// values are shared: commands replace them, they never change them in place.
func (g Graph) Clone() Graph {
	c := g
	c.Nodes = make(map[string]Node, len(g.Nodes))
	for id, n := range g.Nodes {
		props := make(map[string]any, len(n.Props))
		for k, v := range n.Props {
			props[k] = v
		}
		n.Props = props
		c.Nodes[id] = n
	}
	c.Connectors = make(map[string]Connector, len(g.Connectors))
	for id, x := range g.Connectors {
		c.Connectors[id] = x
	}
	c.Layout = make(map[string]Point, len(g.Layout))
	for id, p := range g.Layout {
		c.Layout[id] = p
	}
	return c
}
