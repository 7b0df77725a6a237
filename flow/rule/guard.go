package rule

import (
	"github.com/expr-lang/expr/ast"
)

// guard writes a metered copy of a checked tree: names become loads of a slot
// of the program, operators and functions become calls of ours whose first
// argument is the machine, loop bodies tick. It never changes the given tree,
// whose branches may be shared.
type guard struct {
	env     Env
	program *Program
	lets    []string
	temps   int
}

// root rewrites the whole tree. A condition may end as unknown, which Holds
// turns into false and a warning.
func (g *guard) root(n ast.Node) ast.Node {
	if g.program.condition {
		t, _ := g.truth(n)
		return t
	}
	return g.value(n)
}

// call builds the call of one of our functions on the machine.
func call(at ast.Node, name string, args ...ast.Node) ast.Node {
	loc := at.Location()
	c := &ast.CallNode{
		Callee:    place(&ast.IdentifierNode{Value: name}, loc),
		Arguments: append([]ast.Node{place(&ast.IdentifierNode{Value: "$env"}, loc)}, args...),
	}
	return place(c, loc)
}

func number(at ast.Node, n int) ast.Node { return place(&ast.IntegerNode{Value: n}, at.Location()) }

// value rewrites a node that must end as a definite value.
func (g *guard) value(n ast.Node) ast.Node {
	if path := constantPath(n); path != nil && !g.isLet(path[0]) {
		return call(n, "__load", number(n, g.slot(path)))
	}
	switch n := n.(type) {
	case *ast.ChainNode:
		return g.value(n.Node)
	case *ast.MemberNode:
		return call(n, "__at", g.value(n.Node), g.value(n.Property))
	case *ast.SliceNode:
		return g.slice(n)
	case *ast.UnaryNode:
		return g.unary(n)
	case *ast.BinaryNode:
		return g.binary(n)
	case *ast.CallNode:
		return call(n, n.Callee.(*ast.IdentifierNode).Value, g.values(n.Arguments)...)
	case *ast.BuiltinNode:
		return g.loop(n)
	case *ast.ConditionalNode:
		c := &ast.ConditionalNode{Cond: g.definite(n.Cond), Exp1: g.value(n.Exp1), Exp2: g.value(n.Exp2)}
		return place(c, n.Location())
	case *ast.VariableDeclaratorNode:
		return g.let(n)
	case *ast.ArrayNode:
		return place(&ast.ArrayNode{Nodes: g.values(n.Nodes)}, n.Location())
	case *ast.MapNode:
		return place(&ast.MapNode{Pairs: g.values(n.Pairs)}, n.Location())
	case *ast.PairNode:
		p := &ast.PairNode{Key: call(n, "__key", g.value(n.Key)), Value: g.value(n.Value)}
		return place(p, n.Location())
	}
	return n // literals, let variables and pointers stay
}

func (g *guard) values(list []ast.Node) []ast.Node {
	out := make([]ast.Node, len(list))
	for i, n := range list {
		out[i] = g.value(n)
	}
	return out
}

func (g *guard) isLet(name string) bool {
	for _, l := range g.lets {
		if l == name {
			return true
		}
	}
	return false
}

// slot numbers a path among those that the program loads.
func (g *guard) slot(path []string) int {
	path = append([]string{g.env.canonical(path[0])}, path[1:]...)
	for i, p := range g.program.paths {
		if equalPaths(p, path) {
			return i
		}
	}
	g.program.paths = append(g.program.paths, path)
	return len(g.program.paths) - 1
}

func equalPaths(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (g *guard) let(n *ast.VariableDeclaratorNode) ast.Node {
	v := g.value(n.Value)
	g.lets = append(g.lets, n.Name)
	body := g.value(n.Expr)
	g.lets = g.lets[:len(g.lets)-1]
	return place(&ast.VariableDeclaratorNode{Name: n.Name, Value: v, Expr: body}, n.Location())
}

func (g *guard) slice(n *ast.SliceNode) ast.Node {
	from, to := ast.Node(&ast.NilNode{}), ast.Node(&ast.NilNode{})
	if n.From != nil {
		from = g.value(n.From)
	}
	if n.To != nil {
		to = g.value(n.To)
	}
	return call(n, "__slice", g.value(n.Node), from, to)
}

func (g *guard) unary(n *ast.UnaryNode) ast.Node {
	switch n.Operator {
	case "!", "not":
		return g.definite(n)
	case "-":
		if c, ok := constantOf(n); ok {
			return literal(n, c)
		}
		return call(n, "__negate", g.value(n.Node))
	}
	return call(n, "__number", g.value(n.Node))
}

// binaryCalls are the operators that always give a definite value.
var binaryCalls = map[string]string{
	"+": "__add", "-": "__subtract", "*": "__multiply", "/": "__divide",
	"..": "__range", "in": "__in", "==": "__equal",
	"contains": "__contains", "startsWith": "__starts", "endsWith": "__ends",
}

func (g *guard) binary(n *ast.BinaryNode) ast.Node {
	switch n.Operator {
	case "&&", "and", "||", "or", "<", ">", "<=", ">=", "!=":
		return g.definite(n)
	case "??":
		return place(&ast.BinaryNode{Operator: "??", Left: g.value(n.Left), Right: g.value(n.Right)}, n.Location())
	case "matches":
		return call(n, "__matches", number(n, g.pattern(n.Right)), g.value(n.Left))
	}
	return call(n, binaryCalls[n.Operator], g.value(n.Left), g.value(n.Right))
}

func (g *guard) pattern(n ast.Node) int {
	re, _ := compilePattern(n.(*ast.StringNode).Value)
	g.program.patterns = append(g.program.patterns, re)
	return len(g.program.patterns) - 1
}

// loop rewrites a builtin that runs a body for each element: the list is
// checked, the body ticks by its size. sum, sortBy and groupBy become a map and
// a function of ours.
func (g *guard) loop(n *ast.BuiltinNode) ast.Node {
	list := call(n, "__list", g.value(n.Arguments[0]))
	if len(n.Arguments) == 1 { // sum(list), count(list)
		if n.Name == "sum" {
			return call(n, "__sum", list)
		}
		return g.each(n, "count", list, &ast.PointerNode{}, "__test")
	}
	body := n.Arguments[1].(*ast.PredicateNode).Node
	switch n.Name {
	case "sum":
		return call(n, "__sum", g.each(n, "map", list, g.value(body), "__tick"))
	case "sortBy", "groupBy":
		pair := place(&ast.ArrayNode{Nodes: []ast.Node{&ast.PointerNode{}, g.value(body)}}, n.Location())
		pairs := g.each(n, "map", list, pair, "__tick")
		if n.Name == "groupBy" {
			return call(n, "__group", pairs)
		}
		order := ast.Node(&ast.StringNode{Value: "asc"})
		if len(n.Arguments) == 3 {
			order = g.value(n.Arguments[2])
		}
		return call(n, "__sort", pairs, order)
	case "map":
		return g.each(n, "map", list, g.value(body), "__tick")
	}
	t, _ := g.truth(body)
	return g.each(n, n.Name, list, t, "__test")
}

// each runs an expr-lang loop whose body is metered by tick.
func (g *guard) each(at ast.Node, name string, list, body ast.Node, tick string) ast.Node {
	cost := 1 + size(body, maxExpanded*8)
	body = call(body, tick, number(at, cost), body)
	return place(&ast.BuiltinNode{Name: name, Arguments: []ast.Node{list, place(&ast.PredicateNode{Node: body}, at.Location())}}, at.Location())
}
