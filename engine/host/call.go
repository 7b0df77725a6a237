package host

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"millrace.dev/crm"
	"millrace.dev/nodes"
	"millrace.dev/store"
)

// Limits of one outbound request.
const (
	webConnect   = 5 * time.Second
	webTotal     = 20 * time.Second
	webRead      = 1 << 20  // bytes read of an answer, decoded
	webKept      = 64 << 10 // bytes kept of it
	webHeaders   = 64 << 10
	maxRetryWait = 24 * time.Hour
)

// Call implements nodes.Host. Captured requests are answered by
// Providers.Captured, without one with 200 and {}.
func (v *Visit) Call(ctx context.Context, c nodes.Call) (nodes.Reply, error) {
	if c.Header == nil {
		c.Header = map[string]string{}
	}
	c.Header["Idempotency-Key"] = v.subject.Key
	if v.outside.Capture {
		return v.capture(ctx, c)
	}
	web := v.outside.Web
	if web == nil {
		web = defaultWeb
	}
	return web.Do(ctx, c)
}

func (v *Visit) capture(ctx context.Context, c nodes.Call) (nodes.Reply, error) {
	s := v.subject
	l := ledger{shelf: v.outside.Store.Shelf(store.Messages)}
	_, err := l.begin(ctx, crm.Message{
		ID: s.Key, Channel: "webhook", To: c.URL, Subject: c.Method, Body: c.Body, State: captured,
		Resource: s.Record.Resource, Record: s.Record.ID, Run: s.Run, Flow: s.Flow, Node: s.Node, At: v.Now(),
	})
	if err != nil || v.outside.Captured == nil {
		return nodes.Reply{Status: http.StatusOK, Body: "{}"}, err
	}
	return v.outside.Captured.Do(ctx, c)
}

// client is a Web that reaches public addresses only: every address is checked
// when it is dialled, after names were resolved.
type client struct{ http *http.Client }

var defaultWeb = NewWeb()

// NewWeb makes a client that reaches public addresses on ports 80 and 443, and
// besides them the given prefixes on any port.
func NewWeb(allowed ...netip.Prefix) Web {
	dialer := &net.Dialer{Timeout: webConnect, Control: dialGuard(allowed)}
	return &client{http: &http.Client{
		Timeout: webTotal,
		Transport: &http.Transport{
			Proxy: nil, DialContext: dialer.DialContext, TLSHandshakeTimeout: webConnect,
			ResponseHeaderTimeout: webTotal, MaxResponseHeaderBytes: webHeaders, IdleConnTimeout: 30 * time.Second,
			MaxIdleConns: 100, MaxIdleConnsPerHost: 4, MaxConnsPerHost: 32, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// dialGuard judges an address that is about to be dialled.
func dialGuard(allowed []netip.Prefix) func(network, address string, _ syscall.RawConn) error {
	public := ssrf.New()
	return func(network, address string, conn syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		within := func(p netip.Prefix) bool { return p.Contains(at.Addr().Unmap()) }
		if err == nil && slices.ContainsFunc(allowed, within) {
			return nil
		}
		return public.Safe(network, address, conn)
	}
}

// Do implements Web. Redirects are answers like any other.
func (c *client) Do(ctx context.Context, call nodes.Call) (nodes.Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, webTotal)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, call.Method, call.URL, strings.NewReader(call.Body))
	if err != nil || req.URL.User != nil || !slices.Contains([]string{"http", "https"}, req.URL.Scheme) {
		return nodes.Reply{}, &nodes.Error{Code: "bad_url", Text: "The address is not an http or https one.", Cause: err}
	}
	req.Header.Set("User-Agent", "Millrace")
	for name, value := range call.Header {
		req.Header.Set(name, headerText(value))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nodes.Reply{}, callError(err)
	}
	defer func() { _ = resp.Body.Close() }() // all that is wanted has been read
	body, err := io.ReadAll(io.LimitReader(resp.Body, webRead))
	if err != nil {
		return nodes.Reply{}, unavailable("http_broken", "The answer broke off.", err)
	}
	return nodes.Reply{Status: resp.StatusCode, Body: keep(body), RetryAfter: retryAfter(resp.Header.Get("Retry-After"))}, nil
}

// callError hides what an author may not learn: whether a private address is
// there, or a port of it open.
func callError(err error) error {
	for _, denied := range []error{ssrf.ErrProhibitedIP, ssrf.ErrProhibitedPort, ssrf.ErrProhibitedNetwork, ssrf.ErrInvalidHostPort} {
		if errors.Is(err, denied) {
			return &nodes.Error{Code: "ssrf_denied", Text: "The address is not allowed.", Cause: err}
		}
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return unavailable("http_timeout", "The other system did not answer in time.", err)
	}
	return unavailable("http_unreachable", "The other system cannot be reached.", err)
}

// keep is the part of an answer that is kept, as text.
func keep(body []byte) string {
	if len(body) > webKept {
		body = body[:webKept]
	}
	if json.Valid(body) {
		return string(body)
	}
	return strings.ToValidUTF8(strings.ReplaceAll(string(body), "\x00", ""), "�")
}

// retryAfter reads seconds or an HTTP date, at most a day.
func retryAfter(header string) time.Duration {
	if header == "" {
		return 0
	}
	if n, err := strconv.ParseInt(header, 10, 64); err == nil {
		return min(max(time.Duration(min(n, int64(maxRetryWait/time.Second)))*time.Second, 0), maxRetryWait)
	}
	at, err := http.ParseTime(header)
	if err != nil {
		return 0
	}
	return min(max(time.Until(at), 0), maxRetryWait)
}
