package rule

import (
	"math"
	"strconv"
	"strings"

	"millrace.dev/crm"
)

var numberFunctions = []function{
	{Func{"abs", "abs(number) number", "The number without its sign."}, []string{"number"}, floatType, mapNumber(math.Abs)},
	{Func{"ceil", "ceil(number) number", "The number rounded up."}, []string{"number"}, floatType, mapNumber(math.Ceil)},
	{Func{"floor", "floor(number) number", "The number rounded down."}, []string{"number"}, floatType, mapNumber(math.Floor)},
	{Func{"round", "round(number, decimals?) number", "The number rounded, half away from zero."}, []string{"number", "number?"}, floatType, round},
	{Func{"int", "int(number or text) number", "The whole part of a number, or a number read from text."}, []string{"number or text"}, intType, whole},
	{Func{"float", "float(number or text) number", "A number read from text."}, []string{"number or text"}, floatType, float},
	{Func{"mod", "mod(number, divisor) number", "What is left of a division, as with %."}, []string{"number", "number"}, floatType, modulo},
	{Func{"min", "min(numbers…) number", "The smallest of the numbers, or of a list; elements without value are left out."}, []string{"number or list..."}, anyType, extreme(-1)},
	{Func{"max", "max(numbers…) number", "The largest of the numbers, or of a list; elements without value are left out."}, []string{"number or list..."}, anyType, extreme(1)},
	{Func{"mean", "mean(numbers…) number", "The average of the numbers, or of a list; elements without value are left out."}, []string{"number or list..."}, anyType, mean},
}

func mapNumber(change func(float64) float64) func(*machine, []any) (any, error) {
	return func(m *machine, a []any) (any, error) {
		f, _ := asFloat(a[0])
		return finite(change(f))
	}
}

func round(m *machine, a []any) (any, error) {
	f, _ := asFloat(a[0])
	if len(a) == 1 {
		return finite(math.Round(f))
	}
	n, ok := wholeNumber(a[1])
	if !ok || n < 0 || n > 9 {
		return nil, errorf(CodeArgument, "round keeps 0 to 9 decimals.")
	}
	p := math.Pow10(n)
	if math.Abs(f) > 1<<52/p {
		return f, nil // it has no decimals to lose
	}
	return finite(math.Round(f*p) / p)
}

// read gives a number from a number or a text; no value stays no value.
func read(m *machine, v any) (any, error) {
	s, ok := v.(string)
	if !ok {
		return v, nil
	}
	if len(s) > 64 {
		return nil, errorf(CodeArgument, "This text is not a number.")
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || strings.ContainsAny(s, "xXpP_nN") {
		return nil, errorf(CodeArgument, "This text is not a number.")
	}
	return finite(f)
}

func float(m *machine, a []any) (any, error) {
	v, err := read(m, a[0])
	if n, ok := v.(int); ok {
		return float64(n), err
	}
	return v, err
}

func whole(m *machine, a []any) (any, error) {
	v, err := read(m, a[0])
	f, ok := v.(float64)
	if !ok || err != nil {
		return v, err
	}
	n, ok := wholeNumber(math.Trunc(f))
	return n, overflowUnless(ok)
}

// numbers reads the arguments of min, max and mean: numbers and flat lists of
// numbers.
func numbers(m *machine, a []any) ([]float64, error) {
	var out []float64
	for _, v := range a {
		list, ok := crm.List(v)
		if !ok {
			list = []any{v}
		}
		if err := m.budget.spend(len(list)); err != nil {
			return nil, err
		}
		list, err := plainList(list)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			f, ok := asFloat(e)
			if ok {
				out = append(out, f)
			} else if e != nil {
				return nil, errorf(CodeType, "Numbers are needed here, but this is %s.", wordFor(e))
			}
		}
	}
	return out, nil
}

func extreme(direction float64) func(*machine, []any) (any, error) {
	return func(m *machine, a []any) (any, error) {
		list, err := numbers(m, a)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		best := list[0]
		for _, f := range list {
			if (f-best)*direction > 0 {
				best = f
			}
		}
		return best, nil
	}
}

func mean(m *machine, a []any) (any, error) {
	list, err := numbers(m, a)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	total := 0.0
	for _, f := range list {
		total += f / float64(len(list))
	}
	return finite(total)
}

// sum adds a list; elements without value are left out.
func sum(m *machine, a []any) (any, error) {
	list, _ := crm.List(a[0])
	if err := m.budget.spend(len(list)); err != nil {
		return nil, err
	}
	var total any = 0
	for _, v := range list {
		if v == nil {
			continue
		}
		if _, ok := asFloat(v); !ok {
			return nil, errorf(CodeType, "sum needs numbers, but an element is %s.", wordFor(v))
		}
		var err error
		if total, err = add(m, []any{total, v}); err != nil {
			return nil, err
		}
	}
	return total, nil
}
