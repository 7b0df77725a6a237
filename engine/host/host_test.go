package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/store"
	"millrace.dev/store/sqlite"
)

func at() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }

func newOutside(t *testing.T, p Providers) *Outside {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Memory)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	o := &Outside{Store: db, Write: db.Records().Write, Now: at, Providers: p}
	_, err = db.Records().Write(t.Context(), store.Write{Resource: crm.Deal, ID: "D-1", Op: store.OpCreate, At: at(),
		Change: func(r *crm.Record) error { r.Fields = map[string]any{"title": "Big", "score": 0}; return nil }})
	require.NoError(t, err)
	return o
}

func (o *Outside) visit(t *testing.T, n int) *Visit {
	t.Helper()
	rec, err := o.Store.Records().Load(t.Context(), crm.Deal, "D-1")
	require.NoError(t, err)
	return o.For(nodes.Subject{Flow: "f", Run: "r1", Node: "n", Version: 3, Visit: n, Key: fmt.Sprint("r1:", n), Record: rec,
		Cause: crm.Cause{Root: "e1", Run: "r1", Depth: 1, Links: []crm.Link{{Flow: "f", Record: "D-1"}}}})
}

func TestAVisitChangesARecordOnceHoweverOftenItRuns(t *testing.T) {
	o := newOutside(t, Providers{})
	for range 3 {
		_, err := o.visit(t, 1).Change(t.Context(), crm.Deal, "D-1", func(r *crm.Record) error {
			n, _ := r.Fields["score"].(int64)
			r.Fields["score"] = n + 1
			return nil
		})
		require.NoError(t, err)
	}
	rec, err := o.Store.Records().Load(t.Context(), crm.Deal, "D-1")
	require.NoError(t, err)
	require.EqualValues(t, 1, rec.Fields["score"])
	boxes, err := o.Store.Records().Unrelayed(t.Context(), at().Add(time.Hour), 10)
	require.NoError(t, err)
	ev := boxes[0].Events[1]
	require.Equal(t, "flow:f@3", ev.Actor)
	require.Equal(t, crm.Cause{Root: "e1", Run: "r1", Depth: 1, Links: []crm.Link{{Flow: "f", Record: "D-1"}}}, ev.Cause)
}

func TestAVisitMakesATaskOnce(t *testing.T) {
	o := newOutside(t, Providers{})
	for range 2 {
		task, err := o.visit(t, 1).AddTask(t.Context(), crm.Task{Title: "Call", Assignees: []string{"m-1"}})
		require.NoError(t, err)
		require.Equal(t, "r1:1", task.ID)
	}
	docs, err := o.Store.Shelf(store.Tasks).List(t.Context(), store.ShelfQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, docs, 1)
}

func TestMembersAreFoundByIDTeamAndRoleInOrder(t *testing.T) {
	o := newOutside(t, Providers{})
	for _, doc := range []string{
		`{"id":"m-3","teams":["Sales"]}`, `{"id":"m-1","role":"admin"}`, `{"id":"m-2"}`,
		`{"id":"m-4","teams":["Sales"],"off":true}`, `{"id":"m-5"}`,
	} {
		_, err := o.Store.Shelf(store.Members).Insert(t.Context(), store.Doc{ID: doc[7:10], Body: []byte(doc)})
		require.NoError(t, err)
	}
	found, err := o.visit(t, 1).Members(t.Context(), nodes.Who{IDs: []string{"m-2", "m-3"}, Teams: []string{"Sales"}, Roles: []crm.Role{crm.Admin}})
	require.NoError(t, err)
	var ids []string
	for _, m := range found {
		ids = append(ids, m.ID)
	}
	require.Equal(t, []string{"m-1", "m-2", "m-3"}, ids)
}

func letter() crm.Message {
	return crm.Message{Channel: "email", To: "ana@example.com", Subject: "Hello", Body: "<p>Hi &amp; welcome</p>", Run: "r1", At: at()}
}

func TestWithoutAProviderMailIsCaptured(t *testing.T) {
	o := newOutside(t, Providers{})
	for range 2 {
		m, err := o.visit(t, 1).Send(t.Context(), letter())
		require.NoError(t, err)
		require.Equal(t, captured, m.State)
	}
	docs, err := o.Store.Shelf(store.Messages).List(t.Context(), store.ShelfQuery{Key: "run", Value: "r1", Limit: 10})
	require.NoError(t, err)
	require.Len(t, docs, 1)
}

