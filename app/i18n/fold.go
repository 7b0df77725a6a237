package i18n

import "strings"

// Fold makes text comparable for searching: lower case, without the marks of
// Vietnamese, Romanian, Polish and their neighbours; đ is d and ł is l.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f {
			return -1
		}
		if b, ok := folded[r]; ok {
			return b
		}
		return r
	}, strings.ToLower(s))
}

var folded = foldTable(map[rune]string{
	'a': "àáâãäåāăąǎạảấầẩẫậắằẳẵặ",
	'c': "çćĉċč",
	'd': "đďð",
	'e': "èéêëēĕėęěẹẻẽếềểễệ",
	'g': "ĝğġģ",
	'h': "ĥħ",
	'i': "ìíîïĩīĭįıỉị",
	'j': "ĵ",
	'k': "ķ",
	'l': "ĺļľŀł",
	'n': "ñńņňŋ",
	'o': "òóôõöøōŏőơọỏốồổỗộớờởỡợ",
	'r': "ŕŗř",
	's': "śŝşšș",
	't': "ţťŧț",
	'u': "ùúûüũūŭůűųưụủứừửữự",
	'w': "ŵ",
	'y': "ýÿŷỳỵỷỹ",
	'z': "źżž",
})

func foldTable(from map[rune]string) map[rune]rune {
	m := map[rune]rune{}
	for base, marked := range from {
		for _, r := range marked {
			m[r] = base
		}
	}
	return m
}
