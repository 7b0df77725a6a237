package enginetest

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// line is one line of a world or a script: words, and name=value pairs.
type line struct {
	words  []string
	values map[string]any
}

// parseLine reads words and name=value pairs in any order; # begins a comment.
func parseLine(src string) (line, error) {
	l := line{values: map[string]any{}}
	rest := strings.TrimSpace(src)
	for rest != "" && rest[0] != '#' {
		end := strings.IndexAny(rest, " \t=")
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		if end == len(rest) || rest[end] != '=' {
			l.words = append(l.words, word)
			rest = strings.TrimSpace(rest[end:])
			continue
		}
		v, after, err := value(rest[end+1:])
		if err != nil {
			return l, fmt.Errorf("%s: %w", word, err)
		}
		l.values[word] = v
		rest = strings.TrimSpace(after)
	}
	return l, nil
}

// value reads JSON, or a bare word as a text.
func value(src string) (v any, rest string, err error) {
	word, after, _ := strings.Cut(src, " ")
	if src != "" && strings.ContainsRune(`"[{`, rune(src[0])) {
		dec := json.NewDecoder(strings.NewReader(src))
		if err := dec.Decode(&v); err != nil {
			return nil, "", err
		}
		return v, src[dec.InputOffset():], nil
	}
	if json.Unmarshal([]byte(word), &v) != nil {
		v = word
	}
	return v, after, nil
}

// offset reads "+1d2h", "+10m", "+0s".
func offset(s string) (time.Duration, error) {
	rest, ok := strings.CutPrefix(s, "+")
	if !ok {
		return 0, fmt.Errorf("%q is not a time from the start", s)
	}
	var days time.Duration
	if d, more, ok := strings.Cut(rest, "d"); ok {
		n, err := strconv.Atoi(d)
		if err != nil {
			return 0, err
		}
		days, rest = time.Duration(n)*24*time.Hour, more
	}
	if rest == "" {
		return days, nil
	}
	d, err := time.ParseDuration(rest)
	return days + d, err
}
