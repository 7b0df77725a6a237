package edit

import "strings"

// renameIn does renameSteps to every text of a JSON value. The value given is
// not changed.
func renameIn(v any, names map[string]string) any {
	switch x := v.(type) {
	case string:
		return renameSteps(x, names)
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = renameIn(x[i], names)
		}
		return out
	case []string:
		out := make([]string, len(x))
		for i := range x {
			out[i] = renameSteps(x[i], names)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = renameIn(e, names)
		}
		return out
	}
	return v
}

// renameSteps renames <id> in steps.<id> and steps["<id>"], wherever it stands in
// a text: in a formula or between {{ and }}.
func renameSteps(s string, names map[string]string) string {
	const word = "steps"
	var b strings.Builder
	done := 0
	for i := 0; ; {
		k := strings.Index(s[i:], word)
		if k < 0 {
			break
		}
		k += i
		i = k + len(word)
		if k > 0 && (nameByte(s[k-1]) || s[k-1] == '.') {
			continue
		}
		from, to := stepID(s, i)
		if name, ok := names[s[from:to]]; ok && to > from {
			b.WriteString(s[done:from])
			b.WriteString(name)
			done, i = to, to
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// stepID finds the id that follows "steps" at i; an empty range when none does.
func stepID(s string, i int) (from, to int) {
	switch {
	case strings.HasPrefix(s[i:], "."), strings.HasPrefix(s[i:], "?."):
		from = i + strings.IndexByte(s[i:], '.') + 1
		for to = from; to < len(s) && nameByte(s[to]); to++ {
		}
		return from, to
	case strings.HasPrefix(s[i:], `["`), strings.HasPrefix(s[i:], `['`):
		from = i + 2
		n := strings.IndexByte(s[from:], s[i+1])
		if n < 0 {
			return from, from
		}
		return from, from + n
	}
	return i, i
}

func nameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
