package rule

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"

	"millrace.dev/crm"
)

// Hints are what is probably not meant though it compiles: a choice field
// compared with a text that is none of its choices never matches, and with !=
// always does. They are for a warning to the author.
func (p *Program) Hints() []Issue { return append([]Issue(nil), p.hints...) }

// hint looks at one comparison of the author's tree.
func (f *facts) hint(n *ast.BinaryNode) {
	switch n.Operator {
	case "==", "!=":
		f.choice(n.Left, n.Right)
		f.choice(n.Right, n.Left)
	case "in":
		if list, ok := n.Right.(*ast.ArrayNode); ok {
			for _, v := range list.Nodes {
				f.choice(n.Left, v)
			}
		}
	}
}

func (f *facts) choice(field, value ast.Node) {
	s, ok := value.(*ast.StringNode)
	if !ok {
		return
	}
	choices := f.env.choices(f.path(field))
	if len(choices) == 0 {
		return
	}
	for _, c := range choices {
		if c == s.Value {
			return
		}
	}
	text := fmt.Sprintf("%s is never %q: it is one of %s.", field, s.Value, strings.Join(choices, ", "))
	i := issueAt(f.src, s.Location().From, "unknown_choice", text)
	i.Suggestion = nearest(s.Value, choices)
	f.hints = append(f.hints, i)
}

// choices are the values that the field at a canonical path may have, nil when
// it may have any.
func (e Env) choices(path string) []string {
	root, field, _ := strings.Cut(path, ".")
	r := e.resource
	switch root {
	case string(e.resource), "prev":
	case "org":
		r = crm.Organization
	case "contact":
		r = crm.User
	default:
		return nil
	}
	found, _ := e.schemas[r].Field(field)
	return found.Choices
}
