package rule

import (
	"strings"
	"unicode/utf8"
)

// Issue is something the author of an expression or template can fix.
type Issue struct {
	// Code is stable, snake_case: "unknown_field", "syntax", …
	Code string
	// Text tells what is wrong and what to do.
	Text string
	// Line and Column are 1-based; Column counts runes in the line.
	Line, Column int
	// Caret is the source line with a marker line under it.
	Caret string
	// Suggestion is a name that was probably meant, "" when there is none.
	Suggestion string
}

// String is the issue as text, with its caret drawing.
func (i Issue) String() string {
	s := i.Code + ": " + i.Text
	if i.Caret != "" {
		s += "\n" + i.Caret
	}
	return s
}

// caretWidth is how many runes of a long line are shown on each side.
const caretWidth = 48

// issueAt makes an issue for the rune offset from in src.
func issueAt(src string, from int, code, text string) Issue {
	i := Issue{Code: code, Text: text, Line: 1, Column: 1}
	start, at, n := 0, len(src), 0
	for pos, r := range src {
		if n == from {
			at = pos
			break
		}
		n++
		i.Column++
		if r == '\n' {
			i.Line, i.Column, start = i.Line+1, 1, pos+1
		}
	}
	end := strings.IndexByte(src[at:], '\n')
	if end < 0 {
		end = len(src)
	} else {
		end += at
	}
	i.Caret = drawCaret(src[start:end], i.Column-1)
	return i
}

// issueAtByte is issueAt for a byte offset.
func issueAtByte(src string, at int, code, text string) Issue {
	return issueAt(src, utf8.RuneCountInString(src[:at]), code, text)
}

// drawCaret writes line with a ^ under its rune number column, cutting what is
// far from it.
func drawCaret(line string, column int) string {
	runes := []rune(line)
	lead, tail := "", ""
	if column+caretWidth < len(runes) {
		runes, tail = runes[:column+caretWidth], "…"
	}
	if column > caretWidth {
		cut := column - caretWidth
		runes, lead, column = runes[cut:], "…", caretWidth
	}
	var b strings.Builder
	b.WriteString(lead + shown(runes) + tail + "\n")
	if lead != "" {
		b.WriteByte(' ')
	}
	b.WriteString(strings.Repeat(" ", column) + "^")
	return b.String()
}

// shown replaces what would break the drawing: tabs and control characters.
func shown(runes []rune) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, string(runes))
}
