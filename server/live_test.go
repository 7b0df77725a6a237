package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// watcher is a client of the websocket.
type watcher struct {
	t    *testing.T
	conn *websocket.Conn
}

// frameIn is what a client reads.
type frameIn struct {
	Type, Topic, Code string
	Seq               int64
	Data              json.RawMessage
}

// dial opens a websocket as a role, with an Origin; "" sends none.
func (w *world) dial(role crm.Role, origin string) (*websocket.Conn, *http.Response, error) {
	h := http.Header{"Cookie": {w.server.cookieName() + "=" + w.cookie[role]}}
	if origin != "" {
		h.Set("Origin", origin)
	}
	return websocket.DefaultDialer.DialContext(w.t.Context(), "ws"+strings.TrimPrefix(w.http.URL, "http")+"/ws", h)
}

func (w *world) watch(role crm.Role, topic string, since int64) *watcher {
	w.t.Helper()
	conn, _, err := w.dial(role, w.http.URL)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = conn.Close() })
	c := &watcher{t: w.t, conn: conn}
	c.say(fmt.Sprintf(`{"type":"watch","topic":%q,"since":%d}`, topic, since))
	return c
}

func (c *watcher) say(text string) {
	c.t.Helper()
	require.NoError(c.t, c.conn.WriteMessage(websocket.TextMessage, []byte(text)))
}