// post is a Mail that answers what a test says.
type post struct {
	answers []error
	sent    []crm.Message
}

func (p *post) Send(_ context.Context, m crm.Message) error {
	p.sent = append(p.sent, m)
	err := p.answers[0]
	p.answers = p.answers[1:]
	return err
}

func TestMailKnownToBeSentIsNotSentAgain(t *testing.T) {
	p := &post{answers: []error{nil}}
	o := newOutside(t, Providers{Mail: p})
	for range 3 {
		m, err := o.visit(t, 1).Send(t.Context(), letter())
		require.NoError(t, err)
		require.Equal(t, sent, m.State)
	}
	require.Len(t, p.sent, 1)
}

func TestMailOfUnknownOutcomeIsSentAgainUnderTheSameID(t *testing.T) {
	p := &post{answers: []error{unavailable(codeUncertain, "broke", nil), unavailable("mail_later", "later", nil), nil}}
	o := newOutside(t, Providers{Mail: p})
	states := []string{uncertain, failed, sent}
	for i, want := range states {
		m, err := o.visit(t, 1).Send(t.Context(), letter())
		require.Equal(t, want, m.State)
		require.Equal(t, want != sent, err != nil)
		require.Equal(t, "r1:1", p.sent[i].ID)
	}
	kept, err := o.Store.Shelf(store.Messages).Load(t.Context(), "r1:1")
	require.NoError(t, err)
	require.Contains(t, string(kept.Body), `"state":"sent"`)
}

// backend is an SMTP server that keeps what it is given.
type backend struct {
	mu     sync.Mutex
	data   []byte
	refuse *smtp.SMTPError
}

func (b *backend) NewSession(*smtp.Conn) (smtp.Session, error) { return b, nil }
func (b *backend) Mail(string, *smtp.MailOptions) error        { return nil }
func (b *backend) Rcpt(string, *smtp.RcptOptions) error {
	if b.refuse != nil {
		return b.refuse
	}
	return nil
}
func (b *backend) Data(r io.Reader) (err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.data, err = io.ReadAll(r)
	return err
}
func (b *backend) Reset()        {}
func (b *backend) Logout() error { return nil }

func smtpServer(t *testing.T, b *backend) SMTP {
	t.Helper()
	srv := smtp.NewServer(b)
	srv.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return SMTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "Flows <flows@example.com>", Plain: true, Private: true}
}

func TestMailCarriesItsKeyAndCannotBeMadeToCarryMore(t *testing.T) {
	b := &backend{}
	server := smtpServer(t, b)
	m := letter()
	m.ID, m.Subject, m.ReplyTo = "r1:1", "Ana\r\nBcc: all@x.test", "owner@example.com"
	require.NoError(t, server.Send(t.Context(), m))
	first := b.data
	require.NoError(t, server.Send(t.Context(), m))
	read, err := mail.ReadMessage(bytes.NewReader(first))
	require.NoError(t, err)
	again, err := mail.ReadMessage(bytes.NewReader(b.data))
	require.NoError(t, err)
	require.Equal(t, read.Header.Get("Message-ID"), again.Header.Get("Message-ID"))
	require.Regexp(t, `^<flow\.[0-9a-f]{32}@example\.com>$`, read.Header.Get("Message-ID"))
	require.Equal(t, "auto-generated", read.Header.Get("Auto-Submitted"))
	require.Empty(t, read.Header.Get("Bcc"))
	require.Contains(t, string(first), "Hi & welcome")
	require.Contains(t, string(first), "<p>Hi &amp; welcome</p>")
}

func TestAMailServersAnswerDecidesWhetherToTryAgain(t *testing.T) {
	for code, temporary := range map[int]bool{550: false, 450: true} {
		b := &backend{refuse: &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "no"}}
		var e *nodes.Error
		require.ErrorAs(t, smtpServer(t, b).Send(t.Context(), letter()), &e)
		require.Equal(t, temporary, e.Temporary, code)
	}
	var e *nodes.Error
	require.ErrorAs(t, SMTP{Host: "127.0.0.1", Port: 2525, From: "a@b.c"}.Send(t.Context(), letter()), &e)
	require.Equal(t, "mail_unreachable", e.Code, "private mail servers are not reached unless allowed")
}

