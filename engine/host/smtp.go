package host

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"net"
	"regexp"
	"strings"
	"time"

	"code.dny.dev/ssrf"
	"github.com/wneessen/go-mail"

	"millrace.dev/crm"
	"millrace.dev/nodes"
)

// SMTP is a mail server that takes our mail.
type SMTP struct {
	Host string
	// Port is 587 when zero. On 465 TLS is used from the start.
	Port           int
	User, Password string
	// From is the sender, "Name <address>" or an address.
	From string
	// Domain is the right side of Message-IDs, From's when empty.
	Domain string
	// Plain allows a server without TLS; then no password is ever sent.
	Plain bool
	// Private allows a server on this machine or in a private network.
	Private bool
	// TLS overrides the TLS settings, for a server with its own root.
	TLS *tls.Config
}

// Time limits of one mail.
const (
	mailConnect = 5 * time.Second
	mailTotal   = 20 * time.Second
)

// mailPorts are the ports that mail may be sent to.
var mailPorts = []uint16{25, 465, 587, 2525}

// Send implements Mail: one connection, one mail.
func (s SMTP) Send(ctx context.Context, m crm.Message) error {
	ctx, cancel := context.WithTimeout(ctx, mailTotal)
	defer cancel()
	msg, err := s.compose(m)
	if err != nil {
		return &nodes.Error{Code: "bad_message", Text: "The mail cannot be written: " + err.Error(), Cause: err}
	}
	client, err := s.client()
	if err != nil {
		return &nodes.Error{Code: "mail_settings", Text: "The mail settings are wrong: " + err.Error(), Cause: err}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return unavailable("mail_unreachable", "The mail server cannot be reached.", err)
	}
	// The mail has been accepted or refused by now: how the goodbye goes is no
	// matter.
	defer func() { _ = client.Close() }()
	return judge(client.Send(msg))
}

func (s SMTP) client() (*mail.Client, error) {
	opts := []mail.Option{mail.WithTimeout(mailTotal), mail.WithPort(s.port()), mail.WithDialContextFunc(s.dialer())}
	switch {
	case s.port() == 465:
		opts = append(opts, mail.WithSSL(), mail.WithTLSConfig(s.tls()), mail.WithDialContextFunc(s.tlsDialer()))
	case s.Plain:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSOpportunistic), mail.WithTLSConfig(s.tls()))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithTLSConfig(s.tls()))
	}
	if s.User != "" && !s.Plain {
		opts = append(opts, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	return mail.NewClient(s.Host, opts...)
}

func (s SMTP) port() int {
	if s.Port == 0 {
		return 587
	}
	return s.Port
}

func (s SMTP) tls() *tls.Config {
	if s.TLS != nil {
		return s.TLS.Clone()
	}
	return &tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12}
}

func (s SMTP) dialer() mail.DialContextFunc {
	d := &net.Dialer{Timeout: mailConnect}
	if !s.Private {
		d.Control = ssrf.New(ssrf.WithPorts(mailPorts...)).Safe
	}
	return d.DialContext
}

func (s SMTP) tlsDialer() mail.DialContextFunc {
	dial := s.dialer()
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		secure := tls.Client(conn, s.tls())
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return secure, nil
	}
}

// compose writes the mail: text and HTML, marked as automatic so that no other
// machine answers it.
func (s SMTP) compose(m crm.Message) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent(), mail.WithEncoding(mail.EncodingQP))
	if err := msg.From(headerText(s.From)); err != nil {
		return nil, err
	}
	if err := msg.To(headerText(m.To)); err != nil {
		return nil, err
	}
	if m.ReplyTo != "" {
		if err := msg.ReplyTo(headerText(m.ReplyTo)); err != nil {
			return nil, err
		}
	}
	msg.Subject(headerText(m.Subject))
	msg.SetMessageIDWithValue(messageID(m.ID) + "@" + s.domain())
	msg.SetDateWithValue(m.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	msg.SetGenHeader("X-Flow-Run", headerText(m.Run))
	msg.SetBodyString(mail.TypeTextPlain, plainText(m.Body))
	msg.AddAlternativeString(mail.TypeTextHTML, m.Body)
	return msg, nil
}

func (s SMTP) domain() string {
	if s.Domain != "" {
		return s.Domain
	}
	_, domain, _ := strings.Cut(s.From, "@")
	if domain = strings.Trim(domain, "<> "); domain != "" {
		return domain
	}
	return "millrace.invalid"
}

// messageID is the left side of a Message-ID, the same for every try of a
// visit.
func messageID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "flow." + hex.EncodeToString(sum[:16])
}

// headerText is a text that cannot start another header.
func headerText(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s))
}

var (
	lineEnds = regexp.MustCompile(`(?i)<br\s*/?>\s*|</(p|div|li|h[1-6]|tr)>\s*`)
	tags     = regexp.MustCompile(`<[^>]*>`)
)

// plainText is what a mail program without HTML shows.
func plainText(body string) string {
	return strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(lineEnds.ReplaceAllString(body, "\n"), "")))
}

// judge says what a mail server's answer means. A connection that broke after
// the text was handed over leaves the outcome unknown.
func judge(err error) error {
	if err == nil {
		return nil
	}
	var answer *mail.SendError
	if !errors.As(err, &answer) {
		return unavailable("mail_unreachable", "The mail server did not answer.", err)
	}
	code := answer.ErrorCode()
	switch {
	case code >= 500:
		return &nodes.Error{Code: "mail_refused", Text: fmt.Sprintf("The mail server refused the mail (%d).", code), Cause: err}
	case code >= 400:
		return unavailable("mail_later", fmt.Sprintf("The mail server asks to try again later (%d).", code), err)
	case answer.Reason == mail.ErrSMTPDataClose:
		return unavailable(codeUncertain, "The connection broke while the mail was handed over: it may have been sent.", err)
	}
	return unavailable("mail_unreachable", "The mail server did not answer.", err)
}
