package rule

import (
	"strconv"
	"strings"
	"time"

	"millrace.dev/crm"
)

// Text writes a value for people: numbers without exponent or trailing zeros,
// dates as 2026-12-31, times as 2026-12-31 15:04 UTC, lists with commas. No
// value is "". A group of fields has no text and is "" too.
func Text(v any) string {
	v, err := scalar(v)
	if err != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return strings.ToValidUTF8(v, "\uFFFD")
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		return numberText(v)
	case time.Time:
		return timeText(v)
	case time.Duration:
		return v.String()
	case []any, []string:
		list, _ := crm.List(v)
		return listText(list)
	}
	return ""
}

// numberText keeps 15 significant digits, as many as a float64 holds for sure
// (IEEE 754): what comes after is noise of the arithmetic.
func numberText(f float64) string {
	if short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
		f = short
	}
	if f == 0 {
		return "0" // not "-0"
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04 MST")
}

// listText joins the scalars of a list.
func listText(list []any) string {
	var parts []string
	for _, e := range list {
		if isScalar(e) {
			parts = append(parts, Text(e))
		}
	}
	return strings.Join(parts, ", ")
}
