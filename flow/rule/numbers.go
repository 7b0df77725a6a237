package rule

import "math"

// arithmetic applies an operator to two numbers: on integers when both are and
// the result fits, else on floats.
func arithmetic(op string, a []any, ints func(x, y int64) (int64, bool), floats func(x, y float64) float64) (any, error) {
	x, xok := a[0].(int)
	y, yok := a[1].(int)
	if xok && yok {
		if n, ok := ints(int64(x), int64(y)); ok && n == int64(int(n)) {
			return int(n), nil
		}
		if op != "/" {
			return nil, overflowUnless(false)
		}
	}
	f, fok := asFloat(a[0])
	g, gok := asFloat(a[1])
	if !fok || !gok {
		return nil, operandError(op, a[0], a[1])
	}
	return finite(floats(f, g))
}

func operandError(op string, a, b any) error {
	if a == nil || b == nil {
		return errorf(CodeNil, "“%s” cannot be computed: a value is missing. Write (field ?? 0) to use 0 then.", op)
	}
	return errorf(CodeType, "“%s” cannot be computed with %s and %s.", op, wordFor(a), wordFor(b))
}

func finite(f float64) (any, error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, errorf(CodeNumber, "The number is too large.")
	}
	return f, nil
}

func overflowUnless(ok bool) error {
	if ok {
		return nil
	}
	return errorf(CodeNumber, "The number is too large.")
}

func addInts(x, y int64) (int64, bool) {
	n := x + y
	return n, (n > x) == (y > 0)
}

func subtractInts(x, y int64) (int64, bool) {
	n := x - y
	return n, (n < x) == (y > 0)
}

func multiplyInts(x, y int64) (int64, bool) {
	if x == 0 || y == 0 {
		return 0, true
	}
	n := x * y
	return n, n/y == x && !(x == -1 && y == math.MinInt64) && !(y == -1 && x == math.MinInt64)
}

// asFloat reads a number.
func asFloat(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	}
	return 0, false
}

// wholeNumber reads a number without a fraction that fits 53 bits.
func wholeNumber(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case float64:
		if n == math.Trunc(n) && math.Abs(n) <= 1<<53 && float64(int(n)) == n {
			return int(n), true
		}
	}
	return 0, false
}
