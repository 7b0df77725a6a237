package nodes

import (
	"strings"

	"millrace.dev/crm"
)

// validAddress reports whether a mail may be sent to s: one plain address
// (crm.ValidEmail; SAFETY.md M16) whose domain ends in a name, not in a number.
func validAddress(s string) bool {
	top := s[strings.LastIndexByte(s, '.')+1:]
	return crm.ValidEmail(s) && len(top) > 1 && (top[0] < '0' || top[0] > '9')
}
