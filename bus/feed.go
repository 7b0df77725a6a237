package bus

import (
	"sync"

	"github.com/nats-io/nats.go/jetstream"
)

// feed hands queued messages to workers, taking flows in turn: a flow with a
// thousand tasks delays another flow's one task by one task.
type feed struct {
	mu     sync.Mutex
	more   *sync.Cond
	queues map[string][]jetstream.Msg
	turn   []string // flows with a queue, next first
	closed bool
}

func newFeed() *feed {
	f := &feed{queues: map[string][]jetstream.Msg{}}
	f.more = sync.NewCond(&f.mu)
	return f
}

// put queues a message; false once the feed is closed.
func (f *feed) put(flow string, msg jetstream.Msg) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	q, waiting := f.queues[flow]
	f.queues[flow] = append(q, msg)
	if !waiting {
		f.turn = append(f.turn, flow)
	}
	f.more.Signal()
	return true
}

// take waits for a message; ok is false once the feed is closed.
func (f *feed) take() (msg jetstream.Msg, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.turn) == 0 && !f.closed {
		f.more.Wait()
	}
	if f.closed {
		return nil, false
	}
	flow := f.turn[0]
	f.turn = f.turn[1:]
	q := f.queues[flow]
	msg = q[0]
	q[0] = nil
	if q = q[1:]; len(q) == 0 {
		delete(f.queues, flow)
	} else {
		f.queues[flow] = q
		f.turn = append(f.turn, flow)
	}
	return msg, true
}

// close wakes the workers and returns what nobody took.
func (f *feed) close() []jetstream.Msg {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.more.Broadcast()
	var left []jetstream.Msg
	for _, q := range f.queues {
		left = append(left, q...)
	}
	f.queues, f.turn = map[string][]jetstream.Msg{}, nil
	return left
}
