package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"millrace.dev/crm"
)

// MaxWords is how many words of one record can be searched for.
const MaxWords = 40

// Letters that Unicode does not take apart into a base and a mark.
var plain = map[rune]string{
	'ł': "l", 'đ': "d", 'ø': "o", 'ð': "d", 'þ': "th", 'ß': "ss", 'æ': "ae", 'œ': "oe", 'ı': "i", 'ħ': "h",
}

// Fold makes text comparable without case and diacritics: "Đặng Łoś" is
// "dang los".
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		r = unicode.ToLower(r)
		switch base, special := plain[r]; {
		case special:
			b.WriteString(base)
		case !unicode.Is(unicode.M, r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Words lists what a search may find the record by: the folded words of its
// title, e-mail and phone, each once. A phone in groups is also found from the
// start of any group across the gaps: "0721 111" finds "+4 0721 111 222".
func Words(r crm.Record) []string {
	words := split(r.Text("email"))
	groups := split(r.Text("phone"))
	for i := range groups {
		words = append(words, strings.Join(groups[i:], ""))
	}
	return distinct(append(words, split(r.Title())...))
}

// SearchWords splits what was typed into a search box: a record is found when
// each of them starts one of its Words.
func SearchWords(typed string) []string {
	words := split(typed)
	if strings.Trim(typed, "0123456789 +-()./\u00a0") == "" && len(words) > 1 {
		return []string{strings.Join(words, "")}
	}
	return distinct(words)
}

func split(s string) []string {
	return strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func distinct(words []string) []string {
	seen := make(map[string]bool, len(words))
	out := words[:0]
	for _, w := range words {
		if !seen[w] && len(out) < MaxWords {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}