func TestCapturedCallsGoNowhere(t *testing.T) {
	o := newOutside(t, Providers{Capture: true})
	reply, err := o.visit(t, 1).Call(t.Context(), nodes.Call{Method: "POST", URL: "http://127.0.0.1:1/x", Body: `{"a":1}`})
	require.NoError(t, err)
	require.Equal(t, 200, reply.Status)
	doc, err := o.Store.Shelf(store.Messages).Load(t.Context(), "r1:1")
	require.NoError(t, err)
	require.Contains(t, string(doc.Body), `"channel":"webhook"`)
}

func TestCallsReachPublicAddressesOnly(t *testing.T) {
	asked := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer srv.Close()
	o := newOutside(t, Providers{})
	for _, url := range []string{srv.URL, "http://127.0.0.1:22/", "http://[::ffff:7f00:1]/", "http://169.254.169.254/latest", "http://[::1]/"} {
		_, err := o.visit(t, 1).Call(t.Context(), nodes.Call{Method: "GET", URL: url})
		var e *nodes.Error
		require.ErrorAs(t, err, &e, url)
		require.Equal(t, "ssrf_denied", e.Code, url)
		require.Equal(t, "The address is not allowed.", e.Text, url)
		require.False(t, e.Temporary)
	}
	for _, url := range []string{"http://2130706433/", "http://0/"} { // names to Go, addresses to others
		_, err := o.visit(t, 1).Call(t.Context(), nodes.Call{Method: "GET", URL: url})
		require.Error(t, err, url)
	}
	for _, url := range []string{"gopher://example.com/", "file:///etc/passwd", "http://user:pw@example.com/"} {
		_, err := o.visit(t, 1).Call(t.Context(), nodes.Call{Method: "GET", URL: url})
		var e *nodes.Error
		require.ErrorAs(t, err, &e, url)
		require.Equal(t, "bad_url", e.Code, url)
	}
	require.False(t, asked)
}

func TestAnAnswerIsBounded(t *testing.T) {
	var header http.Header
	mux := http.NewServeMux()
	mux.HandleFunc("/big", func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		w.Header().Set("Retry-After", "99999999")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.Copy(w, io.LimitReader(strings.NewReader(strings.Repeat("x", 3<<20)), 3<<20))
	})
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/big", http.StatusFound) })
	srv := httptest.NewServer(mux)
	defer srv.Close()
	o := newOutside(t, Providers{Web: NewWeb(netip.MustParsePrefix("127.0.0.0/8"))})
	reply, err := o.visit(t, 4).Call(t.Context(), nodes.Call{Method: "POST", URL: srv.URL + "/big", Body: "{}"})
	require.NoError(t, err)
	require.Equal(t, 503, reply.Status)
	require.Len(t, reply.Body, webKept)
	require.Equal(t, 24*time.Hour, reply.RetryAfter)
	require.Equal(t, "r1:4", header.Get("Idempotency-Key"))
	reply, err = o.visit(t, 5).Call(t.Context(), nodes.Call{Method: "GET", URL: srv.URL + "/away"})
	require.NoError(t, err)
	require.Equal(t, http.StatusFound, reply.Status)
}

func TestAnErrorOfTheChangeIsReturnedAndNothingStored(t *testing.T) {
	o := newOutside(t, Providers{})
	want := errors.New("no")
	_, err := o.visit(t, 1).Change(t.Context(), crm.Deal, "D-1", func(*crm.Record) error { return want })
	require.ErrorIs(t, err, want)
	_, err = o.visit(t, 1).Change(t.Context(), crm.Deal, "D-9", func(*crm.Record) error { return nil })
	require.Equal(t, flow.CodeNotFound, flow.CodeOf(err))
}

func TestAllowedNetworksOpenNothingElse(t *testing.T) {
	guard := dialGuard([]netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")})
	for address, allowed := range map[string]bool{
		"10.1.2.3:6379": true, "[fd00::1]:8080": true, "[::ffff:10.1.2.3]:6379": true,
		"1.1.1.1:443": true, "1.1.1.1:6379": false, "[2606:4700::1111]:25": false,
		"10.2.0.1:80": false, "127.0.0.1:80": false, "169.254.169.254:80": false, "[::1]:80": false,
	} {
		network := "tcp4"
		if address[0] == '[' {
			network = "tcp6"
		}
		require.Equal(t, allowed, guard(network, address, nil) == nil, address)
	}
}
