package rule

import (
	"sort"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// Uses lists the names that the program reads, sorted: "deal.amount",
// "org.name". The flow's own record is always named by its resource, however
// the author wrote it.
func (p *Program) Uses() []string { return append([]string(nil), p.uses...) }

// Equals lists the equality tests that must hold for the condition to hold, by
// path: {"lead.status": "new"} for `lead.status == "new" && lead.score > 5`.
// The value is a string, float64 or bool; or []any of these for
// `lead.status in ["new", "open"]`.
func (p *Program) Equals() map[string]any {
	m := make(map[string]any, len(p.equals))
	for k, v := range p.equals {
		m[k] = v
	}
	return m
}

// UsesClock reports whether the result depends on now().
func (p *Program) UsesClock() bool { return p.clock }

// collect reads the facts from the author's own tree.
func (p *Program) collect(e Env, n ast.Node) {
	f := facts{env: e, src: p.src, uses: map[string]bool{}}
	f.walk(n)
	for u := range f.uses {
		p.uses = append(p.uses, u)
	}
	sort.Strings(p.uses)
	p.clock, p.hints = f.clock, f.hints
	p.equals = map[string]any{}
	if p.condition {
		f.conjunct(n, p.equals)
	}
}

type facts struct {
	env   Env
	src   string
	hints []Issue
	uses  map[string]bool
	lets  []string
	clock bool
}

// path is the canonical dotted path of n, "" when it is no name of the env.
func (f *facts) path(n ast.Node) string {
	path := constantPath(n)
	if path == nil {
		return ""
	}
	for _, l := range f.lets {
		if l == path[0] {
			return ""
		}
	}
	return strings.Join(append([]string{f.env.canonical(path[0])}, path[1:]...), ".")
}

func (f *facts) walk(n ast.Node) {
	if p := f.path(n); p != "" {
		f.uses[p] = true
		return
	}
	switch n := n.(type) {
	case *ast.BinaryNode:
		f.hint(n)
	case *ast.CallNode:
		f.clock = f.clock || n.Callee.(*ast.IdentifierNode).Value == "now"
		for _, a := range n.Arguments {
			f.walk(a)
		}
		return
	case *ast.VariableDeclaratorNode:
		f.walk(n.Value)
		f.lets = append(f.lets, n.Name)
		f.walk(n.Expr)
		f.lets = f.lets[:len(f.lets)-1]
		return
	}
	for _, k := range children(n) {
		f.walk(k)
	}
}

// conjunct adds the equality tests that n being true implies.
func (f *facts) conjunct(n ast.Node, into map[string]any) {
	b, ok := n.(*ast.BinaryNode)
	if !ok {
		return
	}
	switch b.Operator {
	case "&&", "and":
		f.conjunct(b.Left, into)
		f.conjunct(b.Right, into)
	case "==":
		f.equality(b.Left, b.Right, into)
		f.equality(b.Right, b.Left, into)
	case "in":
		if list, ok := constantList(b.Right); ok {
			addFact(into, f.path(b.Left), list)
		}
	}
}

func (f *facts) equality(path, value ast.Node, into map[string]any) {
	if c, ok := constantOf(value); ok {
		addFact(into, f.path(path), plainNumber(c))
	}
}

// addFact keeps one test for each path: any of them must hold, and a single
// value says more than a list.
func addFact(into map[string]any, path string, v any) {
	if path == "" {
		return
	}
	if _, isList := v.([]any); isList && into[path] != nil {
		return
	}
	into[path] = v
}

// constantOf is the value of a literal: string, int, float64 or bool.
func constantOf(n ast.Node) (any, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.BoolNode:
		return n.Value, true
	case *ast.IntegerNode:
		return n.Value, true
	case *ast.FloatNode:
		return n.Value, true
	case *ast.UnaryNode:
		if n.Operator == "-" {
			switch v := n.Node.(type) {
			case *ast.IntegerNode:
				return -v.Value, true
			case *ast.FloatNode:
				return -v.Value, true
			}
		}
	}
	return nil, false
}

func constantList(n ast.Node) ([]any, bool) {
	a, ok := n.(*ast.ArrayNode)
	if !ok {
		return nil, false
	}
	list := make([]any, 0, len(a.Nodes))
	for _, k := range a.Nodes {
		c, ok := constantOf(k)
		if !ok {
			return nil, false
		}
		list = append(list, plainNumber(c))
	}
	return list, true
}

func plainNumber(v any) any {
	if n, ok := v.(int); ok {
		return float64(n)
	}
	return v
}

// literal writes a constant number back as a node.
func literal(at ast.Node, v any) ast.Node {
	switch v := v.(type) {
	case int:
		return number(at, v)
	case float64:
		n := &ast.FloatNode{Value: v}
		return place(n, at.Location())
	}
	return at
}
