package rule

import (
	"math"
	"time"
)

func add(m *machine, a []any) (any, error) {
	switch x := a[0].(type) {
	case string:
		if y, ok := a[1].(string); ok {
			if err := m.budget.text(len(x) + len(y)); err != nil {
				return nil, err
			}
			return x + y, nil
		}
	case time.Time:
		if y, ok := a[1].(time.Duration); ok {
			return x.Add(y), nil
		}
	case time.Duration:
		switch y := a[1].(type) {
		case time.Time:
			return y.Add(x), nil
		case time.Duration:
			n, ok := addInts(int64(x), int64(y))
			return time.Duration(n), overflowUnless(ok)
		}
	}
	return arithmetic("+", a, addInts, func(x, y float64) float64 { return x + y })
}

func subtract(m *machine, a []any) (any, error) {
	switch x := a[0].(type) {
	case time.Time:
		switch y := a[1].(type) {
		case time.Time:
			return x.Sub(y), nil
		case time.Duration:
			return x.Add(-y), nil
		}
	case time.Duration:
		if y, ok := a[1].(time.Duration); ok {
			n, ok := subtractInts(int64(x), int64(y))
			return time.Duration(n), overflowUnless(ok)
		}
	}
	return arithmetic("-", a, subtractInts, func(x, y float64) float64 { return x - y })
}

func multiply(m *machine, a []any) (any, error) {
	d, isDuration := a[0].(time.Duration)
	n := a[1]
	if !isDuration {
		d, isDuration = a[1].(time.Duration)
		n = a[0]
	}
	if isDuration {
		if f, ok := asFloat(n); ok {
			f *= float64(d)
			return time.Duration(f), overflowUnless(math.Abs(f) < math.MaxInt64)
		}
	}
	return arithmetic("*", a, multiplyInts, func(x, y float64) float64 { return x * y })
}

func divide(m *machine, a []any) (any, error) {
	if y, ok := asFloat(a[1]); ok && y == 0 {
		return nil, errorf(CodeNumber, "Division by zero.")
	}
	noInts := func(x, y int64) (int64, bool) { return 0, false }
	return arithmetic("/", a, noInts, func(x, y float64) float64 { return x / y })
}

func modulo(m *machine, a []any) (any, error) {
	if y, ok := asFloat(a[1]); ok && y == 0 {
		return nil, errorf(CodeNumber, "Division by zero.")
	}
	ints := func(x, y int64) (int64, bool) { return x % y, true }
	return arithmetic("%", a, ints, math.Mod)
}
