package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// graphWith is a deal's graph with the given nodes and connectors.
func graphWith(nodes, connectors string) string {
	return `{"resource":"deal","nodes":{` + nodes + `},"connectors":{` + connectors + `}}`
}

// fileWith is a flow file with the given nodes and connectors.
func fileWith(nodes, connectors string) string {
	return `{"schema":1,"flow":"x","name":{"en":"X"},"resource":"deal","nodes":{` + nodes + `},"connectors":{` + connectors + `}}`
}

const (
	trigger = `"start":{"type":"record_created"}`
	mailer  = `"mail":{"type":"send_email","to":"a@example.com","subject":"s","body":"b"}`
)

func manyNodes(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(`"n%d":{"type":"end"}`, i)
	}
	return strings.Join(parts, ",")
}

// brokenGraphs are graphs that no draft, and no import, may ever hold.
var brokenGraphs = []struct {
	name, nodes, connectors string
	status                  int
	contains                string
}{
	{"dangling connector", trigger, `"c":{"from":"start.out","to":"gone"}`, 422, `"dangling_connector"`},
	{"connector from nowhere", trigger + "," + mailer, `"c":{"from":"gone.out","to":"mail"}`, 422, `"dangling_connector"`},
	{"duplicate node id", trigger + "," + trigger, "", 422, `"path":"/nodes/start"`},
	{"duplicate connector id", trigger + "," + mailer, `"c":{"from":"start.out","to":"mail"},"c":{"from":"start.out","to":"mail"}`, 422, `"path":"/connectors/c"`},
	{"unknown type", trigger + `,"x":{"type":"launch_rocket"}`, "", 422, `"unknown_type"`},
	{"unknown connector key", trigger + "," + mailer, `"c":{"from":"start.out","to":"mail","when":"x"}`, 422, `"unknown_key"`},
	{"bad node id", `"../../etc/passwd":{"type":"record_created"}`, "", 422, `"bad_id"`},
	{"markup as node id", `"<img onerror=x>":{"type":"record_created"}`, "", 422, `"bad_id"`},
	{"501 nodes", manyNodes(flow.MaxNodes + 1), "", 422, `"too_many_nodes"`},
	{"node that is a list", `"start":[]`, "", 422, `"wrong_type"`},
	{"node over 32 KiB", `"start":{"type":"record_created","when":"` + strings.Repeat("x", flow.MaxNodeBytes) + `"}`, "", 422, `"node_too_large"`},
	{"title that turns the text around", `"start":{"type":"record_created","title":"a\u202eb"}`, "", 422, `"bad_name"`},
	{"connector into the trigger", trigger + "," + mailer, `"c":{"from":"mail.sent","to":"start"}`, 422, `"into_trigger"`},
	{"nesting of 10000", `"start":{"type":"record_created","when":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`, "", 422, `nested`},
	{"broken JSON", `"start":{"type":`, "", 422, `"errors":[{`},
	{"invalid UTF-8", "\"start\":{\"type\":\"record_created\",\"title\":\"\xff\"}", "", 422, `"errors":[{`},
	{"number that is none", `"start":{"type":"record_created","when":1e400}`, "", 422, `"errors":[{`},
	{"body of 2 MiB", `"start":{"type":"record_created","when":"` + strings.Repeat("x", 2<<20) + `"}`, "", 413, `"too_large"`},
}

func TestBrokenGraphIsRefusedAndNothingIsStored(t *testing.T) {
	w := newWorld(t)
	f := w.flow(crm.Admin)
	before := w.fingerprint()
	for _, c := range brokenGraphs {
		t.Run("draft: "+c.name, func(t *testing.T) {
			a := w.ask(crm.Admin, "PUT", "/api/flows/"+f.ID+"/draft", graphWith(c.nodes, c.connectors), "If-Match", `"r1"`)
			requireRefused(t, a, c.status, c.contains)
		})
		t.Run("import: "+c.name, func(t *testing.T) {
			a := w.ask(crm.Admin, "POST", "/api/flows/import", fileWith(c.nodes, c.connectors))
			requireRefused(t, a, c.status, "")
		})
		require.Equal(t, before, w.fingerprint(), c.name)
	}
}

