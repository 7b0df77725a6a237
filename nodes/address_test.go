package nodes

import (
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestValidAddressTakesOrdinaryAddresses(t *testing.T) {
	for _, s := range []string{"a@b.co", "ana.pop+news@mail.example.com", "o'neil@example.ie", "x_y-z@xn--bcher-kva.example", "1@2.example"} {
		require.True(t, validAddress(s), s)
	}
}

func FuzzValidAddress(f *testing.F) {
	for _, s := range []string{"a@b.co", `"a b"@x`, "a@[127.0.0.1]", "a@b.co,c@d.eu", "a\r\n@b.co"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !validAddress(s) {
			return
		}
		parsed, err := mail.ParseAddress(s)
		if err != nil || parsed.Address != s || strings.ContainsAny(s, "\r\n\x00 ,;<>\"()[]\\") {
			t.Fatalf("%q is not one plain address: %v", s, err)
		}
	})
}
