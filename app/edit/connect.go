package edit

import (
	"cmp"
	"maps"
	"slices"

	"millrace.dev/flow"
)

// Connect makes a connector from a port to a node. If is its condition, "" for
// none.
type Connect struct {
	From End
	To   string
	If   string
}

func (c Connect) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	id, err := w.connect(c.From, c.To, c.If)
	return w.p, Result{Label: w.label("connect", c.From.Node), Connector: id}, err
}

// connect makes a connector after the port's others.
func (w *work) connect(from End, to, condition string) (string, error) {
	if err := connectable(w.g, w.cat, from, to, ""); err != nil {
		return "", err
	}
	if len(w.g.Connectors) >= flow.MaxConnectors {
		return "", flow.Errorf(flow.CodeLimit, "A flow has at most %d connectors.", flow.MaxConnectors)
	}
	order := 0
	for _, id := range Outgoing(w.g, from.Node, from.Port) {
		order = max(order, w.g.Connectors[id].Order+1)
	}
	id := newConnectorID(w.g)
	w.setConnector(id, &flow.Connector{From: from.String(), To: to, If: condition, Order: order})
	return id, nil
}

// String is "<node>.<port>", as connectors keep it.
func (e End) String() string {
	if e.Port == "" {
		return e.Node + ".out"
	}
	return e.Node + "." + e.Port
}

// Outgoing are the connectors of a port in the order in which they are tried;
// port "" means all of the node's ports.
func Outgoing(g flow.Graph, node, port string) []string {
	var ids []string
	for id, c := range g.Connectors {
		if n, p := c.Source(); n == node && (port == "" || p == port) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		x, y := g.Connectors[a], g.Connectors[b]
		return cmp.Or(cmp.Compare(x.Order, y.Order), cmp.Compare(a, b))
	})
	return ids
}

// Incoming are the connectors that lead to a node, sorted by id.
func Incoming(g flow.Graph, node string) []string {
	var ids []string
	for id, c := range g.Connectors {
		if c.To == node {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Reconnect moves a connector's ends: To to another node when not "", From to
// another port when its Node is not "" (to its first free one without a Port).
type Reconnect struct {
	Connector string
	To        string
	From      End
}

func (c Reconnect) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	x, ok := g.Connectors[c.Connector]
	if !ok {
		return patch{}, Result{}, missingConnector(c.Connector)
	}
	node, port := x.Source()
	from, to := End{node, port}, x.To
	if c.From.Node != "" {
		from = c.From
		if from.Port == "" {
			from.Port, _ = FreePort(g, cat, from.Node)
		}
	}
	if c.To != "" {
		to = c.To
	}
	r := Result{Label: w.label("reconnect", from.Node), Connector: c.Connector}
	if from == (End{node, port}) && to == x.To {
		return w.p, r, nil
	}
	if err := connectable(g, cat, from, to, c.Connector); err != nil {
		return patch{}, Result{}, err
	}
	x.To, x.From = to, from.String()
	w.setConnector(c.Connector, &x)
	return w.p, r, nil
}

// SetCondition sets a connector's condition; "" is "else".
type SetCondition struct {
	Connector, If string
	Focus         string
}

func (c SetCondition) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	return changeConnector(g, cat, "condition", c.Connector, func(x *flow.Connector) { x.If = c.If })
}

// SetLabel sets the text on a connector.
type SetLabel struct {
	Connector, Label string
	Focus            string
}

func (c SetLabel) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	return changeConnector(g, cat, "label", c.Connector, func(x *flow.Connector) { x.Label = c.Label })
}

func changeConnector(g flow.Graph, cat Catalogue, key, id string, f func(*flow.Connector)) (patch, Result, error) {
	w := begin(g, cat)
	x, ok := g.Connectors[id]
	if !ok {
		return patch{}, Result{}, missingConnector(id)
	}
	f(&x)
	w.setConnector(id, &x)
	return w.p, Result{Label: Label{Key: key, Count: 1}, Connector: id}, nil
}

// SetOrder puts connectors of one port in the given order of trying; the port's
// other connectors follow.
type SetOrder struct{ Connectors []string }

func (c SetOrder) plan(g flow.Graph, cat Catalogue) (patch, Result, error) {
	w := begin(g, cat)
	if len(c.Connectors) == 0 {
		return w.p, Result{Label: Label{Key: "order"}}, nil
	}
	first, ok := g.Connectors[c.Connectors[0]]
	if !ok {
		return patch{}, Result{}, missingConnector(c.Connectors[0])
	}
	node, port := first.Source()
	rest := Outgoing(g, node, port)
	order := slices.Clone(c.Connectors)
	for _, id := range order {
		if !slices.Contains(rest, id) {
			return patch{}, Result{}, flow.Errorf(flow.CodeInvalid, "Connector %q does not leave from %s.%s.", id, node, port)
		}
	}
	for _, id := range rest {
		if !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	for i, id := range order {
		x := g.Connectors[id]
		x.Order = i
		w.setConnector(id, &x)
	}
	return w.p, Result{Label: w.label("order", node)}, nil
}

// sortedConnectors are the graph's connector ids, sorted.
func sortedConnectors(g flow.Graph) []string { return slices.Sorted(maps.Keys(g.Connectors)) }