func requireRefused(t *testing.T, a answer, status int, contains string) {
	t.Helper()
	require.Equal(t, status, a.status, a.body)
	require.Contains(t, a.body, contains)
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
	require.Contains(t, a.body, `"detail":"`)
}

func TestUnknownKeysOfAGraphAreRefused(t *testing.T) {
	w := newWorld(t)
	f := w.flow(crm.Admin)
	before := w.fingerprint()
	for _, body := range []string{
		`{"resource":"deal","nodez":{}}`,
		`{"Resource":"deal"}`,
		`{"resource":"deal","settings":{"Public":false}}`,
		`{"resource":"deal","settings":{"colour":"red"}}`,
		`{"resource":"deal","name":{"en":"x"}}`,
		`{"resource":"deal","layout":{"a":[1,2,3]}}`,
		`{"resource":"deal"} {}`,
		`[]`,
		`null x`,
		`"deal"`,
	} {
		a := w.ask(crm.Admin, "PUT", "/api/flows/"+f.ID+"/draft", body, "If-Match", `"r1"`)
		require.Equal(t, 422, a.status, "%s: %s", body, a.body)
	}
	require.Equal(t, before, w.fingerprint())
}

func TestWrongExpressionStaysInTheDraftButIsNeitherPublishedNorImported(t *testing.T) {
	w := newWorld(t)
	f := w.flow(crm.Admin)
	nodes := `"start":{"type":"record_updated","fields":["amount"],"when":"deal.amont > 10000"}`
	w.must(200, nil, crm.Admin, "PUT", "/api/flows/"+f.ID+"/draft", graphWith(nodes, ""), "If-Match", `"r1"`)
	before := w.fingerprint()
	for _, a := range []answer{
		w.ask(crm.Admin, "POST", "/api/flows/"+f.ID+"/publish", `{"draft_rev":2}`),
		w.ask(crm.Admin, "POST", "/api/flows/import", fileWith(nodes, "")),
	} {
		requireRefused(t, a, 422, `"path":"/nodes/start/when"`)
		require.Contains(t, a.body, `"column":6`)
		require.Contains(t, a.body, `"caret":"deal.amont`)
		require.Contains(t, a.body, `"suggestion":"deal.amount"`)
	}
	require.Equal(t, before, w.fingerprint())
	a := w.must(200, nil, crm.Viewer, "POST", "/api/flows/check", graphWith(nodes, ""))
	require.Contains(t, a.body, `"node":"start"`)
	require.NotContains(t, w.runner.calls(), "flows changed")
}

func TestUnknownPropertyIsAProblemThatADraftMayKeep(t *testing.T) {
	w := newWorld(t)
	f := w.flow(crm.Admin)
	nodes := `"start":{"type":"record_created","colour":"red"}`
	w.must(200, nil, crm.Admin, "PUT", "/api/flows/"+f.ID+"/draft", graphWith(nodes, ""), "If-Match", `"r1"`)
	a := w.ask(crm.Admin, "POST", "/api/flows/"+f.ID+"/publish", `{"draft_rev":2}`)
	requireRefused(t, a, 422, `/nodes/start/colour`)
}

func TestBodiesThatAreNotPlainJSONAreRefused(t *testing.T) {
	w := newWorld(t)
	good := `{"title":"x"}`
	before := w.fingerprint()
	for _, c := range []struct {
		name, body string
		status     int
		headers    []string
	}{
		{"text", good, 415, []string{"Content-Type", "text/plain"}},
		{"form", "title=x", 415, []string{"Content-Type", "application/x-www-form-urlencoded"}},
		{"no type", good, 415, []string{"Content-Type", ""}},
		{"gzip", good, 415, []string{"Content-Encoding", "gzip"}},
		{"empty", "", 422, nil},
		{"key twice", `{"title":"x","title":"y"}`, 422, nil},
		{"key twice, escaped", `{"title":"x","t\u0069tle":"y"}`, 422, nil},
		{"key in another case", `{"Title":"x"}`, 422, nil},
		{"folding letter", `{"t\u0131tle":"x"}`, 422, nil},
		{"two values", good + good, 422, nil},
		{"lone surrogate", `{"title":"\ud800"}`, 422, nil},
		{"list", `[]`, 422, nil},
		{"operator", `{"$set":{"title":"x"}}`, 422, nil},
		{"dotted key", `{"title":"x","a.b":1}`, 422, nil},
		{"prototype", `{"title":"x","__proto__":{}}`, 422, nil},
		{"own id", `{"title":"x","_id":"1"}`, 422, nil},
		{"depth 65", `{"title":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`, 422, nil},
		{"a byte over 1 MiB", `{"title":"` + strings.Repeat("x", maxBody) + `"}`, 413, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := w.ask(crm.Agent, "POST", "/api/deals", c.body, c.headers...)
			requireRefused(t, a, c.status, "")
		})
	}
	require.Equal(t, before, w.fingerprint())
}

