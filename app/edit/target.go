package edit

import (
	"maps"
	"slices"

	"millrace.dev/flow"
)

// Reason says why a node cannot be connected to. Its i18n key is "connect." and
// the reason.
type Reason string

// Reasons.
const (
	ReasonNone      Reason = ""
	ReasonSelf      Reason = "self"      // the node itself
	ReasonTrigger   Reason = "trigger"   // triggers start a flow, nothing leads to them
	ReasonNote      Reason = "note"      // notes are no steps
	ReasonConnected Reason = "connected" // that port leads there already
)

// reasonTexts are the English texts.
var reasonTexts = map[Reason]string{
	ReasonSelf:      "A step cannot lead to itself.",
	ReasonTrigger:   "Nothing can lead to a trigger: it starts the flow.",
	ReasonNote:      "A note is not a step.",
	ReasonConnected: "They are connected already.",
}

// String is the reason in English.
func (r Reason) String() string { return reasonTexts[r] }

// errorPort is every step's undeclared port for its last failed try.
const errorPort = "error"

// Candidate is a node that a connector might lead to, and the reason why not.
type Candidate struct {
	Node   string
	Reason Reason
}

// Targets tells for every node whether port from may lead there, in walking
// order. Connector is the one being moved, "" for a new one.
func Targets(g flow.Graph, cat Catalogue, from End, connector string) []Candidate {
	var cs []Candidate
	for _, id := range Order(g, cat) {
		cs = append(cs, Candidate{id, reason(g, cat, from, id, connector)})
	}
	return cs
}

// ValidTargets are the nodes that Targets gives no reason against: those that
// the arrow keys cycle through while connecting.
func ValidTargets(g flow.Graph, cat Catalogue, from End, connector string) []string {
	var ids []string
	for _, c := range Targets(g, cat, from, connector) {
		if c.Reason == ReasonNone {
			ids = append(ids, c.Node)
		}
	}
	return ids
}

func reason(g flow.Graph, cat Catalogue, from End, to, connector string) Reason {
	n := g.Nodes[to]
	switch {
	case cat.note(n.Type):
		return ReasonNote
	case to == from.Node:
		return ReasonSelf
	case cat.trigger(n.Type):
		return ReasonTrigger
	}
	for id, c := range g.Connectors {
		if id != connector && c.To == to && c.From != "" {
			if node, port := c.Source(); node == from.Node && port == portOr(from.Port) {
				return ReasonConnected
			}
		}
	}
	return ReasonNone
}

func portOr(port string) string {
	if port == "" {
		return "out"
	}
	return port
}

// connectable is the error of connecting, nil when it is allowed.
func connectable(g flow.Graph, cat Catalogue, from End, to, connector string) error {
	n, ok := g.Nodes[from.Node]
	if !ok {
		return missing(from.Node)
	}
	if _, ok := g.Nodes[to]; !ok {
		return missing(to)
	}
	if len(cat.ports(n)) == 0 && from.Port != errorPort {
		return flow.Errorf(flow.CodeInvalid, "Nothing can follow %s.", cat.title(n))
	}
	if r := reason(g, cat, from, to, connector); r != ReasonNone {
		return flow.Errorf(flow.CodeInvalid, "%s", r)
	}
	return nil
}

// FreePort is the node's first port that leads nowhere, else its first port; ok
// is false when it has none.
func FreePort(g flow.Graph, cat Catalogue, node string) (port string, ok bool) {
	n, known := g.Nodes[node]
	ports := cat.ports(n)
	if !known || len(ports) == 0 {
		return "", false
	}
	for _, p := range ports {
		if len(Outgoing(g, node, p)) == 0 {
			return p, true
		}
	}
	return ports[0], true
}

func sortedNodes(g flow.Graph) []string { return slices.Sorted(maps.Keys(g.Nodes)) }

// AsksRouting reports whether one more connector without a condition at a port
// makes the view ask what is meant: the first that fits, or all of them
// (SetRouting). Connector is the one being moved, "" for a new one.
func AsksRouting(g flow.Graph, from End, connector string) bool {
	if g.Nodes[from.Node].Routing[portOr(from.Port)] == flow.RouteAll {
		return false
	}
	for _, id := range Outgoing(g, from.Node, portOr(from.Port)) {
		if id != connector && g.Connectors[id].If == "" {
			return true
		}
	}
	return false
}
