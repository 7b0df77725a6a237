package engine

import (
	"runtime"
	"sort"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
	"millrace.dev/nodes"
)

// Plan is one version, compiled: every template and expression is parsed and
// every port knows its connectors. It is immutable and safe for concurrent use.
type Plan struct {
	flow     string
	version  int
	resource crm.Resource
	settings flow.Settings
	zone     *time.Location
	schemas  crm.Schemas
	nodes    map[string]*node
	triggers []*node // by id
	key      *rule.Program
	needs    Needs
	roots    map[string]bool // of the scope: "owner", "steps", …
}

// node is one compiled node.
type node struct {
	id       string
	spec     nodes.Spec
	bound    *nodes.Bound // nil when this build cannot run it
	disabled bool
	trigger  bool
	listen   nodes.Listen
	// where is the compiled filter: a trigger's condition, an awaited event's.
	where *rule.Program
	first string // the ordinary port
	ports map[string]*port
}

// port is one way out with its connectors in the order they are tried.
type port struct {
	all  bool
	ways []way
}

// way is one connector; when is nil for an unconditional one.
type way struct {
	id, to string
	when   *rule.Program
}

// Compile compiles a version. The plan is never nil: with problems it still
// runs up to the first node that cannot, which ends in an incident there.
func Compile(v flow.Version, s crm.Schemas) (*Plan, flow.Problems) {
	g := v.Graph
	c := &compiler{graph: g, env: nodes.EnvOf(g, s), plan: &Plan{
		flow: v.Flow, version: v.Number, resource: g.Resource, settings: g.Settings, zone: time.UTC, schemas: s,
		nodes: make(map[string]*node, len(g.Nodes)), roots: map[string]bool{},
	}}
	c.settings()
	for _, id := range sortedKeys(g.Nodes) {
		if n := g.Nodes[id]; !flow.IsNote(n.Type) {
			c.node(id, n)
		}
	}
	for _, id := range sortedKeys(g.Connectors) {
		c.connector(id, g.Connectors[id])
	}
	c.order()
	c.needs()
	return c.plan, c.problems
}

// Flow is the flow's id.
func (p *Plan) Flow() string { return p.flow }

// Version is the version's number.
func (p *Plan) Version() int { return p.version }

// Resource is the kind of record that goes through the flow.
func (p *Plan) Resource() crm.Resource { return p.resource }

// Settings are the version's settings.
func (p *Plan) Settings() flow.Settings { return p.settings }

// Zone is the flow's time zone, UTC when it has none.
func (p *Plan) Zone() *time.Location { return p.zone }

// Needs says what the World must hold.
func (p *Plan) Needs() Needs { return p.needs }

// Manual is the trigger of a run that a person starts: a manual one if there is
// any, else the first by id. ok is false for a plan without triggers.
func (p *Plan) Manual() (trigger string, ok bool) {
	for _, n := range p.triggers {
		if n.listen.Manual && !n.disabled {
			return n.id, true
		}
	}
	for _, n := range p.triggers {
		if !n.disabled {
			return n.id, true
		}
	}
	return "", false
}

// compiler builds one plan and collects what is wrong with the version.
type compiler struct {
	graph    flow.Graph
	env      rule.Env
	plan     *Plan
	problems flow.Problems
}

func (c *compiler) settings() {
	set := c.graph.Settings
	if set.Zone != "" {
		zone, err := time.LoadLocation(set.Zone)
		if err != nil {
			c.problem("unknown_zone", "/settings/zone", "There is no time zone %q: choose one such as Europe/Warsaw.", set.Zone)
			if runtime.GOOS == "js" { // a browser has no zone files: the server will judge
				c.problems[len(c.problems)-1].Level = flow.LevelWarning
			}
		} else {
			c.plan.zone = zone
		}
	}
	if set.Key != "" {
		key, issues := c.env.Formula(set.Key)
		c.issues("/settings/key", issues)
		c.plan.key = key
		c.uses(key)
	}
}