func TestBodyOfExactlyOneMebibyteIsRead(t *testing.T) {
	w := newWorld(t)
	body := `{"title":"` + strings.Repeat("x", maxBody-len(`{"title":""}`)) + `"}`
	require.Len(t, body, maxBody)
	require.NotEqual(t, 413, w.ask(crm.Agent, "POST", "/api/deals", body).status)
}

func TestDepthOf64IsReadAnd65IsNot(t *testing.T) {
	nested := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	require.Nil(t, checkJSON(nested(flow.MaxJSONDepth)))
	require.NotNil(t, checkJSON(nested(flow.MaxJSONDepth+1)))
}

func TestAnotherSitesRequestsAreRefused(t *testing.T) {
	w := newWorld(t)
	before := w.fingerprint()
	for _, site := range []string{"cross-site", "same-site"} {
		a := w.ask(crm.Admin, "POST", "/api/flows", `{"name":"x","resource":"deal"}`, "Sec-Fetch-Site", site)
		requireRefused(t, a, 403, `"forbidden"`)
	}
	requireRefused(t, w.ask(crm.Admin, "POST", "/api/flows", `{"name":"x","resource":"deal"}`, "Origin", "null"), 403, "")
	require.Equal(t, before, w.fingerprint())
}

func TestEveryAnswerHasSecurityHeaders(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		c.App = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) })
	})
	for path, csp := range map[string]string{"/api/me": apiCSP, "/livez": apiCSP, "/docs": docsCSP, "/": DefaultCSP, "/flows/x": DefaultCSP} {
		a := w.ask(crm.Viewer, "GET", path, "")
		require.Equal(t, csp, a.header.Get("Content-Security-Policy"), path)
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
		require.Equal(t, "same-origin", a.header.Get("Cross-Origin-Opener-Policy"))
		require.Empty(t, a.header.Get("Strict-Transport-Security"))
	}
	require.Equal(t, "no-store", w.ask(crm.Viewer, "GET", "/api/me", "").header.Get("Cache-Control"))
	require.Equal(t, 405, w.ask(crm.Viewer, "POST", "/flows/x", "").status)
}

func TestRepeatedPostIsDoneOnce(t *testing.T) {
	w := newWorld(t)
	body := `{"title":"Mill"}`
	first := w.must(201, nil, crm.Agent, "POST", "/api/deals", body, "Idempotency-Key", "k-1")
	before := w.fingerprint()
	again := w.must(201, nil, crm.Agent, "POST", "/api/deals", body, "Idempotency-Key", "k-1")
	require.Equal(t, first.body, again.body)
	require.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
	requireRefused(t, w.ask(crm.Agent, "POST", "/api/deals", `{"title":"Other"}`, "Idempotency-Key", "k-1"), 422, "another body")
	require.Equal(t, before, w.fingerprint())
	w.must(201, nil, crm.Admin, "POST", "/api/deals", body, "Idempotency-Key", "k-1") // another member's key is another key
	w.clock.forward(keyLife + 1)
	require.NoError(t, w.server.sweep(t.Context()))
}

func TestInternalErrorsTellNothing(t *testing.T) {
	r := refusalOf(fmt.Errorf("loading secret from /var/db: %w", flow.Errorf(flow.CodeInternal, "password hunter2")))
	require.Equal(t, 500, r.Status)
	require.Equal(t, "Internal error.", r.Detail)
	require.Equal(t, 500, refuse("no_such_code", "x").Status)
}
