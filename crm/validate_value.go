package crm

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// cleaners bring a value that is neither nil nor blank into a type's shape.
var cleaners = map[FieldType]func(Field, any) (any, *Invalid){
	Text:   cleanText,
	Email:  cleanEmail,
	Phone:  cleanPhone,
	Number: cleanNumber,
	Money:  cleanMoney,
	Bool:   cleanBool,
	Date:   cleanDate,
	Time:   cleanTime,
	Choice: cleanChoice,
	Tags:   cleanTags,
	Ref:    cleanRef,
}

func cleanText(_ Field, v any) (any, *Invalid) { return orNil(text(v, MaxText, true)) }

// orNil keeps a nil *Invalid nil and a refused text out.
func orNil(s string, bad *Invalid) (any, *Invalid) {
	if bad != nil {
		return nil, bad
	}
	return s, nil
}

// text trims white space around a text of at most most runes. White space that
// carries a combining mark is part of a letter and stays. Control characters
// (but for line breaks and tabs, when lines are allowed) and those that turn
// the direction of writing are refused: they hide what a text says.
func text(v any, most int, linesToo bool) (string, *Invalid) {
	s, ok := v.(string)
	if !ok {
		return "", refuse("wrong_type", "Give a text, in quotes.")
	}
	if !utf8.ValidString(s) {
		return "", refuse("bad_characters", "The text is not valid UTF-8: type it again.")
	}
	s = trim(s)
	if n := utf8.RuneCountInString(s); n > most {
		return "", refuse("too_long", "The text has %d characters: shorten it to %d.", n, most)
	}
	for _, r := range s {
		if hidden(r) || unicode.IsControl(r) && !(linesToo && (r == '\n' || r == '\r' || r == '\t')) {
			return "", refuse("bad_characters", "The text holds the invisible character U+%04X: type it again by hand.", r)
		}
	}
	return s, nil
}

// hidden reports the bidirectional controls (Unicode UAX 9), line and
// paragraph separators, the byte order mark and the zero width space.
func hidden(r rune) bool {
	return '\u202A' <= r && r <= '\u202E' || '\u2066' <= r && r <= '\u2069' ||
		r == '\u200E' || r == '\u200F' || r == '\u061C' || r == '\u2028' || r == '\u2029' || r == '\uFEFF' || r == '\u200B'
}

func trim(s string) string {
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	t := strings.TrimLeftFunc(s, unicode.IsSpace)
	if r, _ := utf8.DecodeRuneInString(t); unicode.Is(unicode.M, r) && len(t) < len(s) {
		_, size := utf8.DecodeLastRuneInString(s[:len(s)-len(t)])
		return s[len(s)-len(t)-size:]
	}
	return t
}

func cleanEmail(_ Field, v any) (any, *Invalid) {
	s, bad := text(v, 254, false)
	if bad != nil {
		return nil, bad
	}
	if !ValidEmail(s) {
		return nil, refuse("bad_format", "%q is not an e-mail address: write it like name@example.com.", shown(s))
	}
	return s, nil
}

// ValidEmail reports whether s is one plain address: the dot-atom form of RFC
// 5321 in ASCII, with a dotted domain; no display name, comment, quoted local
// part or address literal.
func ValidEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > 254 || len(local) > 64 || !strings.Contains(domain, ".") {
		return false
	}
	for _, atom := range strings.Split(local, ".") {
		if !only(atom, "!#$%&'*+-/=?^_`{|}~") {
			return false
		}
	}
	for _, label := range strings.Split(domain, ".") {
		if !only(label, "-") || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

// only reports whether s is made of ASCII letters, digits and the others, and
// not empty.
func only(s, others string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune(others, r) {
			return false
		}
	}
	return s != ""
}

func cleanPhone(_ Field, v any) (any, *Invalid) {
	s, bad := text(v, 40, false)
	if bad != nil {
		return nil, bad
	}
	digits := 0
	for i, r := range s {
		switch {
		case '0' <= r && r <= '9':
			digits++
		case r == '+' && i == 0, r == ' ', r == '-', r == '.', r == '/', r == '(', r == ')':
		default:
			digits = -100
		}
	}
	if digits < 3 || digits > 15 { // ITU-T E.164: at most 15
		return nil, refuse("bad_format", "%q is not a phone number: write digits, like +40 721 111 222.", shown(s))
	}
	return s, nil
}

