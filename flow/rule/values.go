package rule

import (
	"time"
	"unicode"
	"unicode/utf8"

	"millrace.dev/crm"
)

// scalar brings a scope's value into the few types that programs work on: nil,
// bool, int, float64, string, time, duration, list or group.
func scalar(v any) (any, error) {
	switch n := v.(type) {
	case nil, bool, int, string, time.Time, time.Duration:
		return v, nil
	case float64:
		return finite(n)
	case int64:
		return wide(float64(n), int64(int(n)) == n, int(n)), nil
	case int32:
		return int(n), nil
	case uint32:
		return float64(n), nil
	case uint64:
		return float64(n), nil
	case float32:
		return finite(float64(n))
	case []any:
		return nilUnless(n != nil, v), nil
	case []string:
		return nilUnless(n != nil, v), nil
	case map[string]any:
		return nilUnless(n != nil, v), nil
	case []map[string]any:
		return listOf(n), nil
	case []float64:
		return listOf(n), nil
	case []int:
		return listOf(n), nil
	case map[string]string:
		return groupOf(n), nil
	case map[string]map[string]any:
		return groupOf(n), nil
	case *time.Time:
		if n == nil {
			return nil, nil
		}
		return *n, nil
	}
	return nil, errorf(CodeType, "This value cannot be used here.")
}

func wide(f float64, fits bool, n int) any {
	if fits {
		return n
	}
	return f
}

func nilUnless(ok bool, v any) any {
	if ok {
		return v
	}
	return nil
}

func groupOf[T any](m map[string]T) any {
	if m == nil {
		return nil
	}
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

func listOf[T any](l []T) any {
	if l == nil {
		return nil
	}
	out := make([]any, len(l))
	for i, v := range l {
		out[i] = v
	}
	return out
}

// plainList brings the elements of a scope's list into the types of scalar; it
// copies only when one of them is not.
func plainList(list []any) ([]any, error) {
	out := list
	for i, v := range list {
		switch v.(type) {
		case nil, bool, int, float64, string, time.Time, time.Duration, []any, map[string]any:
			continue
		}
		p, err := scalar(v)
		if err != nil {
			return nil, err
		}
		if &out[0] == &list[0] {
			out = append([]any(nil), list...)
		}
		out[i] = p
	}
	return out, nil
}

// loopList is the list that a loop runs over; no value is an empty list.
func loopList(v any) (any, error) {
	if v == nil {
		return []any{}, nil
	}
	l, ok := crm.List(v)
	if !ok {
		return nil, errorf(CodeType, "A list is needed here, but this is %s.", wordFor(v))
	}
	if len(l) > maxList {
		return nil, limitError("The list is too long: at most 10000 elements can be looked at.")
	}
	return plainList(l)
}

// rangeList is from..to.
func rangeList(m *machine, a []any) (any, error) {
	from, ok := wholeNumber(a[0])
	to, ok2 := wholeNumber(a[1])
	if !ok || !ok2 {
		return nil, operandError("..", a[0], a[1])
	}
	if to < from {
		return []any{}, nil
	}
	n := to - from
	if n < 0 || n >= maxList {
		return nil, limitError("The list is too long: at most 10000 elements can be made.")
	}
	if err := m.budget.spend(n + 1); err != nil {
		return nil, err
	}
	list := make([]any, n+1)
	for i := range list {
		list[i] = from + i
	}
	return list, nil
}

// at is base[key]; anything missing is nil.
func at(base, key any) (any, error) {
	switch b := base.(type) {
	case nil:
		return nil, nil
	case map[string]any, map[string]string, map[string]map[string]any:
		if k, ok := key.(string); ok {
			return scalar(fieldOf(b, k))
		}
		return nil, errorf(CodeType, "A field is named by a text, but this is %s.", wordFor(key))
	}
	list, ok := crm.List(base)
	if !ok {
		return nil, errorf(CodeType, "This is %s and has no fields.", wordFor(base))
	}
	i, ok := wholeNumber(key)
	if !ok {
		return nil, errorf(CodeType, "An element is named by a whole number, but this is %s.", wordFor(key))
	}
	if i < 0 {
		i += len(list)
	}
	if i < 0 || i >= len(list) {
		return nil, nil
	}
	return scalar(list[i])
}

// slice is x[from:to] on a list or on the characters of a text; it never fails
// for being out of range.
func slice(m *machine, a []any) (any, error) {
	if a[0] == nil {
		return nil, nil
	}
	if s, ok := a[0].(string); ok {
		if err := m.budget.text(len(s)); err != nil {
			return nil, err
		}
		r := []rune(s)
		from, to, err := bounds(a[1], a[2], len(r))
		return string(r[from:to]), err
	}
	list, ok := crm.List(a[0])
	if !ok {
		return nil, errorf(CodeType, "Only a part of a list or text can be taken, but this is %s.", wordFor(a[0]))
	}
	from, to, err := bounds(a[1], a[2], len(list))
	return list[from:to], err
}

func bounds(a, b any, n int) (from, to int, err error) {
	to = n
	for _, end := range []struct {
		v  any
		at *int
	}{{a, &from}, {b, &to}} {
		if end.v == nil {
			continue
		}
		i, ok := wholeNumber(end.v)
		if !ok {
			return 0, 0, errorf(CodeType, "A part is named by whole numbers, but this is %s.", wordFor(end.v))
		}
		if i < 0 {
			i += n
		}
		*end.at = max(0, min(i, n))
	}
	return min(from, to), to, nil
}

// key is the name of a field in {…}.
func key(m *machine, a []any) (any, error) {
	if s, ok := a[0].(string); ok {
		return s, nil
	}
	return nil, errorf(CodeType, "A field is named by a text, but this is %s.", wordFor(a[0]))
}

func isScalar(v any) bool {
	switch v.(type) {
	case bool, int, float64, string, time.Time, time.Duration:
		return true
	}
	return false
}

// wordFor names a value's type for a business person.
func wordFor(v any) string {
	switch v.(type) {
	case nil:
		return "no value"
	case bool, unknown:
		return "yes or no"
	case int, float64:
		return "a number"
	case string:
		return "a text"
	case time.Time:
		return "a date"
	case time.Duration:
		return "a length of time"
	case []any, []string:
		return "a list"
	}
	return "a group of fields"
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
