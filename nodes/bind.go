package nodes

import (
	"fmt"
	"slices"

	"millrace.dev/crm"
	"millrace.dev/flow/rule"
)

// Bound is one node of a flow with its properties compiled. It is immutable and
// safe for concurrent use.
type Bound struct {
	spec    Spec
	schema  crm.Schema
	names   []string // of the properties, in form order
	setters []setter // by property; nil leaves the zero value
	filters map[string]*rule.Program
	uses    []string
}

// setter gives a property's target its final value.
type setter func(target any, f *filling) error

// filling is one call of Fill.
type filling struct {
	scope    rule.Scope
	budget   *rule.Budget
	warnings []string
	seen     int // of the budget's warnings
}

// fresh lists the budget's warnings since the last call.
func (f *filling) fresh() []string {
	all := f.budget.Warnings()
	list := all[f.seen:]
	f.seen = len(all)
	return list
}

// warn keeps warnings for the step, each once.
func (f *filling) warn(texts ...string) {
	for _, t := range texts {
		if !has(f.warnings, t) {
			f.warnings = append(f.warnings, t)
		}
	}
}

// Spec is the node's type.
func (b *Bound) Spec() Spec { return b.spec }

// Uses lists the scope's paths that the node reads, sorted: "deal.amount".
func (b *Bound) Uses() []string { return b.uses }

// Filter is the compiled filter of a property, nil when it was left out.
func (b *Bound) Filter(prop string) *rule.Program { return b.filters[prop] }

// Fill makes a fresh node with the final value of every property. Warnings are
// for the step's note. An error is an *Error and names the property; a failing
// condition is no error here but surfaces in its Cond, when it is asked. Lists
// and objects that the author wrote literally are shared between calls: a node
// never changes what it was given.
func (b *Bound) Fill(s rule.Scope, budget *rule.Budget) (Node, []string, error) {
	if budget == nil {
		budget = rule.NewBudget()
	}
	node := b.spec.New()
	form := Form{filling: true, targets: make([]any, 0, len(b.setters))}
	node.Form(&form)
	f := filling{scope: s, budget: budget, seen: len(budget.Warnings())}
	for i, set := range b.setters {
		if set == nil {
			continue
		}
		if err := set(form.targets[i], &f); err != nil {
			return nil, f.warnings, &Error{
				Code: "property", Text: fmt.Sprintf("filling in %s: %v", b.names[i], err), Cause: err,
			}
		}
	}
	for _, g := range form.givens {
		if view, ok := s.Values[b.root(g.path[0])].(map[string]any); ok {
			*g.target = view[g.path[1]]
		}
	}
	if form.schema != nil {
		*form.schema = b.schema
	}
	f.warn(f.fresh()...)
	return node, f.warnings, nil
}

// root is where the scope holds a root: a user's flow is about the contact
// itself.
func (b *Bound) root(name string) string {
	if name == "contact" && b.schema.Resource == crm.User {
		return string(crm.User)
	}
	return name
}

// use notes that the node reads paths.
func (b *Bound) use(paths ...string) {
	for _, p := range paths {
		if i, found := slices.BinarySearch(b.uses, p); !found {
			b.uses = slices.Insert(b.uses, i, p)
		}
	}
}
