package nodes

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"millrace.dev/crm"
)

// maxFieldText is how many runes a node may write into one field.
const maxFieldText = 10_000

// stored turns a value as authors see it into what a record keeps: money from
// major to minor units of the currency, times to text. The error says what the
// field takes, for people.
func stored(f crm.Field, v any, currency string) (any, error) {
	if s, ok := v.(string); v == nil || ok && s == "" {
		if f.Required {
			return nil, fmt.Errorf("%q may not be empty", f.Name)
		}
		return nil, nil
	}
	switch f.Type {
	case crm.Number:
		return storedNumber(f, v)
	case crm.Money:
		n, err := storedNumber(f, v)
		if err != nil {
			return nil, err
		}
		if math.Abs(n.(float64)) > 9e12 {
			return nil, fmt.Errorf("%q is too large an amount", f.Name)
		}
		return crm.Minor(n.(float64), currency), nil
	case crm.Bool:
		return storedBool(f, v)
	case crm.Date, crm.Time:
		return storedTime(f, v)
	case crm.Tags:
		return storedTags(f, v)
	}
	return storedText(f, v)
}

func storedNumber(f crm.Field, v any) (any, error) {
	if n, ok := number(v); ok {
		v = n
	} else if s, ok := v.(string); ok {
		if n, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
			v = n
		}
	}
	n, ok := v.(float64)
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, fmt.Errorf("%q takes a number, not %s", f.Name, show(v))
	}
	return n, nil
}

func storedBool(f crm.Field, v any) (any, error) {
	switch v {
	case true, "true":
		return true, nil
	case false, "false":
		return false, nil
	}
	return nil, fmt.Errorf("%q takes true or false, not %s", f.Name, show(v))
}

func storedTime(f crm.Field, v any) (any, error) {
	t, ok := v.(time.Time)
	if s, isText := v.(string); isText {
		for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
			if parsed, err := time.Parse(layout, s); err == nil {
				t, ok = parsed, true
			}
		}
	}
	if !ok {
		return nil, fmt.Errorf("%q takes a date such as 2026-11-22, not %s", f.Name, show(v))
	}
	if f.Type == crm.Date {
		return t.Format(time.DateOnly), nil
	}
	return t.UTC().Format(time.RFC3339Nano), nil
}

func storedTags(f crm.Field, v any) (any, error) {
	if s, ok := v.(string); ok {
		v = []any{s}
	}
	list, ok := texts(v)
	if !ok {
		return nil, fmt.Errorf("%q takes a list of texts, not %s", f.Name, show(v))
	}
	tags := []any{}
	for _, s := range list.([]string) {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(tags, any(s)) {
			tags = append(tags, s)
		}
	}
	return tags, nil
}

func storedText(f crm.Field, v any) (any, error) {
	s, ok := v.(string)
	if !ok {
		if s, ok = scalar(v); !ok {
			return nil, fmt.Errorf("%q takes a text, not %s", f.Name, show(v))
		}
	}
	switch {
	case utf8.RuneCountInString(s) > maxFieldText:
		return nil, fmt.Errorf("%q takes at most %d characters", f.Name, maxFieldText)
	case f.Type == crm.Choice && len(f.Choices) > 0 && !slices.Contains(f.Choices, s):
		return nil, fmt.Errorf("%q takes one of %s, not %s", f.Name, strings.Join(f.Choices, ", "), show(v))
	case f.Type == crm.Email && !validAddress(s):
		return nil, fmt.Errorf("%q takes one e-mail address, not %s", f.Name, show(v))
	}
	return s, nil
}

// scalar is a number, a yes or no or a time as text.
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
