package server

import (
	"encoding/json"
	"sync"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

const (
	// flushEvery merges the changes of one run to at most five frames a second.
	flushEvery = 200 * time.Millisecond
	// ringFrames is how many frames of a topic a reconnecting client may have
	// missed before it must load a snapshot.
	ringFrames = 256
	// topicIdle is how long a topic that nobody watches keeps its ring.
	topicIdle = 5 * time.Minute
	// maxPending bounds what is collected between two flushes.
	maxPending = 5000
)

// frame is one message to the watchers of a topic, encoded once for all.
type frame struct {
	seq  int64
	flow string // the flow it tells about, "" when it is no secret
	text []byte
}

// message is the JSON of everything that the server sends.
type message struct {
	Type  string `json:"type"`
	Topic string `json:"topic,omitempty"`
	Seq   int64  `json:"seq,omitempty"`
	Code  string `json:"code,omitempty"`
	Data  any    `json:"data,omitempty"`
}

// topic is what clients watch: its number, its last frames, its watchers.
type topic struct {
	seq      int64
	ring     []frame
	watchers map[*socket]*watch
	left     time.Time // when the last watcher went
}

// watch is one socket's watching of one topic. While it loads its beginning,
// new frames are held back so that they come after it.
type watch struct {
	loading bool
	held    []frame
}

// hub takes live messages in without ever waiting, merges them, and hands them
// to the sockets five times a second. A socket that does not keep up is closed;
// it delays neither the engine nor the others.
type hub struct {
	server *Server

	inbox  sync.Mutex
	runs   map[string]flow.Progress // merged since the last flush, by run
	order  []string                 // of runs
	events []crm.Event

	mu      sync.Mutex
	topics  map[string]*topic
	sockets map[*socket]bool
	stopped bool
}

func newHub(s *Server) *hub {
	return &hub{
		server: s, runs: map[string]flow.Progress{},
		topics: map[string]*topic{}, sockets: map[*socket]bool{},
	}
}

// progress takes in what happened to a run.
func (h *hub) progress(p flow.Progress) {
	h.inbox.Lock()
	defer h.inbox.Unlock()
	was, known := h.runs[p.Run]
	if !known {
		if len(h.order) >= maxPending {
			return // live messages are hints: the next snapshot has it
		}
		h.order = append(h.order, p.Run)
	}
	h.runs[p.Run] = merge(was, p)
}

// event takes in what happened to a record.
func (h *hub) event(ev crm.Event) {
	h.inbox.Lock()
	defer h.inbox.Unlock()
	if len(h.events) < maxPending {
		h.events = append(h.events, ev)
	}
}

// merge makes one progress of two: the newer's state, and every step as it is
// last.
func merge(a, b flow.Progress) flow.Progress {
	if a.Run == "" {
		return b
	}
	if b.Rev < a.Rev {
		a, b = b, a
	}
	steps := append([]flow.Step(nil), a.Steps...)
	for _, step := range b.Steps {
		found := false
		for i := range steps {
			if steps[i].Visit == step.Visit {
				steps[i], found = step, true
			}
		}
		if !found {
			steps = append(steps, step)
		}
	}
	b.Steps = steps
	return b
}

// take empties the inbox.
func (h *hub) take() ([]flow.Progress, []crm.Event) {
	h.inbox.Lock()
	defer h.inbox.Unlock()
	changed := make([]flow.Progress, 0, len(h.order))
	for _, id := range h.order {
		changed = append(changed, h.runs[id])
	}
	events := h.events
	h.runs, h.order, h.events = map[string]flow.Progress{}, nil, nil
	return changed, events
}

// publish numbers a frame, keeps it for those who reconnect, and hands it to
// the topic's watchers. A topic that nobody watched lately does not exist.
func (h *hub) publish(name, kind, flowID string, data any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[name]
	if t == nil {
		return
	}
	t.seq++
	text, err := json.Marshal(message{Type: kind, Topic: name, Seq: t.seq, Data: data})
	if err != nil {
		h.server.log.Error("encoding live message", "topic", name, "err", err)
		return
	}
	f := frame{seq: t.seq, flow: flowID, text: text}
	if t.ring = append(t.ring, f); len(t.ring) > ringFrames {
		t.ring = append([]frame(nil), t.ring[len(t.ring)-ringFrames:]...)
	}
	for s, w := range t.watchers {
		w.give(s, f)
	}
}

// give hands a frame to a watcher, or holds it back while the watcher loads.
func (w *watch) give(s *socket, f frame) {
	switch {
	case f.flow != "" && !s.maySee(f.flow):
	case !w.loading:
		s.send(f.text)
	case len(w.held) < ringFrames:
		w.held = append(w.held, f)
	default:
		s.close(closeSlow, "too slow")
	}
}

// has reports whether somebody watches the topic.
func (h *hub) has(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[name]
	return t != nil && len(t.watchers) > 0
}

// join makes a socket watch a topic. When the frames after since are still
// there, they are its beginning and resumed is true; else the caller sends a
// snapshot at seq. Either way the watch is loading until begun is called.
func (h *hub) join(s *socket, name string, since int64) (missed []frame, seq int64, resumed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[name]
	if t == nil {
		// Numbers begin at the clock, in microseconds: a number from before a
		// restart can never be taken for one of now.
		t = &topic{seq: h.server.wall().UnixMicro(), watchers: map[*socket]*watch{}}
		h.topics[name] = t
	}
	t.watchers[s] = &watch{loading: true}
	first := t.seq + 1
	if len(t.ring) > 0 {
		first = t.ring[0].seq
	}
	if since < first-1 || since > t.seq {
		return nil, t.seq, false
	}
	for _, f := range t.ring {
		if f.seq > since && (f.flow == "" || s.maySee(f.flow)) {
			missed = append(missed, f)
		}
	}
	return missed, t.seq, true
}

// begun sends what was held back while the watch loaded.
func (h *hub) begun(s *socket, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[name]
	if t == nil || t.watchers[s] == nil {
		return
	}
	w := t.watchers[s]
	for _, f := range w.held {
		s.send(f.text)
	}
	w.loading, w.held = false, nil
}

// leave ends a socket's watching of a topic.
func (h *hub) leave(s *socket, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(s, name)
}

func (h *hub) drop(s *socket, name string) {
	t := h.topics[name]
	if t == nil {
		return
	}
	if delete(t.watchers, s); len(t.watchers) == 0 {
		t.left = h.server.wall()
	}
}

// full reports whether a member has all the websockets that one may have, or
// the server stops.
func (h *hub) full(member string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.noRoom(member)
}

func (h *hub) noRoom(member string) bool {
	same := 0
	for s := range h.sockets {
		if s.who.ID == member {
			same++
		}
	}
	return h.stopped || same >= maxSockets
}

// enter counts a new socket in; false when there is no room for it.
func (h *hub) enter(s *socket) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.noRoom(s.who.ID) {
		return false
	}
	h.sockets[s] = true
	return true
}

// gone forgets a closed socket.
func (h *hub) gone(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sockets, s)
	for name, t := range h.topics {
		if t.watchers[s] != nil {
			h.drop(s, name)
		}
	}
}

// forget drops topics that nobody came back to.
func (h *hub) forget(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, t := range h.topics {
		if len(t.watchers) == 0 && now.Sub(t.left) > topicIdle {
			delete(h.topics, name)
		}
	}
}

// hangUp closes the sockets of callers whose session or role has ended.
func (h *hub) hangUp(is func(caller) bool) {
	for _, s := range h.all() {
		if is(s.who) {
			s.close(closeEnded, "the session has ended")
		}
	}
}

// shutDown closes every socket and lets no more in.
func (h *hub) shutDown() {
	h.mu.Lock()
	h.stopped = true
	h.mu.Unlock()
	for _, s := range h.all() {
		s.close(closeGoing, "restarting, retry in 2 s")
	}
}

func (h *hub) all() []*socket {
	h.mu.Lock()
	defer h.mu.Unlock()
	open := make([]*socket, 0, len(h.sockets))
	for s := range h.sockets {
		open = append(open, s)
	}
	return open
}

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sockets)
}
