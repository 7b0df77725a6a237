package nodes

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nearest finds the name that was probably meant, "" when none is near enough:
// at most one edit in every three letters.
func nearest(name string, names []string) string {
	best, least := "", len(name)/3+1
	for _, n := range names {
		if d := edits(strings.ToLower(name), n); d < least || d == least && best == "" && d <= len(name)/3 {
			best, least = n, d
		}
	}
	return best
}

// edits is the Levenshtein distance in bytes; names over 64 bytes are far.
func edits(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			same := last
			if a[i] != b[j] {
				same++
			}
			last = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, same)
		}
	}
	return row[len(b)]
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func has(list []string, s string) bool { return slices.Contains(list, s) }

// capital puts a text's first letter in upper case.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
