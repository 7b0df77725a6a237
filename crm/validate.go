package crm

import (
	"fmt"
	"sort"
	"strings"
)

// MaxText is how many runes a text value may have; MaxTagCount how many tags a
// record, and MaxTag how many runes a tag.
const (
	MaxText     = 10_000
	MaxTagCount = 50
	MaxTag      = 60
)

// Invalid is a value that a field refuses. Text tells what to do.
type Invalid struct {
	Field string `json:"field"`
	// Code is "unknown_field", "required", "wrong_type", "bad_format",
	// "unknown_choice", "too_long", "bad_characters", "out_of_range",
	// "bad_name", "reserved" or "bad_choices".
	Code string `json:"code"`
	Text string `json:"text"`
	// Suggestion is a name or value that was probably meant.
	Suggestion string `json:"suggestion,omitempty"`
}

// Error is the field and the text.
func (i Invalid) Error() string { return i.Field + ": " + i.Text }

// Validate checks field values that came from outside and brings them into the
// shapes of FieldType: text is trimmed, numbers become float64, money int64,
// times UTC, tags lower-case-insensitively distinct. A value that is nil or
// blank clears its field: it is nil in clean. When partial, required fields may
// be absent, but not cleared. clean holds the good values only; what is wrong
// is in the list, sorted by field.
func Validate(s Schema, fields map[string]any, partial bool) (clean map[string]any, wrong []Invalid) {
	clean = make(map[string]any, len(fields))
	for name, v := range fields {
		f, known := s.Field(name)
		if !known {
			wrong = append(wrong, unknownField(s, name))
			continue
		}
		got, bad := f.clean(v)
		if bad != nil {
			bad.Field = name
			wrong = append(wrong, *bad)
			continue
		}
		clean[name] = got
	}
	for _, f := range s.Fields {
		v, there := clean[f.Name]
		_, given := fields[f.Name]
		if f.Required && v == nil && (there || !given && !partial) {
			delete(clean, f.Name)
			wrong = append(wrong, Invalid{Field: f.Name, Code: "required", Text: fmt.Sprintf("Fill in %s.", f.says())})
		}
	}
	sort.Slice(wrong, func(i, j int) bool { return wrong[i].Field < wrong[j].Field })
	return clean, wrong
}

func unknownField(s Schema, name string) Invalid {
	bad := Invalid{Field: shown(name), Code: "unknown_field", Suggestion: nearest(name, s.Names())}
	bad.Text = fmt.Sprintf("A %s has no field %q.", s.Resource, bad.Field)
	if bad.Suggestion != "" {
		bad.Text += fmt.Sprintf(" Did you mean %q?", bad.Suggestion)
	}
	return bad
}

// says is what texts call the field.
func (f Field) says() string {
	if label := Say(f.Label, "en"); label != "" {
		return label
	}
	return f.Name
}

// clean brings one value into the field's shape; nil clears the field.
func (f Field) clean(v any) (any, *Invalid) {
	if s, isText := v.(string); v == nil || isText && strings.TrimSpace(s) == "" {
		return nil, nil
	}
	check, known := cleaners[f.Type]
	if !known {
		return nil, refuse("wrong_type", "The field has the unknown type %q: an admin has to correct it.", f.Type)
	}
	return check(f, v)
}

func refuse(code, text string, args ...any) *Invalid {
	return &Invalid{Code: code, Text: fmt.Sprintf(text, args...)}
}

// shown shortens a name from outside for a text.
func shown(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// nearest is the name that differs from s by the fewest letters, "" when none
// comes close.
func nearest(s string, names []string) string {
	best, least := "", len([]rune(s))/3+1
	if least > 4 {
		least = 4
	}
	if len(s) > 60 {
		return ""
	}
	for _, n := range names {
		if d := distance(strings.ToLower(s), strings.ToLower(n)); d < least || d == least && best == "" {
			best, least = n, d
		}
	}
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			change := diagonal
			if x[i] != y[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
