package rule

import (
	"strings"
	"time"

	"millrace.dev/crm"
)

// operators are the metered functions that the guard writes into programs.
// Authors cannot call them: names starting with __ are refused.
var operators = map[string]func(m *machine, a []any) (any, error){
	"__load":     func(m *machine, a []any) (any, error) { return m.load(a[0].(int)) },
	"__at":       func(m *machine, a []any) (any, error) { return at(a[0], a[1]) },
	"__slice":    slice,
	"__key":      key,
	"__list":     func(m *machine, a []any) (any, error) { return loopList(a[0]) },
	"__range":    rangeList,
	"__tick":     tick,
	"__test":     test,
	"__equal":    func(m *machine, a []any) (any, error) { return equal(m, a[0], a[1]) },
	"__in":       inList,
	"__contains": textTest(strings.Contains),
	"__starts":   textTest(strings.HasPrefix),
	"__ends":     textTest(strings.HasSuffix),
	"__matches":  matches,
	"__compare":  compare,
	"__bool":     func(m *machine, a []any) (any, error) { return truthOf(a[0]) },
	"__settle":   settle,
	"__not":      not,
	"__is":       func(m *machine, a []any) (any, error) { return a[0] == a[1], nil },
	"__and":      and,
	"__or":       or,
	"__add":      add,
	"__subtract": subtract,
	"__multiply": multiply,
	"__divide":   divide,
	"__negate":   func(m *machine, a []any) (any, error) { return subtract(m, []any{0, a[0]}) },
	"__number":   func(m *machine, a []any) (any, error) { return add(m, []any{0, a[0]}) },
	"__sum":      sum,
	"__sort":     sortPairs,
	"__group":    groupPairs,
}

// tick charges one round of a loop: a[0] is the size of its body.
func tick(m *machine, a []any) (any, error) { return a[1], m.budget.spend(a[0].(int)) }

// test is tick for a body that must be true or false.
func test(m *machine, a []any) (any, error) {
	if err := m.budget.spend(a[0].(int)); err != nil {
		return nil, err
	}
	if u, ok := a[1].(unknown); ok {
		return m.settle(u), nil
	}
	return truthOf(a[1])
}

// truthOf reads true or false; no value counts as false.
func truthOf(v any) (any, error) {
	switch v := v.(type) {
	case bool, unknown:
		return v, nil
	case nil:
		return false, nil
	}
	return nil, errorf(CodeType, "Yes or no is needed here, but this is %s.", wordFor(v))
}

func settle(m *machine, a []any) (any, error) {
	if u, ok := a[0].(unknown); ok {
		return m.settle(u), nil
	}
	return a[0], nil
}

func not(m *machine, a []any) (any, error) {
	if b, ok := a[0].(bool); ok {
		return !b, nil
	}
	return a[0], nil
}

// and combines a left side that is not false with the right one.
func and(m *machine, a []any) (any, error) {
	if a[1] == false || a[0] == true {
		return a[1], nil
	}
	return a[0], nil
}

// or combines a left side that is not true with the right one.
func or(m *machine, a []any) (any, error) {
	if a[1] == true || a[0] == false {
		return a[1], nil
	}
	return a[0], nil
}

// compare is < > <= >=; with no value on a side it is unknown.
func compare(m *machine, a []any) (any, error) {
	c := m.program.comparisons[a[0].(int)]
	if a[1] == nil || a[2] == nil {
		return unknown{"“" + c.text + "” counts as not true: a value is missing."}, nil
	}
	order, err := orderOf(m, a[1], a[2])
	if err != nil {
		return nil, err
	}
	switch c.operator {
	case "<":
		return order < 0, nil
	case ">":
		return order > 0, nil
	case "<=":
		return order <= 0, nil
	}
	return order >= 0, nil
}

// orderOf is negative when a is less than b, 0 when equal.
func orderOf(m *machine, a, b any) (int, error) {
	switch x := a.(type) {
	case int, float64:
		if y, ok := asFloat(b); ok {
			f, _ := asFloat(x)
			return sign(f - y), nil
		}
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y), m.budget.scan(min(len(x), len(y)))
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.Compare(y), nil
		}
	case time.Duration:
		if y, ok := b.(time.Duration); ok {
			return sign(float64(x) - float64(y)), nil
		}
	}
	return 0, errorf(CodeType, "%s and %s cannot be compared.", capital(wordFor(a)), wordFor(b))
}

func sign(f float64) int {
	switch {
	case f < 0:
		return -1
	case f > 0:
		return 1
	}
	return 0
}

// equal compares scalars; no value equals only no value. Values of different
// types differ. Lists and groups can only be compared with no value: comparing
// them deeply need not end (SAFETY.md M4).
func equal(m *machine, a, b any) (any, error) {
	if a == nil || b == nil {
		return a == nil && b == nil, nil
	}
	if !isScalar(a) || !isScalar(b) {
		return nil, errorf(CodeType, "Lists cannot be compared with ==. Use in, all or any.")
	}
	switch x := a.(type) {
	case int, float64:
		y, ok := asFloat(b)
		f, _ := asFloat(x)
		return ok && f == y, nil
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Equal(y), nil
	case string:
		y, ok := b.(string)
		return ok && x == y, m.budget.scan(min(len(x), len(y)))
	}
	return a == b, nil
}

// inList is "in": an element of a list, or a key of a group.
func inList(m *machine, a []any) (any, error) {
	switch box := a[1].(type) {
	case nil:
		return false, nil
	case map[string]any:
		k, ok := a[0].(string)
		_, there := box[k]
		return ok && there, nil
	}
	list, ok := crm.List(a[1])
	if !ok {
		return nil, errorf(CodeType, "After in there must be a list, but this is %s.", wordFor(a[1]))
	}
	if err := m.budget.spend(len(list)); err != nil {
		return nil, err
	}
	list, err := plainList(list)
	if err != nil {
		return nil, err
	}
	for _, v := range list {
		if !isScalar(v) && v != nil {
			continue
		}
		same, err := equal(m, a[0], v)
		if err != nil || same == true {
			return same, err
		}
	}
	return false, nil
}

// textTest is contains, startsWith or endsWith; no value has no part.
func textTest(is func(s, part string) bool) func(*machine, []any) (any, error) {
	return func(m *machine, a []any) (any, error) {
		if a[0] == nil || a[1] == nil {
			return false, nil
		}
		s, ok := a[0].(string)
		part, ok2 := a[1].(string)
		if !ok || !ok2 {
			return nil, errorf(CodeType, "This test needs two texts, but got %s and %s. For lists use in.", wordFor(a[0]), wordFor(a[1]))
		}
		return is(s, part), m.budget.scan(len(s) + len(part))
	}
}

// matches charges for the pattern's size times the text's length, which is what
// RE2 may need (SAFETY.md M7).
func matches(m *machine, a []any) (any, error) {
	p := m.program.patterns[a[0].(int)]
	if a[1] == nil {
		return false, nil
	}
	s, ok := a[1].(string)
	if !ok {
		return nil, errorf(CodeType, "matches needs a text, but this is %s.", wordFor(a[1]))
	}
	if len(s) > maxMatchText {
		return nil, limitError("matches works on texts of at most 10 kB.")
	}
	if err := m.budget.spend(1 + p.size*len(s)/16); err != nil {
		return nil, err
	}
	return p.re.MatchString(s), nil
}
