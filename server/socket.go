package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"millrace.dev/flow"
)

// Close codes of the websocket; those from 4000 are ours.
const (
	closeGoing  = websocket.CloseGoingAway       // 1001
	closePolicy = websocket.ClosePolicyViolation // 1008
	closeEnded  = 4003
	closeSlow   = 4008
)

const (
	maxMessage  = 4 << 10 // bytes of a client's message
	messageRate = 10      // client messages a second
	maxQueue    = 64      // frames that wait for one client
	maxSockets  = 20      // websockets of one member
	maxWatches  = 50      // topics of one websocket
	pingEvery   = 25 * time.Second
	silentFor   = 70 * time.Second // without a pong
	writeWithin = 10 * time.Second
	closeWithin = 2 * time.Second // for a client that reads nothing any more
)

// socket is one client's websocket: one goroutine reads, one writes.
type socket struct {
	server *Server
	conn   *websocket.Conn
	who    caller
	queue  chan []byte
	ctx    context.Context
	cancel context.CancelFunc
	once   sync.Once

	topics map[string]bool // of the reading goroutine
}

// ask is what a client sends.
type ask struct {
	Type  string `json:"type"`
	Topic string `json:"topic"`
	Since int64  `json:"since"`
}

// socket upgrades to a websocket. Cookies come along with requests from other
// sites too, so an Origin of this host is required.
func (s *Server) socket(w http.ResponseWriter, r *http.Request) {
	if !s.ownOrigin(r) {
		s.fail(w, r, refuse(flow.CodeForbidden, "A websocket must come from this server's own pages."))
		return
	}
	who := callerOf(r.Context())
	if s.hub.full(who.ID) {
		s.fail(w, r, tooMany(5))
		return
	}
	upgrader := websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second, ReadBufferSize: 1024, WriteBufferSize: 4096,
		CheckOrigin: func(*http.Request) bool { return true }, // checked above, more strictly
		Error: func(w http.ResponseWriter, r *http.Request, _ int, reason error) {
			s.fail(w, r, refuse(flow.CodeInvalid, "This is not a websocket handshake: %v.", reason))
		},
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // answered by Error above
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	c := &socket{
		server: s, conn: conn, who: who, queue: make(chan []byte, maxQueue),
		ctx: ctx, cancel: cancel, topics: map[string]bool{},
	}
	if !s.hub.enter(c) {
		c.close(closeGoing, "full or restarting, retry in 2 s")
		return
	}
	defer s.hub.gone(c)
	go c.writing()
	c.reading()
	c.close(websocket.CloseNormalClosure, "")
}

// ownOrigin reports whether the request names an origin, and it is ours.
func (s *Server) ownOrigin(r *http.Request) bool {
	o, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || o.Host == "" {
		return false
	}
	return strings.EqualFold(o.Host, r.Host) || (s.public.Host != "" && strings.EqualFold(o.Host, s.public.Host))
}

// reading takes the client's messages until the connection ends.
func (c *socket) reading() {
	c.conn.SetReadLimit(maxMessage)
	alive := func(string) error { return c.conn.SetReadDeadline(time.Now().Add(silentFor)) }
	_ = alive("") // fails only on a connection that is gone, which reading finds out
	c.conn.SetPongHandler(alive)
	allowed := rate.NewLimiter(messageRate, messageRate)
	for c.ctx.Err() == nil {
		kind, data, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		if !allowed.Allow() {
			c.close(closePolicy, "too many messages")
			return
		}
		var a ask
		if kind != websocket.TextMessage || strict(data, &a) != nil {
			c.close(closePolicy, "not a message that this server knows")
			return
		}
		if err := c.take(a); err != nil {
			c.push(message{Type: "refused", Topic: a.Topic, Code: string(refusalOf(err).Code)})
		}
	}
}