func (c *compiler) node(id string, n flow.Node) {
	out := &node{id: id, disabled: n.Disabled, first: "out", ports: map[string]*port{}}
	c.plan.nodes[id] = out
	if ports := nodes.PortsOf(n); len(ports) > 0 {
		out.first = ports[0].Name
	}
	spec, known := nodes.Lookup(n.Type)
	if !known {
		c.problem("unknown_type", flow.Pointer("nodes", id, "type"), "This build has no node type %q.", n.Type)
		return
	}
	out.spec = spec
	bound, problems := nodes.Compile(id, n, c.env, c.graph.Resource, c.plan.schemas)
	c.problems = append(c.problems, problems...)
	if problems.HasErrors() || bound == nil {
		return
	}
	out.bound = bound
	c.roots(bound.Uses())
	out.trigger = spec.Group == nodes.Triggers
	for _, p := range nodes.FormOf(n.Type) {
		if p.Kind == nodes.KindFilter {
			out.where = bound.Filter(p.Name)
		}
	}
	if out.trigger {
		c.listen(out)
	}
}

// listen asks a trigger what it waits for; its properties are constants.
func (c *compiler) listen(n *node) {
	filled, _, err := n.bound.Fill(rule.Scope{}, rule.NewBudget())
	if err != nil {
		return
	}
	if t, ok := filled.(nodes.Trigger); ok {
		n.listen = t.Listen(c.graph.Resource)
		c.plan.triggers = append(c.plan.triggers, n)
	}
}

func (c *compiler) connector(id string, x flow.Connector) {
	from, name := x.Source()
	n := c.plan.nodes[from]
	if n == nil || c.plan.nodes[x.To] == nil {
		c.problem("dangling_connector", flow.Pointer("connectors", id), "The connector leads from or to a node that is not there.")
		return
	}
	w := way{id: id, to: x.To}
	if strings.TrimSpace(x.If) != "" {
		when, issues := c.env.Condition(x.If)
		c.issues(flow.Pointer("connectors", id, "if"), issues)
		if when == nil {
			return
		}
		w.when = when
		c.uses(when)
	}
	if n.ports[name] == nil {
		n.ports[name] = &port{all: c.graph.Nodes[from].Routing[name] == flow.RouteAll}
	}
	n.ports[name].ways = append(n.ports[name].ways, w)
}

// order sorts every port's connectors: by order, then by id; where the first
// one wins, an unconditional connector is "else" and comes last.
func (c *compiler) order() {
	for _, n := range c.plan.nodes {
		for _, p := range n.ports {
			sort.SliceStable(p.ways, func(i, j int) bool {
				a, b := p.ways[i], p.ways[j]
				if !p.all && (a.when == nil) != (b.when == nil) {
					return a.when != nil
				}
				if oa, ob := c.graph.Connectors[a.id].Order, c.graph.Connectors[b.id].Order; oa != ob {
					return oa < ob
				}
				return a.id < b.id
			})
		}
	}
}

func (c *compiler) needs() {
	r, own := c.plan.roots, c.graph.Resource
	c.plan.needs = Needs{Owner: r["owner"], Org: r["org"] && own != crm.Organization, Contact: r["contact"] && own != crm.User}
	for _, n := range c.graph.Nodes {
		if awaits(n) {
			c.plan.needs.EventWaits = true
		}
	}
}

// awaits reports whether a node may hold a run for an event.
func awaits(n flow.Node) bool {
	spec, _ := nodes.Lookup(n.Type)
	if !spec.Holds || n.Disabled {
		return false
	}
	for _, p := range nodes.FormOf(n.Type) {
		if p.Kind == nodes.KindEvent {
			return true
		}
	}
	return false
}

func (c *compiler) uses(p *rule.Program) {
	if p != nil {
		c.roots(p.Uses())
	}
}

func (c *compiler) roots(paths []string) {
	for _, path := range paths {
		root, _, _ := strings.Cut(path, ".")
		c.plan.roots[root] = true
	}
}

func (c *compiler) issues(path string, issues []rule.Issue) {
	for _, i := range issues {
		c.problems = append(c.problems, flow.Problem{Level: flow.LevelError, Code: i.Code, Path: path,
			Text: i.Text, Column: i.Column, Caret: i.Caret, Suggestion: i.Suggestion})
	}
}

func (c *compiler) problem(code, path, format string, args ...any) {
	c.problems = append(c.problems, flow.Problem{Level: flow.LevelError, Code: code, Path: path,
		Text: flow.Errorf(flow.CodeInvalid, format, args...).Text})
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
