package nodes

import (
	"math"
	"strconv"
	"strings"
	"time"

	"millrace.dev/crm"
)

// maxMinor is the largest whole number that every reader of JSON keeps exactly.
const maxMinor = 1<<53 - 1

// stored turns a value as authors see it into what a record keeps: money from
// major to minor units of the currency, times to text, a single tag to a list.
// Whether the field takes it is crm.Validate's to say, as for every other write.
func stored(f crm.Field, v any, currency string) (any, *crm.Invalid) {
	if f.Type == crm.Money && !blank(v) {
		n, ok := amount(v)
		if !ok {
			return nil, &crm.Invalid{Field: f.Name, Code: "wrong_type", Text: "Give an amount in whole units, such as 1500.50, not " + show(v) + "."}
		}
		if math.Abs(n)*crm.MinorUnits(currency) > maxMinor {
			return nil, &crm.Invalid{Field: f.Name, Code: "out_of_range", Text: "The amount is too large."}
		}
		v = crm.Minor(n, currency)
	} else {
		v = shaped(f.Type, v)
	}
	clean, wrong := crm.Validate(crm.Schema{Fields: []crm.Field{f}}, map[string]any{f.Name: v}, true)
	if len(wrong) > 0 {
		return nil, &wrong[0]
	}
	return clean[f.Name], nil
}

// shaped brings what expressions and templates give near to a field's type.
func shaped(t crm.FieldType, v any) any {
	switch t {
	case crm.Number:
		if n, ok := amount(v); ok {
			return n
		}
	case crm.Bool:
		if b, err := strconv.ParseBool(strings.TrimSpace(text(v))); err == nil {
			return b
		}
	case crm.Date:
		if at, ok := moment(v); ok {
			return at.Format(time.DateOnly)
		}
	case crm.Time:
		if at, ok := moment(v); ok {
			return at
		}
	case crm.Tags:
		if s, ok := v.(string); ok && s != "" {
			return []any{s}
		}
	default:
		if s, ok := scalar(v); ok {
			return s
		}
	}
	return v
}

// amount is a number, or the text that spells one.
func amount(v any) (float64, bool) {
	if n, ok := number(v); ok {
		return n.(float64), !math.IsNaN(n.(float64)) && !math.IsInf(n.(float64), 0)
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text(v)), 64)
	return n, err == nil && !math.IsNaN(n) && !math.IsInf(n, 0)
}

// moment is a time, or the text that spells a time or a date.
func moment(v any) (time.Time, bool) {
	if t, ok := v.(time.Time); ok {
		return t, true
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, strings.TrimSpace(text(v))); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// text is v when it is a text, else "".
func text(v any) string {
	s, _ := v.(string)
	return s
}

// scalar is a text, a number, a yes or no or a time as text.
func scalar(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case bool:
		return strconv.FormatBool(x), true
	case time.Time:
		return x.UTC().Format(time.RFC3339), true
	}
	if n, ok := number(v); ok {
		return strconv.FormatFloat(n.(float64), 'f', -1, 64), true
	}
	return "", false
}

// show quotes a value for a sentence, cut short.
func show(v any) string {
	s, ok := scalar(v)
	if !ok {
		return "a list or an object"
	}
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return strconv.Quote(s)
}
