package server

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// scenario is one request and what must come of it. {flow}, {deal} and {admin}
// stand for ids of the world.
type scenario struct {
	name     string
	role     crm.Role
	method   string
	url      string
	body     string
	headers  []string
	status   int
	contains []string
	not      []string
	// stores says whether the request may leave anything in the store.
	stores bool
}

func (s scenario) run(t *testing.T, w *world, ids *strings.Replacer) {
	t.Run(s.name, func(t *testing.T) {
		before := w.fingerprint()
		headers := make([]string, len(s.headers))
		for i, h := range s.headers {
			headers[i] = ids.Replace(h)
		}
		a := w.ask(s.role, s.method, ids.Replace(s.url), ids.Replace(s.body), headers...)
		require.Equal(t, s.status, a.status, a.body)
		for _, text := range s.contains {
			require.Contains(t, a.body, ids.Replace(text))
		}
		for _, text := range s.not {
			require.NotContains(t, a.body, ids.Replace(text))
		}
		if a.status >= 400 {
			require.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
			require.Contains(t, a.body, `"code"`)
		}
		if !s.stores {
			require.Equal(t, before, w.fingerprint(), "something was stored")
		}
	})
}

func TestFlowsAndRecordsThroughTheAPI(t *testing.T) {
	w := newWorld(t)
	f := w.flow(crm.Admin)
	own := w.flow(crm.Analyst)
	var deal crm.Record
	w.must(201, &deal, crm.Agent, "POST", "/api/deals", `{"title":"Mill","amount":1500000,"currency":"EUR"}`)
	ids := strings.NewReplacer("{flow}", f.ID, "{own}", own.ID, "{deal}", deal.ID, "{admin}", w.member[crm.Admin].ID, "{graph}", goodGraph)
	for _, s := range []scenario{
		{name: "me", role: crm.Viewer, method: "GET", url: "/api/me", status: 200, contains: []string{`"role":"viewer"`}},
		{name: "list flows", role: crm.Viewer, method: "GET", url: "/api/flows", status: 200, contains: []string{"{flow}", "{own}", `"items":[`}},
		{name: "read flow", role: crm.Viewer, method: "GET", url: "/api/flows/{flow}", status: 200, contains: []string{`"state":"draft"`}},
		{name: "unknown flow", role: crm.Viewer, method: "GET", url: "/api/flows/nope", status: 404, contains: []string{`"not_found"`}},
		{name: "name in four languages", role: crm.Analyst, method: "POST", url: "/api/flows", body: `{"name":{"en":"A","vi":"B","ro":"C","pl":"D"},"resource":"lead"}`, status: 201, contains: []string{`"vi":"B"`}, stores: true},
		{name: "name in no known language", role: crm.Analyst, method: "POST", url: "/api/flows", body: `{"name":{"de":"A"},"resource":"lead"}`, status: 422, contains: []string{`"unknown_language"`}},
		{name: "name that turns the text around", role: crm.Analyst, method: "POST", url: "/api/flows", body: `{"name":"a\u202eb","resource":"lead"}`, status: 422, contains: []string{`"bad_character"`}},
		{name: "unknown resource", role: crm.Analyst, method: "POST", url: "/api/flows", body: `{"name":"A","resource":"invoice"}`, status: 422, contains: []string{`/resource`}},
		{name: "rename without If-Match", role: crm.Admin, method: "PATCH", url: "/api/flows/{flow}", body: `{"name":"X"}`, status: 428, contains: []string{`precondition_required`}},
		{name: "rename, stale", role: crm.Admin, method: "PATCH", url: "/api/flows/{flow}", body: `{"name":"X"}`, headers: []string{"If-Match", `"r9"`}, status: 412, contains: []string{`"current_rev":1`}},
		{name: "rename, odd tag", role: crm.Admin, method: "PATCH", url: "/api/flows/{flow}", body: `{"name":"X"}`, headers: []string{"If-Match", `*`}, status: 422},
		{name: "rename", role: crm.Admin, method: "PATCH", url: "/api/flows/{flow}", body: `{"name":"X","order":3}`, headers: []string{"If-Match", `"r1"`}, status: 200, contains: []string{`"en":"X"`, `"order":3`, `"rev":2`}, stores: true},
		{name: "analyst renames another's flow", role: crm.Analyst, method: "PATCH", url: "/api/flows/{flow}", body: `{"name":"Y"}`, headers: []string{"If-Match", `"r2"`}, status: 403},
		{name: "analyst renames the own flow", role: crm.Analyst, method: "PATCH", url: "/api/flows/{own}", body: `{"name":"Y"}`, headers: []string{"If-Match", `"r1"`}, status: 200, stores: true},
		{name: "analyst saves another's draft", role: crm.Analyst, method: "PUT", url: "/api/flows/{flow}/draft", body: `{graph}`, headers: []string{"If-Match", `"r1"`}, status: 403},
		{name: "analyst saves the own draft", role: crm.Analyst, method: "PUT", url: "/api/flows/{own}/draft", body: `{graph}`, headers: []string{"If-Match", `"r1"`}, status: 200, contains: []string{`"rev":2`}, stores: true},
		{name: "analyst publishes", role: crm.Analyst, method: "POST", url: "/api/flows/{own}/publish", body: `{"draft_rev":2}`, status: 403},
		{name: "viewer publishes", role: crm.Viewer, method: "POST", url: "/api/flows/{own}/publish", body: `{"draft_rev":2}`, status: 403, contains: []string{`"forbidden"`}},
		{name: "draft without If-Match", role: crm.Admin, method: "PUT", url: "/api/flows/{own}/draft", body: `{graph}`, status: 428},
		{name: "draft, stale", role: crm.Admin, method: "PUT", url: "/api/flows/{own}/draft", body: `{graph}`, headers: []string{"If-Match", `"r1"`}, status: 412, contains: []string{`"current_rev":2`}},
		{name: "draft about another resource", role: crm.Admin, method: "PUT", url: "/api/flows/{own}/draft", body: `{"resource":"lead","nodes":{},"connectors":{}}`, headers: []string{"If-Match", `"r2"`}, status: 422, contains: []string{"other_resource"}},
		{name: "publish another revision than was seen", role: crm.Admin, method: "POST", url: "/api/flows/{own}/publish", body: `{"draft_rev":1}`, status: 412},
		{name: "activate before publishing", role: crm.Admin, method: "POST", url: "/api/flows/{own}/state", body: `{"state":"active"}`, status: 409},
		{name: "publish", role: crm.Admin, method: "POST", url: "/api/flows/{own}/publish", body: `{"draft_rev":2,"note":"first"}`, status: 201, contains: []string{`"number":1`, `"note":"first"`}, stores: true},
		{name: "published is active", role: crm.Viewer, method: "GET", url: "/api/flows/{own}", status: 200, contains: []string{`"state":"active"`, `"active":1`}},
		{name: "versions", role: crm.Viewer, method: "GET", url: "/api/flows/{own}/versions", status: 200, contains: []string{`"number":1`, `"hash":"`}},
		{name: "version", role: crm.Viewer, method: "GET", url: "/api/flows/{own}/versions/1", status: 200, contains: []string{`"send_email"`}},
		{name: "no such version", role: crm.Viewer, method: "GET", url: "/api/flows/{own}/versions/2", status: 404},
		{name: "delete an active flow", role: crm.Admin, method: "DELETE", url: "/api/flows/{own}", headers: []string{"If-Match", `"r3"`}, status: 409},
		{name: "pause", role: crm.Admin, method: "POST", url: "/api/flows/{own}/state", body: `{"state":"paused"}`, status: 200, contains: []string{`"state":"paused"`}, stores: true},
		{name: "paused to archived", role: crm.Admin, method: "POST", url: "/api/flows/{own}/state", body: `{"state":"archived"}`, status: 409},
		{name: "drain an empty flow", role: crm.Admin, method: "POST", url: "/api/flows/{own}/state", body: `{"state":"draining"}`, status: 200, contains: []string{`"state":"inactive"`}, stores: true},
		{name: "counts of an empty flow", role: crm.Viewer, method: "GET", url: "/api/flows/{own}/counts", status: 200, contains: []string{`"by_node":{}`}},
		{name: "clone", role: crm.Analyst, method: "POST", url: "/api/flows/{own}/clone", status: 201, contains: []string{`"Copy of Y"`, `"state":"draft"`, `"cloned_from":"{own}@1"`}, stores: true},
		{name: "agent clones", role: crm.Agent, method: "POST", url: "/api/flows/{own}/clone", status: 403},
		{name: "export", role: crm.Viewer, method: "GET", url: "/api/flows/{own}/export", status: 200, contains: []string{`"$schema"`, `"flow": "y"`}},
		{name: "start by hand, not active", role: crm.Agent, method: "POST", url: "/api/flows/{flow}/start", body: `{"records":["{deal}"]}`, status: 409},

		{name: "record list", role: crm.Viewer, method: "GET", url: "/api/deals?limit=10", status: 200, contains: []string{`{deal}`}},
		{name: "record search", role: crm.Viewer, method: "GET", url: "/api/deals?search=mil", status: 200, contains: []string{`{deal}`}},
		{name: "record search finds none", role: crm.Viewer, method: "GET", url: "/api/deals?search=zzz", status: 200, not: []string{`{deal}`}, contains: []string{`"items":[]`}},
		{name: "limit of a million", role: crm.Viewer, method: "GET", url: "/api/deals?limit=1000000", status: 422},
		{name: "negative limit", role: crm.Viewer, method: "GET", url: "/api/deals?limit=-1", status: 422},
		{name: "made-up cursor", role: crm.Viewer, method: "GET", url: "/api/deals?cursor=%21%21", status: 422},
		{name: "database operator as filter", role: crm.Viewer, method: "GET", url: `/api/runs?filter=%7B%22%24where%22%3A1%7D`, status: 422},
		{name: "operator in a parameter's name", role: crm.Viewer, method: "GET", url: `/api/runs?state%5B%24ne%5D=done`, status: 422},
		{name: "unknown state", role: crm.Viewer, method: "GET", url: `/api/runs?state=sleeping`, status: 422},
		{name: "read record", role: crm.Viewer, method: "GET", url: "/api/deals/{deal}", status: 200, contains: []string{`"amount":1500000`}},
		{name: "unknown record", role: crm.Viewer, method: "GET", url: "/api/deals/none", status: 404},
		{name: "viewer writes a record", role: crm.Viewer, method: "PATCH", url: "/api/deals/{deal}", body: `{"title":"x"}`, status: 403},
		{name: "analyst writes a record", role: crm.Analyst, method: "PATCH", url: "/api/deals/{deal}", body: `{"title":"x"}`, status: 403},
		{name: "patch record", role: crm.Agent, method: "PATCH", url: "/api/deals/{deal}", body: `{"amount":1900000,"lost_reason":null}`, headers: []string{"Content-Type", "application/merge-patch+json"}, status: 200, contains: []string{`"amount":1900000`, `"title":"Mill"`, `"rev":2`}, stores: true},
		{name: "patch that changes nothing", role: crm.Agent, method: "PATCH", url: "/api/deals/{deal}", body: `{"amount":1900000}`, status: 200, contains: []string{`"rev":2`}},
		{name: "patch, stale", role: crm.Agent, method: "PATCH", url: "/api/deals/{deal}", body: `{"amount":5}`, headers: []string{"If-Match", `"r1"`}, status: 412, contains: []string{`"current_rev":2`}},
		{name: "patch nothing there", role: crm.Agent, method: "PATCH", url: "/api/deals/none", body: `{"amount":5}`, status: 404},
		{name: "event", role: crm.Agent, method: "POST", url: "/api/events", body: `{"id":"e-1","type":"message.received","kind":"reply","resource":"deal","record":"{deal}","data":{"text":"yes"}}`, status: 202, contains: []string{`{"id":"e-1"}`}, stores: true},
		{name: "event again", role: crm.Agent, method: "POST", url: "/api/events", body: `{"id":"e-1","type":"message.received","kind":"reply","resource":"deal","record":"{deal}","data":{"text":"yes"}}`, status: 202, contains: []string{`"duplicate":true`}},
		{name: "event about nothing", role: crm.Agent, method: "POST", url: "/api/events", body: `{"type":"message.received","resource":"deal","record":"none"}`, status: 404},
		{name: "event that only a change makes", role: crm.Agent, method: "POST", url: "/api/events", body: `{"type":"deal.updated","resource":"deal","record":"{deal}"}`, status: 422, contains: []string{"reserved"}},
		{name: "schemas", role: crm.Viewer, method: "GET", url: "/api/schemas", status: 200, contains: []string{`"lost_reason"`}},
		{name: "custom field", role: crm.Admin, method: "POST", url: "/api/fields", body: `{"resource":"deal","name":"score","type":"number","label":{"en":"Score"}}`, status: 201, contains: []string{`"custom":true`}, stores: true},
		{name: "custom field twice", role: crm.Admin, method: "POST", url: "/api/fields", body: `{"resource":"deal","name":"score","type":"number"}`, status: 409},
		{name: "custom field over a built-in", role: crm.Admin, method: "POST", url: "/api/fields", body: `{"resource":"deal","name":"amount","type":"number"}`, status: 409},
		{name: "custom field with a bad name", role: crm.Admin, method: "POST", url: "/api/fields", body: `{"resource":"deal","name":"$set","type":"number"}`, status: 422},
		{name: "custom field holds a value", role: crm.Agent, method: "PATCH", url: "/api/deals/{deal}", body: `{"score":7.5}`, status: 200, contains: []string{`"score":7.5`}, stores: true},
		{name: "agent adds a field", role: crm.Agent, method: "POST", url: "/api/fields", body: `{"resource":"deal","name":"x","type":"number"}`, status: 403},
		{name: "delete record", role: crm.Agent, method: "DELETE", url: "/api/deals/{deal}", status: 204, stores: true},
		{name: "deleted record", role: crm.Agent, method: "GET", url: "/api/deals/{deal}", status: 404},

		{name: "members", role: crm.Analyst, method: "GET", url: "/api/members?limit=200", status: 200, contains: []string{`agent@example.com`}},
		{name: "members without e-mail", role: crm.Viewer, method: "GET", url: "/api/members", status: 200, not: []string{`agent@example.com`}},
		{name: "add member", role: crm.Admin, method: "POST", url: "/api/members", body: `{"name":"New","email":"New@Example.com","role":"agent","password":"a long enough one"}`, status: 201, contains: []string{`"new@example.com"`}, not: []string{"long enough"}, stores: true},
		{name: "same e-mail", role: crm.Admin, method: "POST", url: "/api/members", body: `{"name":"New","email":"new@example.com","role":"agent"}`, status: 409},
		{name: "short password", role: crm.Admin, method: "POST", url: "/api/members", body: `{"name":"New","email":"n2@example.com","role":"agent","password":"short"}`, status: 422, not: []string{"short\""}},
		{name: "odd e-mail", role: crm.Admin, method: "POST", url: "/api/members", body: `{"name":"New","email":"a@x.test, b@y.test","role":"agent"}`, status: 422},
		{name: "analyst makes himself admin", role: crm.Analyst, method: "PATCH", url: "/api/members/me", body: `{"role":"admin"}`, status: 403},
		{name: "role in capitals", role: crm.Admin, method: "PATCH", url: "/api/members/{admin}", body: `{"ROLE":"viewer"}`, status: 422, contains: []string{"unknown_key"}},
		{name: "last admin leaves", role: crm.Admin, method: "PATCH", url: "/api/members/{admin}", body: `{"role":"viewer"}`, status: 409},
		{name: "simulator", role: crm.Admin, method: "POST", url: "/api/simulator", body: `{"rate":3,"paused":false}`, status: 200, contains: []string{`"rate":3`}},
		{name: "no such route", role: crm.Admin, method: "GET", url: "/api/nothing", status: 404},
		{name: "delete a flow without runs", role: crm.Admin, method: "DELETE", url: "/api/flows/{flow}", headers: []string{"If-Match", `"r2"`}, status: 204, stores: true},
		{name: "deleted flow", role: crm.Admin, method: "GET", url: "/api/flows/{flow}/draft", status: 404},
	} {
		s.run(t, w, ids)
	}
}

