package rule

import (
	"fmt"
	"reflect"

	"github.com/expr-lang/expr/ast"
)

// A comparison with a field that has no value is neither true nor false: it is
// unknown, as in SQL. "or" and "and" with it are decided by the other side when
// that suffices, "not" of it is unknown, and what ends unknown counts as false,
// with a warning. So neither lead.score > 50 nor !(lead.score > 50) takes a
// lead without a score.
type unknown struct{ why string }

// comparison is one < > <= >= of a program.
type comparison struct {
	operator string
	text     string // the left and right sides as written, for the warning
}

var boolType = reflect.TypeOf(true)

// truth rewrites a node that is asked for true or false. The second result
// reports whether it may also be unknown.
func (g *guard) truth(n ast.Node) (ast.Node, bool) {
	switch n := n.(type) {
	case *ast.UnaryNode:
		if n.Operator == "!" || n.Operator == "not" {
			return g.not(n, n.Node)
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "&&", "and":
			return g.connect(n, true)
		case "||", "or":
			return g.connect(n, false)
		case "!=":
			equal := &ast.BinaryNode{Operator: "==", Left: n.Left, Right: n.Right}
			return g.not(n, place(equal, n.Location()))
		case "<", ">", "<=", ">=":
			return call(n, "__compare", number(n, g.comparison(n)), g.value(n.Left), g.value(n.Right)), true
		case "==", "in", "contains", "startsWith", "endsWith", "matches":
			return asBool(g.value(n)), false
		}
	case *ast.BoolNode:
		return n, false
	case *ast.BuiltinNode:
		switch n.Name {
		case "all", "any", "none", "one":
			return asBool(g.value(n)), false
		}
	}
	return asBool(call(n, "__bool", g.value(n))), false
}

// definite rewrites a node that is asked for true or false; unknown becomes
// false there.
func (g *guard) definite(n ast.Node) ast.Node {
	t, maybe := g.truth(n)
	if maybe {
		return asBool(call(n, "__settle", t))
	}
	return t
}

func (g *guard) not(at, n ast.Node) (ast.Node, bool) {
	t, maybe := g.truth(n)
	if maybe {
		return call(at, "__not", t), true
	}
	return asBool(place(&ast.UnaryNode{Operator: "!", Node: t}, at.Location())), false
}

// connect rewrites "and" (and is true) or "or". The right side is evaluated
// only when the left does not decide:
//
//	left and right  →  let t = left; __is(false, t) ? false : __and(t, right)
func (g *guard) connect(n *ast.BinaryNode, and bool) (ast.Node, bool) {
	left, leftMaybe := g.truth(n.Left)
	right, rightMaybe := g.truth(n.Right)
	decided := place(&ast.BoolNode{Value: !and}, n.Location())
	if !leftMaybe {
		c := &ast.ConditionalNode{Cond: left, Exp1: right, Exp2: decided}
		if !and {
			c.Exp1, c.Exp2 = decided, right
		}
		return asBoolUnless(place(c, n.Location()), rightMaybe), rightMaybe
	}
	g.temps++
	name, combine := fmt.Sprintf("__%d", g.temps), "__and"
	if !and {
		combine = "__or"
	}
	t := func() ast.Node { return place(&ast.IdentifierNode{Value: name}, n.Location()) }
	body := &ast.ConditionalNode{
		Cond: asBool(call(n, "__is", decided, t())),
		Exp1: decided,
		Exp2: call(n, combine, t(), right),
	}
	let := &ast.VariableDeclaratorNode{Name: name, Value: left, Expr: place(body, n.Location())}
	return place(let, n.Location()), true
}

func (g *guard) comparison(n *ast.BinaryNode) int {
	text := n.String()
	if r := []rune(text); len(r) > 80 {
		text = string(r[:80]) + "…"
	}
	g.program.comparisons = append(g.program.comparisons, comparison{n.Operator, text})
	return len(g.program.comparisons) - 1
}

// asBool tells the compiler that the node gives nothing but true or false.
func asBool(n ast.Node) ast.Node {
	n.SetType(boolType)
	return n
}

func asBoolUnless(n ast.Node, maybe bool) ast.Node {
	if maybe {
		return n
	}
	return asBool(n)
}
