package app

import (
	"encoding/json"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// frame is one message of the server's websocket.
type frame struct {
	Type  string          `json:"type"`
	Topic string          `json:"topic"`
	Seq   uint64          `json:"seq"`
	Data  json.RawMessage `json:"data"`
}

// watch is one topic being watched: the last sequence number seen, so that a new
// connection goes on where the old one broke.
type watch struct {
	seq uint64
	on  func(frame)
}

// socket keeps one websocket to the server and watches topics over it.
type socket struct {
	ctx     ui.Context
	ws      ui.Value
	open    bool
	wanted  bool
	tries   int
	changed func(connected bool)
	watches map[string]*watch
	timer   *time.Timer
}

func newSocket(ctx ui.Context, changed func(bool)) *socket {
	return &socket{ctx: ctx, changed: changed, watches: map[string]*watch{}}
}

// watch starts watching a topic; on is called on the UI goroutine.
func (s *socket) watch(topic string, on func(frame)) {
	if s == nil {
		return
	}
	s.watches[topic] = &watch{on: on}
	if !s.wanted {
		s.wanted = true
		s.connect()
		return
	}
	s.ask(topic)
}

// unwatch stops watching a topic.
func (s *socket) unwatch(topic string) {
	if s == nil || s.watches[topic] == nil {
		return
	}
	delete(s.watches, topic)
	s.send(map[string]any{"type": "unwatch", "topic": topic})
}

// close drops the connection for good.
func (s *socket) close() {
	if s == nil {
		return
	}
	s.wanted, s.watches = false, map[string]*watch{}
	if s.ws != nil {
		s.ws.Call("close")
	}
}

func (s *socket) ask(topic string) {
	m := map[string]any{"type": "watch", "topic": topic}
	if w := s.watches[topic]; w.seq > 0 {
		m["since"] = w.seq
	}
	s.send(m)
}

func (s *socket) send(m map[string]any) {
	if !s.open {
		return
	}
	text, err := json.Marshal(m)
	if err == nil {
		s.ws.Call("send", string(text))
	}
}

func (s *socket) connect() {
	if ui.IsServer {
		return
	}
	at := ui.Window().Get("location")
	scheme := "ws://"
	if at.Get("protocol").String() == "https:" {
		scheme = "wss://"
	}
	s.ws = ui.Window().Get("WebSocket").New(scheme + at.Get("host").String() + "/ws")
	var opened, got, closed ui.Func
	opened = ui.FuncOf(func(ui.Value, []ui.Value) any {
		s.ctx.Dispatch(func(ui.Context) {
			s.open, s.tries = true, 0
			s.changed(true)
			for topic := range s.watches {
				s.ask(topic)
			}
		})
		return nil
	})
	got = ui.FuncOf(func(_ ui.Value, args []ui.Value) any {
		s.receive(args[0].Get("data").String())
		return nil
	})
	closed = ui.FuncOf(func(ui.Value, []ui.Value) any {
		opened.Release()
		got.Release()
		closed.Release()
		s.ctx.Dispatch(func(ui.Context) { s.lost() })
		return nil
	})
	s.ws.Set("onopen", opened)
	s.ws.Set("onmessage", got)
	s.ws.Set("onclose", closed)
}

// receive hands a message to its watcher, beside the component tree: whoever
// changes what components show says so with Update.
func (s *socket) receive(text string) {
	var f frame
	if json.Unmarshal([]byte(text), &f) != nil {
		return
	}
	w := s.watches[f.Topic]
	if w == nil {
		return
	}
	if f.Type == "reload" {
		w.seq = 0
		s.ask(f.Topic)
		return
	}
	if f.Seq > 0 {
		w.seq = f.Seq
	}
	w.on(f)
}

// lost waits, longer each time and at most 10 s, and connects again.
func (s *socket) lost() {
	s.open = false
	if !s.wanted {
		return
	}
	s.changed(false)
	wait := min(time.Duration(300<<min(s.tries, 6))*time.Millisecond, 10*time.Second)
	s.tries++
	s.ctx.After(wait, func(ui.Context) {
		if s.wanted && !s.open {
			s.connect()
		}
	})
}