// take does what a message asks for.
func (c *socket) take(a ask) error {
	switch a.Type {
	case "watch":
		return c.watch(a)
	case "unwatch":
		c.server.hub.leave(c, a.Topic)
		delete(c.topics, a.Topic)
		return nil
	case "pong":
		return nil
	}
	return flow.Errorf(flow.CodeInvalid, "Messages are watch and unwatch.")
}

// watch begins to send a topic: what was missed since, or a snapshot, and then
// what happens. Who the caller is now decides, not who it was at the handshake.
func (c *socket) watch(a ask) error {
	if !c.topics[a.Topic] && len(c.topics) >= maxWatches {
		return flow.Errorf(flow.CodeLimit, "Too many topics.")
	}
	who, err := c.server.callerBySession(c.ctx, c.who.session)
	if err != nil {
		return err
	}
	if who.session == "" || who.Role != c.who.Role {
		c.close(closeEnded, "the session has ended")
		return nil
	}
	ctx := context.WithValue(c.ctx, callerKey{}, who)
	snapshot, err := c.server.topicOf(ctx, a.Topic)
	if err != nil {
		return err
	}
	hub := c.server.hub
	missed, seq, resumed := hub.join(c, a.Topic, a.Since)
	c.topics[a.Topic] = true
	if resumed {
		for _, f := range missed {
			c.pushText(f.text)
		}
		hub.begun(c, a.Topic)
		return nil
	}
	if a.Since > 0 {
		c.push(message{Type: "reload", Topic: a.Topic})
	}
	data, err := snapshot(ctx)
	if err != nil {
		hub.leave(c, a.Topic)
		delete(c.topics, a.Topic)
		return err
	}
	c.push(message{Type: "snapshot", Topic: a.Topic, Seq: seq, Data: data})
	hub.begun(c, a.Topic)
	return nil
}

// push queues a message from the reading goroutine, which may wait for room.
func (c *socket) push(m message) {
	text, err := json.Marshal(m)
	if err != nil {
		c.server.log.Error("encoding live message", "topic", m.Topic, "err", err)
		return
	}
	c.pushText(text)
}

func (c *socket) pushText(text []byte) {
	select {
	case c.queue <- text:
	case <-c.ctx.Done():
	}
}

// send queues a frame from the hub, which never waits: a client whose queue is
// full is closed, and resumes by its last number.
func (c *socket) send(text []byte) {
	select {
	case c.queue <- text:
	default:
		c.close(closeSlow, "too slow: reconnect and resume")
	}
}

var pingText = []byte(`{"type":"ping"}`)

// writing sends what is queued, and pings; it also finds out when the session
// has ended in another process.
func (c *socket) writing() {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		var text []byte
		select {
		case <-c.ctx.Done():
			return
		case text = <-c.queue:
		case <-tick.C:
			text = pingText
			who, err := c.server.callerBySession(c.ctx, c.who.session)
			if err == nil && (who.session == "" || who.Role != c.who.Role) {
				c.close(closeEnded, "the session has ended")
				return
			}
			_ = c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin)) // the write below tells
		}
		if err := c.write(text); err != nil {
			c.close(websocket.CloseAbnormalClosure, "")
			return
		}
	}
}

func (c *socket) write(text []byte) error {
	return errors.Join(c.conn.SetWriteDeadline(time.Now().Add(writeWithin)), c.conn.WriteMessage(websocket.TextMessage, text))
}

// close ends the socket with a code, once. It does not wait for the client.
func (c *socket) close(code int, reason string) {
	c.once.Do(func() {
		c.server.metrics.closing(code)
		c.cancel()
		go func() {
			if code != websocket.CloseAbnormalClosure {
				// A client that does not read may never see it: it is cut off.
				_ = c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(closeWithin))
			}
			_ = c.conn.Close()
		}()
	})
}

// maySee reports whether this client's member may know of a flow. Called by the
// hub: it answers from what the hub has loaded and never waits.
func (c *socket) maySee(flowID string) bool {
	f, known := c.server.flowsSeen.Load(flowID)
	if !known {
		return false
	}
	return sees(c.who, f.(seenFlow).flow)
}
