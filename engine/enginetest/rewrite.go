package enginetest

import "strings"

// Rewrite gives the scenario's text with its expectations replaced by got.
func Rewrite(text string, got Result) string {
	var b strings.Builder
	for i, part := range split(text) {
		if i > 0 && expectation(part.name) {
			continue
		}
		if i > 0 {
			b.WriteString("-- " + part.name + " --\n")
		}
		b.WriteString(strings.TrimRight(strings.Join(part.lines, "\n"), "\n") + "\n")
		if i == 0 {
			b.WriteString("\n")
		}
	}
	for i, lines := range [][]string{got.Trace, got.Effects, got.Enrollments} {
		b.WriteString("-- " + wanted[i] + " --\n")
		for _, l := range lines {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}

func expectation(name string) bool {
	for _, w := range wanted {
		if w == name {
			return true
		}
	}
	return false
}
