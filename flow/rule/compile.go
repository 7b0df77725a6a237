package rule

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
)

// Condition compiles an expression that must be true or false. Every issue
// found is returned; the program is nil when there is one.
func (e Env) Condition(src string) (*Program, []Issue) { return e.compile(src, true) }

// Formula compiles an expression that gives a value: text, number, yes or no,
// time, or a list or group of these.
func (e Env) Formula(src string) (*Program, []Issue) { return e.compile(src, false) }

func (e Env) compile(src string, condition bool) (p *Program, issues []Issue) {
	defer func() {
		if recover() != nil {
			p, issues = nil, []Issue{issueAt(src, 0, "syntax", "This cannot be read as an expression.")}
		}
	}()
	if i, ok := refused(src); ok {
		return nil, []Issue{i}
	}
	tree, err := parser.ParseWithConfig(src, typedConfig(types.Map{}))
	if err != nil {
		return nil, []Issue{syntaxIssue(src, err)}
	}
	c := check{env: e, src: src, roots: map[string]bool{}}
	if issues := c.run(tree.Node); len(issues) > 0 {
		return nil, issues
	}
	ast.Walk(&tree.Node, remainders{})
	if err := e.typeCheck(tree, c.roots, condition); err != nil {
		return nil, []Issue{typeIssue(src, err)}
	}
	p = &Program{src: src, condition: condition}
	p.collect(e, tree.Node)
	if err := p.build(e, tree); err != nil {
		return nil, []Issue{issueAt(src, 0, "syntax", "This cannot be read as an expression.")}
	}
	return p, nil
}

// refused applies the caps that must come before the parser (SAFETY.md M2).
func refused(src string) (Issue, bool) {
	switch {
	case len(src) > MaxExpression:
		return Issue{Code: "too_long", Text: fmt.Sprintf("An expression may have at most %d bytes; this one has %d.", MaxExpression, len(src)), Line: 1, Column: 1}, true
	case !utf8.ValidString(src) || strings.IndexByte(src, 0) >= 0:
		return Issue{Code: "bad_text", Text: "The expression holds characters that are not text.", Line: 1, Column: 1}, true
	case strings.TrimSpace(src) == "":
		return Issue{Code: "empty", Text: "Write an expression.", Line: 1, Column: 1}, true
	}
	return Issue{}, false
}

func (e Env) typeCheck(tree *parser.Tree, roots map[string]bool, condition bool) error {
	env := make(types.Map, len(roots))
	for root := range roots {
		env[root] = e.roots[root].exprType()
	}
	cfg := typedConfig(env)
	if condition {
		cfg.Expect, cfg.ExpectAny = reflect.Bool, true
	}
	_, err := checker.Check(tree, cfg)
	return err
}

// remainders writes a % b as mod(a, b): expr-lang's own % refuses the numbers of
// records, which are not of its integer type.
type remainders struct{}

// Visit patches one node.
func (remainders) Visit(n *ast.Node) {
	if b, ok := (*n).(*ast.BinaryNode); ok && b.Operator == "%" {
		name := place(&ast.IdentifierNode{Value: "mod"}, b.Location())
		ast.Patch(n, &ast.CallNode{Callee: name, Arguments: []ast.Node{b.Left, b.Right}})
	}
}

// typedConfig is what parser and checker see: our functions, the looping
// builtins, and the names of env.
func typedConfig(env types.Map) *conf.Config {
	c := &conf.Config{
		ShortCircuit: true,
		MaxNodes:     maxNodes,
		Functions:    typedFunctions,
		Builtins:     loops,
		Disabled:     disabledBuiltins,
	}
	c.WithEnv(env)
	return c
}

// build rewrites the checked tree into a metered one and compiles that.
func (p *Program) build(e Env, tree *parser.Tree) error {
	g := guard{env: e, program: p}
	guarded := &parser.Tree{Node: g.root(tree.Node), Source: tree.Source}
	p.cost = size(guarded.Node, maxExpanded*8)
	code, err := compiler.Compile(guarded, &conf.Config{ShortCircuit: true, Functions: meteredFunctions})
	p.code = code
	return err
}

func syntaxIssue(src string, err error) Issue {
	var at *file.Error
	if !errors.As(err, &at) {
		return issueAt(src, 0, "syntax", "This cannot be read as an expression.")
	}
	if strings.Contains(at.Message, "maximum allowed nodes") {
		return issueAt(src, 0, "too_complex", "The expression is too long to be checked. Split it into several conditions.")
	}
	return issueAt(src, at.From, "syntax", "This cannot be read as an expression: "+plainSyntax(src, at.Message)+".")
}