func TestPrivateFlowIsHiddenFromStrangers(t *testing.T) {
	w := newWorld(t)
	f := w.flow(crm.Admin)
	private := strings.Replace(goodGraph, `"public":true`, `"public":false,"members":["`+w.member[crm.Agent].ID+`"]`, 1)
	w.must(200, nil, crm.Admin, "PUT", "/api/flows/"+f.ID+"/draft", private, "If-Match", `"r1"`)
	w.must(201, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/publish", `{"draft_rev":2}`)
	for _, path := range []string{"", "/draft", "/versions", "/versions/1", "/counts", "/export"} {
		hidden := w.ask(crm.Viewer, "GET", "/api/flows/"+f.ID+path, "")
		require.Equal(t, 404, hidden.status, path)
		w.must(200, nil, crm.Agent, "GET", "/api/flows/"+f.ID+path, "")
	}
	require.NotContains(t, w.ask(crm.Viewer, "GET", "/api/flows", "").body, f.ID)
	missing := w.ask(crm.Viewer, "GET", "/api/flows/flw_none", "").body
	require.Equal(t, strings.ReplaceAll(missing, "flw_none", f.ID), w.ask(crm.Viewer, "GET", "/api/flows/"+f.ID, "").body)
	require.Equal(t, 404, w.ask(crm.Viewer, "GET", "/api/enrollments?flow="+f.ID, "").status)
	require.Equal(t, 404, w.ask(crm.Viewer, "GET", "/api/runs?flow="+f.ID, "").status)
}

// runIn stores a run of a flow, as the engine would.
func (w *world) runIn(f flow.Flow, id string, state flow.RunState, steps ...flow.Step) flow.Run {
	w.t.Helper()
	r := flow.Run{
		ID: id, Flow: f.ID, Version: f.Active, Resource: crm.Deal, Record: "D-1", Title: "Mill", State: state, Rev: 1,
		Started: w.clock.Now(), Updated: w.clock.Now(), Steps: steps, Key: id,
	}
	made, err := w.db.Runs().Insert(w.t.Context(), r)
	require.NoError(w.t, err)
	require.True(w.t, made)
	return r
}

func TestFlowWithRecordsInsideIsNotTurnedOffOrDeleted(t *testing.T) {
	w := newWorld(t)
	f := w.published()
	w.runIn(f, "r1", flow.Waiting, flow.Step{Visit: 1, Node: "start", State: flow.StepDone}, flow.Step{Visit: 2, Node: "mail", Via: "c1", State: flow.StepWaiting})
	a := w.must(409, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/state", `{"state":"inactive"}`)
	require.Contains(t, a.body, `"count":1`)
	w.must(200, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/state", `{"state":"draining"}`)
	a = w.must(200, nil, crm.Admin, "GET", "/api/flows/"+f.ID, "")
	require.Contains(t, a.body, `"state":"draining"`)

	var c Counts
	w.must(200, &c, crm.Viewer, "GET", "/api/flows/"+f.ID+"/counts", "")
	require.Equal(t, Counts{
		ByState:     map[flow.RunState]int{flow.Waiting: 1},
		ByNode:      map[string]NodeCount{"start": {Done: 1}, "mail": {Waiting: 1}},
		ByConnector: map[string]int{"c1": 1},
	}, c)

	run, err := w.db.Runs().Load(t.Context(), "r1")
	require.NoError(t, err)
	run.State = flow.Cancelled
	ok, err := w.db.Runs().CAS(t.Context(), run)
	require.NoError(t, err)
	require.True(t, ok)
	w.must(200, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/state", `{"state":"inactive"}`)
	w.must(200, &f, crm.Admin, "GET", "/api/flows/"+f.ID, "")
	a = w.must(409, nil, crm.Admin, "DELETE", "/api/flows/"+f.ID, "", "If-Match", etag(f.Rev))
	require.Contains(t, a.body, `Archive it instead`)
	w.must(200, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/state", `{"state":"archived"}`)
	w.must(409, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/publish", `{"draft_rev":2}`)
}

func TestDecisionsAboutRunsGoToTheRunnerWithWhoMadeThem(t *testing.T) {
	w := newWorld(t)
	f := w.published()
	w.runIn(f, "r1", flow.Incident)
	for path, asked := range map[string]string{
		"/api/runs/r1/cancel": "cancel r1", "/api/runs/r1/retry": "retry r1", "/api/runs/r1/skip": "skip r1",
		"/api/runs/r1/steps/2/finish": "finish r1",
	} {
		w.must(200, nil, crm.Admin, "POST", path, "")
		require.Contains(t, w.runner.calls(), asked+" by "+w.member[crm.Admin].ID)
	}
	w.must(404, nil, crm.Admin, "POST", "/api/runs/none/cancel", "")
	w.must(202, nil, crm.Agent, "POST", "/api/flows/"+f.ID+"/start", `{"records":["D-1"]}`)
	require.Contains(t, w.runner.calls(), "start "+f.ID+" D-1 by "+w.member[crm.Agent].ID)
	require.Contains(t, w.ask(crm.Viewer, "GET", "/api/runs?flow="+f.ID, "").body, `"r1"`)
}

func TestListsPageThroughEverythingOnce(t *testing.T) {
	w := newWorld(t)
	want := map[string]bool{}
	for range 7 {
		var r crm.Record
		w.must(201, &r, crm.Agent, "POST", "/api/leads", `{"full_name":"Ana"}`)
		want[r.ID] = true
	}
	seen, cursor := map[string]bool{}, ""
	for {
		var p Page[crm.Record]
		w.must(200, &p, crm.Viewer, "GET", "/api/leads?limit=3&cursor="+cursor, "")
		for _, r := range p.Items {
			require.False(t, seen[r.ID], "%s came twice", r.ID)
			seen[r.ID] = true
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, want, seen)
}
