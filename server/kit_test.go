package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
	"millrace.dev/store/sqlite"
)

var roles = []crm.Role{crm.Admin, crm.Analyst, crm.Agent, crm.Viewer}

// world is a server over an empty store in memory, with one member per role,
// answering on a real loopback port.
type world struct {
	t      *testing.T
	db     *sqlite.DB
	server *Server
	runner *standIn
	clock  *clock
	http   *httptest.Server
	log    *lockedBuffer
	cookie map[crm.Role]string
	member map[crm.Role]crm.Member
}

func newWorld(t *testing.T, edit ...func(*Config)) *world {
	t.Helper()
	ctx := t.Context()
	db, err := sqlite.Open(ctx, sqlite.Memory)
	require.NoError(t, err)
	w := &world{t: t, db: db, clock: &clock{now: time.Now()}, log: &lockedBuffer{},
		cookie: map[crm.Role]string{}, member: map[crm.Role]crm.Member{}}
	w.runner = &standIn{records: db.Records()}
	c := Config{Store: db, Runner: w.runner, Log: slog.New(slog.NewTextHandler(w.log, nil)), Wall: w.clock.Now, Simulator: &standInPace{}}
	for _, e := range edit {
		e(&c)
	}
	w.server, err = New(c)
	require.NoError(t, err)
	w.http = httptest.NewServer(w.server)
	t.Cleanup(func() {
		require.NoError(t, w.server.Close())
		w.http.Close()
		if r, real := c.Runner.(interface{ Stop(context.Context) error }); real {
			require.NoError(t, r.Stop(context.Background()))
		}
		require.NoError(t, db.Close())
	})
	for _, role := range roles {
		m, err := w.server.AddMember(ctx, crm.Member{Name: "The " + string(role), Email: string(role) + "@example.com", Role: role})
		require.NoError(t, err)
		w.member[role] = m
		w.cookie[role] = w.signIn(m.ID)
	}
	return w
}

// signIn makes a session behind the login's back.
func (w *world) signIn(member string) string {
	token := newToken()
	made, err := insert(w.t.Context(), w.db.Shelf(store.Sessions), hashed(token), map[string]string{"member": member},
		session{Member: member, Made: w.clock.Now(), Seen: w.clock.Now()})
	require.NoError(w.t, err)
	require.True(w.t, made)
	return token
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request as a role; "" is nobody. Headers come in pairs.
func (w *world) ask(role crm.Role, method, path, body string, headers ...string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.http.URL+path, strings.NewReader(body))
	require.NoError(w.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c := w.cookie[role]; c != "" {
		req.Header.Set("Cookie", w.server.cookieName()+"="+c)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
		}
	}
	return w.send(req)
}

func (w *world) send(req *http.Request) answer {
	w.t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return answer{status: res.StatusCode, header: res.Header, body: string(data)}
}

// must asks and requires the status, and reads the answer into out.
func (w *world) must(status int, out any, role crm.Role, method, path, body string, headers ...string) answer {
	w.t.Helper()
	a := w.ask(role, method, path, body, headers...)
	require.Equal(w.t, status, a.status, "%s %s: %s", method, path, a.body)
	if out != nil {
		require.NoError(w.t, json.Unmarshal([]byte(a.body), out))
	}
	return a
}

// flow makes a flow as a role, for tests that need one.
func (w *world) flow(role crm.Role) flow.Flow {
	w.t.Helper()
	var f flow.Flow
	w.must(201, &f, role, "POST", "/api/flows", `{"name":"Big deal","resource":"deal"}`)
	return f
}

// published makes a published, active flow.
func (w *world) published() flow.Flow {
	w.t.Helper()
	f := w.flow(crm.Admin)
	w.must(200, nil, crm.Admin, "PUT", "/api/flows/"+f.ID+"/draft", goodGraph, "If-Match", `"r1"`)
	w.must(201, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/publish", `{"draft_rev":2}`)
	w.must(200, &f, crm.Admin, "GET", "/api/flows/"+f.ID, "")
	return f
}

const goodGraph = `{"resource":"deal","settings":{"public":true,"allow_multiple":true},
 "nodes":{"start":{"type":"record_updated","fields":["amount"],"when":"deal.amount > 10000"},
  "mail":{"type":"send_email","to":"sales@example.com","subject":"Big deal","body":"{{ deal.title }}"}},
 "connectors":{"c1":{"from":"start.out","to":"mail"}},
 "layout":{"start":[0,0],"mail":[0,160]}}`

// fingerprint is everything that is stored, except sessions and idempotency
// keys: two are equal when nothing was stored between them.
func (w *world) fingerprint() string {
	w.t.Helper()
	ctx := w.t.Context()
	var kinds []string
	for kind := range store.Keys {
		if kind != store.Sessions && kind != store.Meta {
			kinds = append(kinds, string(kind))
		}
	}
	sort.Strings(kinds)
	sum := sha256.New()
	for _, kind := range kinds {
		docs, err := w.db.Shelf(store.Kind(kind)).List(ctx, store.ShelfQuery{Limit: 1000})
		require.NoError(w.t, err)
		for _, d := range docs {
			_, _ = sum.Write([]byte(kind + d.ID))
			_, _ = sum.Write(d.Body)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)) + w.recordPrint(ctx)
}

func (w *world) recordPrint(ctx context.Context) string {
	var all bytes.Buffer
	for _, r := range crm.Resources {
		records, err := w.db.Records().List(ctx, store.RecordQuery{Resource: r, Limit: 200})
		require.NoError(w.t, err)
		require.NoError(w.t, json.NewEncoder(&all).Encode(records))
	}
	return all.String()
}

// clock is a wall clock that tests set forward.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// standIn moves no runs: it writes records straight into the store and
// remembers what it was asked.
type standIn struct {
	records store.Records

	mu       sync.Mutex
	asked    []string
	progress func(flow.Progress)
	event    func(crm.Event)
	down     bool
}

func (r *standIn) note(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, text)
}

func (r *standIn) calls() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.asked...)
}

func (r *standIn) Write(ctx context.Context, w store.Write) (store.Written, error) {
	return r.records.Write(ctx, w)
}
func (r *standIn) FlowsChanged(context.Context) { r.note("flows changed") }
func (r *standIn) StartManually(_ context.Context, id string, _ crm.Resource, ids []string, by string) ([]flow.Enrollment, error) {
	r.note("start " + id + " " + strings.Join(ids, ",") + " by " + by)
	return []flow.Enrollment{{Flow: id, Record: ids[0], OK: true}}, nil
}
func (r *standIn) FinishStage(_ context.Context, run string, _ int, by string) error {
	r.note("finish " + run + " by " + by)
	return nil
}
func (r *standIn) Cancel(_ context.Context, run, by string) error {
	r.note("cancel " + run + " by " + by)
	return nil
}
func (r *standIn) Retry(_ context.Context, run string, _ int, by string) error {
	r.note("retry " + run + " by " + by)
	return nil
}
func (r *standIn) Skip(_ context.Context, run string, _ int, by string) error {
	r.note("skip " + run + " by " + by)
	return nil
}
func (r *standIn) Live(progress func(flow.Progress), event func(crm.Event)) (func(), error) {
	r.progress, r.event = progress, event
	return func() {}, nil
}
func (r *standIn) Ready() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.down
}

type standInPace struct{ rate float64 }

func (p *standInPace) Pace() (float64, bool)        { return p.rate, false }
func (p *standInPace) SetPace(rate float64, _ bool) { p.rate = rate }

// lockedBuffer is a log that many goroutines write.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
