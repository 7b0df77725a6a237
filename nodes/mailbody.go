package nodes

import (
	"regexp"
	"strings"
)

// activeHTML finds what may not be in a mail's body: active content, and a field
// that would choose a link's target or a style.
var activeHTML = regexp.MustCompile(`(?i)<\s*(script|iframe|object|embed|form|meta|base|link|svg)\b|(java|vb)script:|data:text|<[^>]*\son\w+\s*=|\b(href|src|style|background)\s*=\s*["']?\s*\{\{`)

// unsafeHTML is the first thing in a body that could make a client's value act
// as more than text, "" when there is none.
func unsafeHTML(body string) string {
	if found := activeHTML.FindString(body); found != "" {
		return found
	}
	return fieldInTag(body)
}

// fieldInTag finds a {{field}} inside an HTML tag but outside its quoted values,
// where escaping cannot keep it from becoming an attribute.
func fieldInTag(body string) string {
	tag := -1 // where the open tag begins
	quote := byte(0)
	for i := 0; i < len(body); i++ {
		c := body[i]
		switch {
		case strings.HasPrefix(body[i:], "{{"):
			end := strings.Index(body[i:], "}}")
			if end < 0 {
				return "" // the template's own problem
			}
			if tag >= 0 && quote == 0 {
				return body[tag : i+end+2]
			}
			i += end + 1
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case tag < 0:
			if c == '<' && i+1 < len(body) && !strings.ContainsRune(" \t\n=", rune(body[i+1])) {
				tag = i
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			tag = -1
		}
	}
	return ""
}

// paragraphs keeps the lines of a body that was written as plain text.
func paragraphs(body string) string {
	if strings.Contains(body, "<") {
		return body
	}
	return strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "<br>\n")
}

// oneLine puts a text on one line of at most max runes.
func oneLine(s string, max int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > max {
		return string(r[:max-1]) + "…"
	}
	return s
}
