package host

import (
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// FromEnv reads the providers from the environment:
//
//	MILLRACE_SMTP_HOST, _PORT, _USER, _PASSWORD, _FROM, _DOMAIN   the mail server; without a host mail is captured
//	MILLRACE_SMTP_PLAIN=1     allow it without TLS, and then without a password
//	MILLRACE_SMTP_PRIVATE=1   allow it on a private address
//	MILLRACE_ALLOW_NETS       networks that flows may call besides public ones: "10.1.0.0/16,fd00::/8"
//	MILLRACE_CAPTURE=1        send nothing, keep everything in the Outbox
func FromEnv() (Providers, error) {
	p := Providers{Capture: os.Getenv("MILLRACE_CAPTURE") == "1"}
	if hostName := os.Getenv("MILLRACE_SMTP_HOST"); hostName != "" {
		server := SMTP{
			Host: hostName, User: os.Getenv("MILLRACE_SMTP_USER"), Password: os.Getenv("MILLRACE_SMTP_PASSWORD"),
			From: os.Getenv("MILLRACE_SMTP_FROM"), Domain: os.Getenv("MILLRACE_SMTP_DOMAIN"),
			Plain: os.Getenv("MILLRACE_SMTP_PLAIN") == "1", Private: os.Getenv("MILLRACE_SMTP_PRIVATE") == "1",
		}
		if server.From == "" {
			return p, fmt.Errorf("MILLRACE_SMTP_FROM is empty: set the sender's address")
		}
		if port := os.Getenv("MILLRACE_SMTP_PORT"); port != "" {
			n, err := strconv.Atoi(port)
			if err != nil || n < 1 || n > 65535 {
				return p, fmt.Errorf("MILLRACE_SMTP_PORT %q is not a port", port)
			}
			server.Port = n
		}
		p.Mail = server
	}
	var nets []netip.Prefix
	for _, text := range strings.FieldsFunc(os.Getenv("MILLRACE_ALLOW_NETS"), func(r rune) bool { return r == ',' || r == ' ' }) {
		net, err := netip.ParsePrefix(text)
		if err != nil {
			return p, fmt.Errorf("MILLRACE_ALLOW_NETS: %w", err)
		}
		nets = append(nets, net)
	}
	if len(nets) > 0 {
		p.Web = NewWeb(nets...)
	}
	return p, nil
}
