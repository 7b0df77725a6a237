package nodes

import "strings"

// atext are the signs besides letters and digits that an unquoted local part
// may hold (RFC 5322 §3.2.3).
const atext = "!#$%&'*+-/=?^_`{|}~"

// validAddress reports whether s is exactly one plain e-mail address. It is
// stricter than net/mail on purpose (SAFETY.md M16): no names, comments, quotes,
// address literals, control characters or lists, and lengths as RFC 5321 §4.5.3.
func validAddress(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > 254 || len(local) > 64 {
		return false
	}
	for _, part := range strings.Split(local, ".") {
		if part == "" || !only(part, atext) {
			return false
		}
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || !only(l, "-") || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	top := labels[len(labels)-1]
	return len(labels) > 1 && len(top) > 1 && (top[0] < '0' || top[0] > '9')
}

// only reports whether s holds nothing but ASCII letters, digits and extra.
func only(s, extra string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte(extra, c) < 0 {
			return false
		}
	}
	return true
}
