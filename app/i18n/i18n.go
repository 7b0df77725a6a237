// Package i18n holds the texts of the screens in English, Vietnamese, Romanian
// and Polish, and says which plural form a number takes.
//
// It never formats dates or money (the browser's Intl does) and knows no page.
// Standard library only.
//
// Reading order: i18n.go, then any texts_*.go: one table per part of the
// product, one row per key, one column per language.
package i18n

import (
	"strconv"
	"strings"
)

// Languages are the languages of the screens, first the fallback. Texts has one
// column for each, in this order.
var Languages = []string{"en", "vi", "ro", "pl"}

// Names are the languages' names in themselves.
var Names = map[string]string{"en": "English", "vi": "Tiếng Việt", "ro": "Română", "pl": "Polski"}

// row is one text in every language. Plural forms are separated by "|": one and
// other in English, one alone in Vietnamese, one, few and other in Romanian, one,
// few and many in Polish.
type row [4]string

// all joins the tables.
var all = join(shellTexts, flowTexts, editorTexts, runTexts, recordTexts, settingsTexts, nodeTexts, moreNodeTexts, actionTexts)

func join(tables ...map[string]row) map[string]row {
	m := map[string]row{}
	for _, t := range tables {
		for k, v := range t {
			m[k] = v
		}
	}
	return m
}

func column(lang string) int {
	for i, l := range Languages {
		if l == lang {
			return i
		}
	}
	return 0
}

// T is the text of key; {0}, {1}, … are replaced by args. A key that does not
// exist is shown as it is, which a test keeps from happening.
func T(lang, key string, args ...string) string {
	r, ok := all[key]
	if !ok {
		return key
	}
	s := r[column(lang)]
	if s == "" {
		s = r[0]
	}
	return fill(s, args)
}

// N is the text of key for the number n: its plural form, with {n} replaced by
// the number.
func N(lang, key string, n int, args ...string) string {
	forms := strings.Split(T(lang, key), "|")
	i := min(Form(lang, n), len(forms)-1)
	return fill(strings.ReplaceAll(forms[i], "{n}", strconv.Itoa(n)), args)
}

// Or is the text of key, or fallback when there is none.
func Or(lang, key, fallback string) string {
	if _, ok := all[key]; !ok {
		return fallback
	}
	return T(lang, key)
}

// Has reports whether every language has the key.
func Has(key string) bool {
	r, ok := all[key]
	for _, s := range r {
		ok = ok && s != ""
	}
	return ok
}

// Keys lists every key, in no order.
func Keys() []string {
	keys := make([]string, 0, len(all))
	for k := range all {
		keys = append(keys, k)
	}
	return keys
}

func fill(s string, args []string) string {
	for i, a := range args {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", a)
	}
	return s
}

// Form is the number of the plural form that n takes, by the rules of the
// Unicode CLDR for whole numbers.
func Form(lang string, n int) int {
	if n < 0 {
		n = -n
	}
	switch lang {
	case "vi":
		return 0
	case "pl":
		return polish(n)
	case "ro":
		switch {
		case n == 1:
			return 0
		case n == 0 || n%100 >= 1 && n%100 <= 19:
			return 1
		}
		return 2
	}
	if n == 1 {
		return 0
	}
	return 1
}

func polish(n int) int {
	switch {
	case n == 1:
		return 0
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return 1
	}
	return 2
}

// FormCount is how many plural forms a language has.
func FormCount(lang string) int { return map[string]int{"en": 2, "vi": 1, "ro": 3, "pl": 3}[lang] }
