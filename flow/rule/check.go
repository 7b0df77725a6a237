package rule

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
)

// check walks the author's own tree: it refuses what is not part of the
// language and finds every unknown name at once, with a suggestion.
type check struct {
	env    Env
	src    string
	roots  map[string]bool // roots of env that are used
	lets   []string        // let variables in scope
	issues []Issue
}

func (c *check) run(n ast.Node) []Issue {
	// The parser shares branches ("a ?: b", "1 < x < 3"), so a short source can
	// be an enormous tree: count it before anything walks it whole.
	if size(n, maxExpanded) >= maxExpanded {
		c.refuse(n, "too_complex", "The expression is too complex. Split it into several conditions.")
		return c.issues
	}
	c.visit(n)
	return c.issues
}

func (c *check) refuse(n ast.Node, code, text string) {
	c.issues = append(c.issues, issueAt(c.src, n.Location().From, code, text))
}

func (c *check) visit(n ast.Node) {
	if path, ok := c.path(n); ok {
		c.lookup(n, path)
		return
	}
	switch n := n.(type) {
	case *ast.IdentifierNode, *ast.MemberNode:
	case *ast.CallNode:
		c.call(n)
		return
	case *ast.VariableDeclaratorNode:
		c.let(n)
		return
	case *ast.UnaryNode, *ast.ChainNode, *ast.SliceNode, *ast.ConditionalNode, *ast.ArrayNode, *ast.MapNode, *ast.PairNode, *ast.PredicateNode, *ast.PointerNode:
	case *ast.BinaryNode:
		c.binary(n)
	case *ast.BuiltinNode:
		if loops[n.Name] == nil {
			c.refuse(n, "unknown_function", fmt.Sprintf("There is no function %q.", n.Name))
		}
	case *ast.NilNode, *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.StringNode:
	case *ast.SequenceNode:
		c.refuse(n, "syntax", "Write one expression: “;” may only follow let.")
	default:
		c.refuse(n, "syntax", "This kind of value cannot be used here.")
	}
	for _, k := range children(n) {
		c.visit(k)
	}
}

// path is the constant path of n when it starts at a name of the env, or at an
// unknown name.
func (c *check) path(n ast.Node) ([]string, bool) {
	path := constantPath(n)
	if len(path) == 0 || c.isLet(path[0]) {
		return nil, false
	}
	return path, true
}

func (c *check) isLet(name string) bool {
	for _, l := range c.lets {
		if l == name {
			return true
		}
	}
	return false
}

// lookup resolves a constant path, at its outermost node.
func (c *check) lookup(n ast.Node, path []string) {
	if reservedName(path[0]) {
		c.refuse(rootOf(n), "unknown_name", fmt.Sprintf("%q is not a name that may be used.", path[0]))
		return
	}
	if f := functionNamed(path[0]); f.Name != "" && c.env.roots[path[0]] == nil {
		c.refuse(rootOf(n), "unknown_name", fmt.Sprintf("%q is a function: write %s.", f.Name, f.Signature))
		return
	}
	known, suggestion, ok := c.env.missing(path)
	if ok {
		c.roots[path[0]] = true
		return
	}
	c.issues = append(c.issues, c.env.unknownName(c.src, nodeAt(n, len(path)-1-known).Location().From, path, known, suggestion))
}

// unknownName is the issue for a path whose part number known does not exist.
func (e Env) unknownName(src string, from int, path []string, known int, suggestion string) Issue {
	code, text := "unknown_field", fmt.Sprintf("%s has no field %q.", join(path[:known]...), path[known])
	if known == 0 {
		code, text = "unknown_name", fmt.Sprintf("There is no %q here: this flow works on %s.", path[0], e.resource.Plural())
	}
	if suggestion != "" {
		text += " Did you mean " + suggestion + "?"
	}
	i := issueAt(src, from, code, text)
	i.Suggestion = suggestion
	return i
}

func (c *check) call(n *ast.CallNode) {
	id, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		c.refuse(n, "method_call", "Only functions can be called, such as upper(lead.full_name).")
	} else if typedFunctions[id.Value] == nil {
		text := fmt.Sprintf("There is no function %q.", id.Value)
		suggestion := nearest(id.Value, functionNames())
		if suggestion != "" {
			text += " Did you mean " + suggestion + "?"
		}
		i := issueAt(c.src, id.Location().From, "unknown_function", text)
		i.Suggestion = suggestion
		c.issues = append(c.issues, i)
	}
	for _, a := range n.Arguments {
		c.visit(a)
	}
}

func (c *check) let(n *ast.VariableDeclaratorNode) {
	if reservedName(n.Name) || c.env.roots[n.Name] != nil {
		c.refuse(n, "unknown_name", fmt.Sprintf("%q cannot be the name of a let.", n.Name))
	}
	c.visit(n.Value)
	c.lets = append(c.lets, n.Name)
	c.visit(n.Expr)
	c.lets = c.lets[:len(c.lets)-1]
}

func (c *check) binary(n *ast.BinaryNode) {
	switch n.Operator {
	case "**", "^":
		c.refuse(n, "syntax", "Powers are not supported. Multiply instead.")
	case "matches":
		s, ok := n.Right.(*ast.StringNode)
		if !ok {
			c.refuse(n, "bad_pattern", "The pattern after matches must be written out, in quotes.")
			return
		}
		if _, err := compilePattern(s.Value); err != nil {
			c.refuse(s, "bad_pattern", err.Text)
		}
	}
}

func reservedName(s string) bool { return strings.HasPrefix(s, "__") || strings.HasPrefix(s, "$") }

// constantPath is root and field names of n when it is a plain access such as
// deal.amount or steps["call-1"].status, nil otherwise.
func constantPath(n ast.Node) []string {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return []string{n.Value}
	case *ast.ChainNode:
		return constantPath(n.Node)
	case *ast.MemberNode:
		key, ok := n.Property.(*ast.StringNode)
		if !ok {
			return nil
		}
		if base := constantPath(n.Node); base != nil {
			return append(base, key.Value)
		}
	}
	return nil
}

// nodeAt goes up levels fields from the end of a constant path, to the place
// that names the part.
func nodeAt(n ast.Node, up int) ast.Node {
	for {
		switch m := n.(type) {
		case *ast.ChainNode:
			n = m.Node
			continue
		case *ast.MemberNode:
			if up > 0 {
				n, up = m.Node, up-1
				continue
			}
			return m.Property
		}
		return n
	}
}

func rootOf(n ast.Node) ast.Node { return nodeAt(n, maxNodes) }

// place keeps the location of the node that was replaced.
func place(n ast.Node, at file.Location) ast.Node {
	n.SetLocation(at)
	return n
}
