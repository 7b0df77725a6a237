package rule

import (
	"regexp"
	"time"

	"github.com/expr-lang/expr/vm"
)

// Scope is what an evaluation sees. Values holds plain maps, lists, numbers,
// strings, bools and times by root name; evaluation never changes them.
type Scope struct {
	Values map[string]any
	// Now is the run's clock.
	Now time.Time
}

// Program is a compiled expression. It is immutable and may be used by any
// number of goroutines at once.
type Program struct {
	src         string
	condition   bool
	code        *vm.Program
	cost        int
	paths       [][]string
	patterns    []pattern
	comparisons []comparison
	uses        []string
	equals      map[string]any
	clock       bool
	hints       []Issue
}

type pattern struct {
	re   *regexp.Regexp
	size int
}

// Source is the expression as the author wrote it.
func (p *Program) Source() string { return p.src }

// Holds evaluates a condition. A comparison with a field that has no value
// makes it false and leaves a warning in b; other failures are an *Error.
func (p *Program) Holds(s Scope, b *Budget) (bool, error) {
	m, out, err := p.run(s, b)
	if err != nil {
		return false, err
	}
	switch v := out.(type) {
	case bool:
		return v, nil
	case nil:
		return false, nil
	case unknown:
		return m.settle(v), nil
	}
	return false, errorf(CodeType, "This must be a yes-or-no test, but it gave %s.", wordFor(out))
}

// Value evaluates a formula. Numbers come as float64; lists and groups as
// []any and map[string]any. The error is an *Error.
func (p *Program) Value(s Scope, b *Budget) (any, error) {
	m, out, err := p.run(s, b)
	if err != nil {
		return nil, err
	}
	if u, ok := out.(unknown); ok {
		return m.settle(u), nil
	}
	v, err := checkedResult(out)
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (p *Program) run(s Scope, b *Budget) (*machine, any, error) {
	if b == nil {
		b = NewBudget()
	}
	if err := b.spend(p.cost); err != nil {
		return nil, nil, err
	}
	m := &machine{program: p, scope: s, budget: b}
	v := vm.VM{MemoryBudget: maxElements}
	out, err := v.Run(p.code, m)
	if err != nil {
		return nil, nil, codedError(err)
	}
	return m, out, nil
}