// next reads the next frame that is not a ping.
func (c *watcher) next() frameIn {
	c.t.Helper()
	require.NoError(c.t, c.conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	var f frameIn
	for f.Type == "" || f.Type == "ping" {
		_, data, err := c.conn.ReadMessage()
		require.NoError(c.t, err)
		require.NoError(c.t, json.Unmarshal(data, &f))
	}
	return f
}

// of reads until a frame of the kind comes.
func (c *watcher) of(kind string) frameIn {
	c.t.Helper()
	for {
		if f := c.next(); f.Type == kind {
			return f
		}
	}
}

// closedWith reads until the server closes, and returns the code.
func (c *watcher) closedWith() int {
	c.t.Helper()
	require.NoError(c.t, c.conn.SetReadDeadline(time.Now().Add(20*time.Second)))
	for {
		if _, _, err := c.conn.ReadMessage(); err != nil {
			var closed *websocket.CloseError
			require.ErrorAs(c.t, err, &closed)
			return closed.Code
		}
	}
}

func (w *world) progress(f flow.Flow, run string, rev int64, state flow.RunState, steps ...flow.Step) {
	w.runner.progress(flow.Progress{Flow: f.ID, Version: 1, Run: run, Resource: crm.Deal, Record: "D-1", State: state, Rev: rev, Steps: steps})
}

func progressIn(t *testing.T, f frameIn) flow.Progress {
	t.Helper()
	var p flow.Progress
	require.NoError(t, json.Unmarshal(f.Data, &p))
	return p
}

func TestWatcherGetsASnapshotThenWhatHappens(t *testing.T) {
	w := newWorld(t)
	f := w.published()
	w.runIn(f, "r1", flow.Waiting, flow.Step{Visit: 1, Node: "start", State: flow.StepDone})
	c := w.watch(crm.Viewer, "flow:"+f.ID, 0)
	first := c.next()
	require.Equal(t, "snapshot", first.Type)
	var snapshot FlowSnapshot
	require.NoError(t, json.Unmarshal(first.Data, &snapshot))
	require.Equal(t, 1, snapshot.Counts.ByState[flow.Waiting])
	require.Equal(t, "r1", snapshot.Active[0].ID)

	w.progress(f, "r1", 2, flow.Done, flow.Step{Visit: 2, Node: "mail", Via: "c1", State: flow.StepDone})
	p := c.next()
	require.Equal(t, "progress", p.Type)
	require.Equal(t, first.Seq+1, p.Seq)
	require.Equal(t, flow.Done, progressIn(t, p).State)
	counts := c.next()
	require.Equal(t, "counts", counts.Type)
	require.Equal(t, first.Seq+2, counts.Seq)
	var n Counts
	require.NoError(t, json.Unmarshal(counts.Data, &n))
	require.Equal(t, map[flow.RunState]int{flow.Done: 1}, n.ByState)
	require.Equal(t, 1, n.ByNode["mail"].Done)
	require.Equal(t, 1, n.ByConnector["c1"])
}

func TestReconnectingWatcherGetsWhatItMissedInOrder(t *testing.T) {
	w := newWorld(t)
	f := w.published()
	c := w.watch(crm.Viewer, "run:r1", 0)
	require.Equal(t, "not_found", c.of("refused").Code)
	w.runIn(f, "r1", flow.Waiting)
	other := w.watch(crm.Viewer, "live", 0) // keeps the topic going
	seq := other.of("snapshot").Seq
	for rev := range int64(3) {
		w.progress(f, fmt.Sprint("run", rev), 1, flow.Done)
		require.Equal(t, seq+rev+1, other.of("progress").Seq)
	}
	back := w.watch(crm.Viewer, "live", seq+1)
	for i := range int64(2) {
		missed := back.next()
		require.Equal(t, "progress", missed.Type)
		require.Equal(t, seq+2+i, missed.Seq)
		require.Equal(t, fmt.Sprint("run", i+1), progressIn(t, missed).Run)
	}
	w.progress(f, "run9", 1, flow.Done)
	require.Equal(t, seq+4, back.next().Seq, "no gap and no repeat")
}

func TestWatcherThatIsTooFarBehindIsToldToReload(t *testing.T) {
	w := newWorld(t)
	for _, since := range []int64{1, time.Now().Add(time.Hour).UnixMicro()} {
		c := w.watch(crm.Viewer, "live", since)
		require.Equal(t, "reload", c.next().Type)
		require.Equal(t, "snapshot", c.next().Type)
	}
}

func TestRingForgetsTheOldestFrames(t *testing.T) {
	w := newWorld(t)
	c := w.watch(crm.Viewer, "live", 0)
	seq := c.of("snapshot").Seq
	for range ringFrames + 10 {
		w.server.hub.publish("live", "event", "", 1)
		c.next()
	}
	old := w.watch(crm.Viewer, "live", seq+1)
	require.Equal(t, "reload", old.next().Type)
	young := w.watch(crm.Viewer, "live", seq+11)
	require.Equal(t, seq+12, young.next().Seq)
}

func TestChangesOfOneRunAreMerged(t *testing.T) {
	w := newWorld(t)
	f := w.published()
	w.runIn(f, "r1", flow.Ready)
	c := w.watch(crm.Viewer, "run:r1", 0)
	c.of("snapshot")
	began := time.Now()
	const changes = 400
	for rev := range int64(changes) {
		w.progress(f, "r1", rev+2, flow.Ready, flow.Step{Visit: int(rev%7) + 1, Node: "n", State: flow.StepDone})
	}
	w.progress(f, "r1", changes+2, flow.Done)
	frames, last := 0, flow.Progress{}
	for last.State != flow.Done {
		last = progressIn(t, c.of("progress"))
		frames++
	}
	require.LessOrEqual(t, frames, 2+int(time.Since(began)/flushEvery))
	require.Equal(t, int64(changes+2), last.Rev)
}

func TestMergedProgressKeepsTheNewestOfEveryStep(t *testing.T) {
	newer := flow.Progress{Run: "r", Rev: 3, State: flow.Done, Steps: []flow.Step{{Visit: 2, State: flow.StepDone}, {Visit: 3, State: flow.StepDone}}}
	older := flow.Progress{Run: "r", Rev: 2, State: flow.Ready, Steps: []flow.Step{{Visit: 1, State: flow.StepDone}, {Visit: 2, State: flow.StepRunning}}}
	want := flow.Progress{Run: "r", Rev: 3, State: flow.Done, Steps: []flow.Step{{Visit: 1, State: flow.StepDone}, {Visit: 2, State: flow.StepDone}, {Visit: 3, State: flow.StepDone}}}
	require.Equal(t, want, merge(older, newer))
	require.Equal(t, want, merge(newer, older), "whatever came first")
}

func TestRecordEventsReachTheWatchersOfTheResource(t *testing.T) {
	w := newWorld(t)
	c := w.watch(crm.Viewer, "records:deal", 0)
	c.of("snapshot")
	w.runner.event(crm.Event{ID: "e1", Type: "lead.updated", Resource: crm.Lead, Record: "L-1"})
	w.runner.event(crm.Event{ID: "e2", Type: "deal.updated", Resource: crm.Deal, Record: "D-1"})
	require.Contains(t, string(c.of("event").Data), `"deal.updated"`)
}

func TestWebsocketNeedsTheServersOwnOrigin(t *testing.T) {
	w := newWorld(t)
	host := strings.TrimPrefix(w.http.URL, "http://")
	for _, origin := range []string{"", "null", "http://evil.test", "http://" + host + ".evil.test", "http://127.0.0.1:1", "http://x@evil.test"} {
		_, res, err := w.dial(crm.Admin, origin)
		require.Error(t, err, origin)
		require.Equal(t, 403, res.StatusCode, origin)
	}
	w.cookie[""] = "nobody"
	_, res, err := w.dial("", w.http.URL)
	require.Error(t, err)
	require.Equal(t, 401, res.StatusCode)
}

func TestHiddenFlowIsNeitherWatchedNorHeardOf(t *testing.T) {
	w := newWorld(t)
	open := w.published()
	hidden := w.flow(crm.Admin)
	w.must(200, nil, crm.Admin, "PUT", "/api/flows/"+hidden.ID+"/draft", strings.Replace(goodGraph, `"public":true`, `"public":false`, 1), "If-Match", `"r1"`)
	w.must(201, nil, crm.Admin, "POST", "/api/flows/"+hidden.ID+"/publish", `{"draft_rev":2}`)
	w.runIn(hidden, "h1", flow.Waiting)
	for _, topic := range []string{"flow:" + hidden.ID, "run:h1", "flow:none", "secrets", "records:invoice", "live:x"} {
		require.Equal(t, "not_found", w.watch(crm.Viewer, topic, 0).of("refused").Code, topic)
	}
	c := w.watch(crm.Viewer, "live", 0)
	require.NotContains(t, string(c.of("snapshot").Data), hidden.ID)
	admin := w.watch(crm.Admin, "live", 0)
	admin.of("snapshot")
	w.progress(hidden, "h1", 2, flow.Done)
	require.Equal(t, "h1", progressIn(t, admin.of("progress")).Run)
	w.progress(open, "o1", 1, flow.Done)
	require.Equal(t, "o1", progressIn(t, c.of("progress")).Run)
}

func TestEndedSessionClosesItsWebsockets(t *testing.T) {
	w := newWorld(t)
	c := w.watch(crm.Viewer, "live", 0)
	c.of("snapshot")
	w.must(204, nil, crm.Viewer, "POST", "/api/logout", "")
	require.Equal(t, closeEnded, c.closedWith())
	c = w.watch(crm.Agent, "live", 0)
	c.of("snapshot")
	w.must(200, nil, crm.Admin, "PATCH", "/api/members/"+w.member[crm.Agent].ID, `{"role":"viewer"}`)
	require.Equal(t, closeEnded, c.closedWith())
}

func TestMisbehavingClientsAreClosed(t *testing.T) {
	w := newWorld(t)
	c := w.watch(crm.Viewer, "live", 0)
	for range 2 * messageRate {
		if c.conn.WriteMessage(websocket.TextMessage, []byte(`{"type":"pong"}`)) != nil {
			break
		}
	}
	require.Equal(t, closePolicy, c.closedWith())
	c = w.watch(crm.Viewer, "live", 0)
	c.say(`{"type":"pong","topic":"` + strings.Repeat("x", maxMessage) + `"}`)
	require.Equal(t, websocket.CloseMessageTooBig, c.closedWith())
	for _, text := range []string{`hello`, `{"type":"watch","topic":"live","admin":true}`, `[]`} {
		c = w.watch(crm.Viewer, "live", 0)
		c.say(text)
		require.Equal(t, closePolicy, c.closedWith(), text)
	}
}

func TestMemberHasABoundedNumberOfWebsockets(t *testing.T) {
	w := newWorld(t)
	for range maxSockets {
		w.watch(crm.Viewer, "live", 0).of("snapshot")
	}
	_, res, err := w.dial(crm.Viewer, w.http.URL)
	require.Error(t, err)
	require.Equal(t, 429, res.StatusCode)
	w.watch(crm.Admin, "live", 0).of("snapshot")
}

func TestWatcherThatNeverReadsIsClosedAndDelaysNobody(t *testing.T) {
	w := newWorld(t)
	stuck := w.watch(crm.Viewer, "live", 0)
	c := w.watch(crm.Viewer, "live", 0)
	c.of("snapshot")
	require.Eventually(t, func() bool { return w.server.hub.has("live") }, 5*time.Second, time.Millisecond)
	big := strings.Repeat("x", 128<<10)
	slowest := time.Duration(0)
	for range 2 * maxQueue { // 16 MiB: more than every buffer on the way holds
		began := time.Now()
		w.server.hub.publish("live", "event", "", big)
		slowest = max(slowest, time.Since(began))
		c.of("event")
	}
	require.Less(t, slowest, time.Second, "publishing never waits for a client")
	require.Eventually(t, func() bool { return w.server.hub.count() == 1 }, 15*time.Second, 10*time.Millisecond)
	require.Contains(t, w.ask("", "GET", "/metrics", "").body, `millrace_ws_closed_total{code="4008"} 1`)
	_ = stuck.conn.Close()
}

func TestStoppingServerSaysWhenToComeBack(t *testing.T) {
	w := newWorld(t)
	c := w.watch(crm.Viewer, "live", 0)
	c.of("snapshot")
	require.Equal(t, 200, w.ask("", "GET", "/readyz", "").status)
	w.server.Drain()
	require.Equal(t, closeGoing, c.closedWith())
	require.Equal(t, 503, w.ask("", "GET", "/readyz", "").status)
	require.Equal(t, 200, w.ask("", "GET", "/livez", "").status)
	require.Equal(t, 200, w.ask(crm.Viewer, "GET", "/api/me", "").status, "requests under way still work")
}

func TestReadyOnlyWhileRunsAreMoved(t *testing.T) {
	w := newWorld(t)
	w.runner.mu.Lock()
	w.runner.down = true
	w.runner.mu.Unlock()
	a := w.ask("", "GET", "/readyz", "")
	require.Equal(t, 503, a.status)
	require.NotEmpty(t, a.header.Get("Retry-After"))
}