func cleanNumber(_ Field, v any) (any, *Invalid) {
	n, ok := asNumber(v)
	if !ok {
		return nil, refuse("wrong_type", "Give a number, without quotes.")
	}
	return n, nil
}

// asNumber takes what JSON decoders make of a number; text is none.
func asNumber(v any) (float64, bool) {
	if n, isNumber := v.(json.Number); isNumber {
		f, err := n.Float64()
		return f, err == nil && !math.IsInf(f, 0)
	}
	f, ok := asFloat(v)
	return f, ok && !math.IsInf(f, 0) && !math.IsNaN(f)
}

// maxMoney is the largest whole number that JSON's readers agree about.
const maxMoney = 1<<53 - 1

func cleanMoney(_ Field, v any) (any, *Invalid) {
	n, whole := asWhole(v)
	if _, isNumber := asNumber(v); !isNumber {
		return nil, refuse("wrong_type", "Give the amount as a number of minor units, without quotes: 15.00 RON is 1500.")
	}
	if !whole {
		return nil, refuse("bad_format", "The amount must be a whole number of minor units: 15.00 RON is 1500.")
	}
	if n > maxMoney || n < -maxMoney {
		return nil, refuse("out_of_range", "The amount is too large.")
	}
	return n, nil
}

func asWhole(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case json.Number:
		if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
			return i, true
		}
	}
	f, ok := asNumber(v)
	if !ok || f != math.Trunc(f) {
		return 0, false
	}
	if math.Abs(f) > maxMoney {
		return math.MaxInt64, true
	}
	return int64(f), true
}

func cleanBool(_ Field, v any) (any, *Invalid) {
	b, ok := v.(bool)
	if !ok {
		return nil, refuse("wrong_type", "Give true or false, without quotes.")
	}
	return b, nil
}

func cleanDate(_ Field, v any) (any, *Invalid) {
	s, bad := text(v, 40, false)
	if bad != nil {
		return nil, bad
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return nil, refuse("bad_format", "%q is not a date: write it like 2026-03-31.", shown(s))
	}
	return s, nil
}

func cleanTime(_ Field, v any) (any, *Invalid) {
	if t, isTime := v.(time.Time); isTime {
		return t.UTC().Format(time.RFC3339Nano), nil
	}
	s, bad := text(v, 40, false)
	if bad != nil {
		return nil, bad
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		return nil, refuse("bad_format", "%q is not a time: write it like 2026-03-31T09:30:00Z.", shown(s))
	}
	return t.UTC().Format(time.RFC3339Nano), nil
}

func cleanChoice(f Field, v any) (any, *Invalid) {
	s, bad := text(v, 200, false)
	if bad != nil {
		return nil, bad
	}
	if len(f.Choices) == 0 || slices.Contains(f.Choices, s) {
		return s, nil
	}
	bad = refuse("unknown_choice", "%q is not one of %s.", shown(s), strings.Join(f.Choices, ", "))
	bad.Suggestion = nearest(s, f.Choices)
	return nil, bad
}

// cleanTags keeps the first spelling of each tag, ignoring case, in order.
func cleanTags(_ Field, v any) (any, *Invalid) {
	list, ok := List(v)
	if !ok {
		return nil, refuse("wrong_type", `Give a list of texts, like ["vip", "renewal"].`)
	}
	tags, seen := []any{}, map[string]bool{}
	for _, item := range list {
		s, bad := text(item, MaxTag, false)
		if bad != nil {
			return nil, bad
		}
		s = strings.Join(strings.Fields(s), " ")
		if low := strings.ToLower(s); s != "" && !seen[low] {
			seen[low] = true
			tags = append(tags, s)
		}
	}
	if len(tags) > MaxTagCount {
		return nil, refuse("too_long", "There are %d tags: keep at most %d.", len(tags), MaxTagCount)
	}
	if len(tags) == 0 {
		return nil, nil
	}
	return tags, nil
}

// cleanRef checks the form of an id only; whether it exists is the caller's to
// know.
func cleanRef(f Field, v any) (any, *Invalid) {
	s, bad := text(v, 64, false)
	if bad != nil {
		return nil, bad
	}
	if !only(s, "_-") {
		return nil, refuse("bad_format", "%q is not the id of a %s: use letters, digits, _ and -.", shown(s), f.Ref)
	}
	return s, nil
}
