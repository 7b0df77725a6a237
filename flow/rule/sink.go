package rule

import (
	"fmt"
	"html"
	"sort"
	"strconv"
	"strings"
	"time"
)

// sink is where a template's output goes, which decides how values are
// escaped and how the whole is finished.
type sink struct {
	escape func(string) string
	finish func(string) string
	json   bool
}

var sinks = map[string]sink{
	"text":     {escape: plainText, finish: breakBraces("{ ")},
	"html":     {escape: htmlText, finish: breakBraces("{&#8203;")},
	"htmlattr": {escape: htmlAttribute, finish: breakBraces("{&#8203;")},
	"url":      {escape: urlPart, finish: func(s string) string { return breakBraces("%7B")(oneLine(s)) }},
	"header":   {escape: oneLine, finish: func(s string) string { return breakBraces("{ ")(oneLine(s)) }},
	"json":     {escape: jsonInside, finish: breakBraces(`{ `), json: true},
	"sms":      {escape: plainText, finish: breakBraces("{ ")},
}

// breakBraces makes sure that no "{{" leaves, wherever its halves came from:
// the first brace of each pair is replaced.
func breakBraces(first string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, "{{") {
			return s
		}
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] == '{' && i+1 < len(s) && s[i+1] == '{' {
				b.WriteString(first)
				continue
			}
			b.WriteByte(s[i])
		}
		return b.String()
	}
}

// plainText drops control characters but line breaks and tabs, and the marks
// that turn the reading direction around.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case control(r):
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

func control(r rune) bool {
	return r < ' ' || 0x7f <= r && r <= 0x9f || bidi(r)
}

// bidi reports the direction marks of Unicode (UAX #9, explicit formatting).
func bidi(r rune) bool { return 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 }

// oneLine turns line breaks and other control characters into spaces: a value
// can never start a new header line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case bidi(r):
			return -1
		case control(r) || r == 0x2028 || r == 0x2029:
			return ' '
		}
		return r
	}, s)
}

func htmlText(s string) string { return html.EscapeString(plainText(s)) }

// htmlAttribute escapes everything but letters and digits (OWASP XSS
// prevention, rule 2), so that a value is safe even without quotes around it.
func htmlAttribute(s string) string {
	var b strings.Builder
	for _, r := range plainText(s) {
		if r < 0x80 && !letterOrDigit(byte(r)) {
			fmt.Fprintf(&b, "&#x%X;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func letterOrDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// urlPart percent-encodes everything but the unreserved characters of RFC 3986;
// a value that is only dots cannot climb up a path.
func urlPart(s string) string {
	dots := strings.Trim(s, ".") == ""
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if letterOrDigit(c) || c == '-' || c == '_' || c == '~' || c == '.' && !dots {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// markQuoted finds which tags of a JSON template stand inside a string.
func markQuoted(pieces []piece) {
	inside, escaped := false, false
	for i := range pieces {
		pieces[i].quoted = inside
		for _, c := range []byte(pieces[i].text) {
			switch {
			case escaped:
				escaped = false
			case inside && c == '\\':
				escaped = true
			case c == '"':
				inside = !inside
			}
		}
	}
}

func jsonText(s string) string { return `"` + jsonInside(s) + `"` }

// jsonInside escapes a text for the inside of a JSON string (RFC 8259 §7), and
// also < > & and the line separators, as encoding/json does.
func jsonInside(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == '<' || r == '>' || r == '&' || r == '{' || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// writeJSON writes a checked value, groups with sorted names.
func writeJSON(out *strings.Builder, v any, b *Budget) error {
	if err := b.spend(1); err != nil {
		return err
	}
	if out.Len() > MaxOutput {
		return tooLong()
	}
	switch v := v.(type) {
	case nil:
		out.WriteString("null")
	case bool:
		out.WriteString(strconv.FormatBool(v))
	case float64:
		out.WriteString(strconv.FormatFloat(v, 'f', -1, 64))
	case []any:
		out.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeJSON(out, e, b); err != nil {
				return err
			}
		}
		out.WriteByte(']')
	case map[string]any:
		return writeObject(out, v, b)
	case time.Time:
		out.WriteString(`"` + v.UTC().Format(time.RFC3339) + `"`)
	default:
		out.WriteString(jsonText(Text(v)))
	}
	return nil
}

func writeObject(out *strings.Builder, m map[string]any, b *Budget) error {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	sort.Strings(names)
	out.WriteByte('{')
	for i, k := range names {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(jsonText(strings.ToValidUTF8(k, "\uFFFD")) + ":")
		if err := writeJSON(out, m[k], b); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}
