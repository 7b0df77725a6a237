package bus

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Consumption is a running consumer. Stop it before closing the bus.
type Consumption struct {
	bus    *Bus
	ctx    context.Context
	cancel context.CancelFunc
	pulls  []jetstream.ConsumeContext
	feed   *feed // nil for events

	mu       sync.Mutex
	stopping bool
	active   sync.WaitGroup // handlers under way
}

func (b *Bus) newConsumption(ctx context.Context) *Consumption {
	c := &Consumption{bus: b}
	c.ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return c
}

// begin registers a handler, unless the consumption is stopping.
func (c *Consumption) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopping {
		return false
	}
	c.active.Add(1)
	return true
}

// Stop takes nothing more, gives back what was fetched but not begun, and waits
// for the handlers under way until ctx ends; then their context is cancelled and
// they are waited for once more.
func (c *Consumption) Stop(ctx context.Context) {
	c.mu.Lock()
	c.stopping = true
	c.mu.Unlock()
	if c.feed != nil {
		for _, msg := range c.feed.close() {
			c.end(msg, false)
		}
	}
	for _, p := range c.pulls {
		p.Drain() // what the client has fetched still comes, and is given back
	}
	idle := make(chan struct{})
	go func() {
		for _, p := range c.pulls {
			<-p.Closed() // not before its handler ends
		}
		c.active.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	c.cancel()
	<-idle
}

// end acknowledges a handled message, or gives it back. A lost acknowledgement
// only means that the hint comes again.
func (c *Consumption) end(msg jetstream.Msg, done bool) {
	c.bus.keep.remove(msg)
	var err error
	if done {
		err = msg.Ack()
	} else {
		err = msg.Nak()
	}
	if err != nil {
		c.bus.log.Warn("bus: acknowledging", "subject", msg.Subject(), "err", err)
	}
}

// Pauses between the tries of a handler that fails, which means that the store
// or the bus is down.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 5 * time.Second
)

// insist calls handle until it succeeds; false when the consumption ended first.
func (c *Consumption) insist(handle func() error) bool {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := handle()
		if err == nil {
			return true
		}
		if c.ctx.Err() != nil {
			return false
		}
		c.bus.log.Warn("bus: trying again", "err", err, "in", pause)
		select {
		case <-c.ctx.Done():
			return false
		case <-time.After(pause):
		}
	}
}

// keeper tells the server that slow messages are still being worked on, so that
// they are not handed out twice.
type keeper struct {
	mu   sync.Mutex
	held map[jetstream.Msg]time.Time
	quit chan struct{}
}

// keepEvery is well below ackWait.
const keepEvery = 5 * time.Second

func startKeeper() *keeper {
	k := &keeper{held: map[jetstream.Msg]time.Time{}, quit: make(chan struct{})}
	go k.run()
	return k
}

func (k *keeper) add(msg jetstream.Msg) {
	now := time.Now()
	k.mu.Lock()
	k.held[msg] = now
	k.mu.Unlock()
}

func (k *keeper) remove(msg jetstream.Msg) {
	k.mu.Lock()
	delete(k.held, msg)
	k.mu.Unlock()
}

func (k *keeper) run() {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		select {
		case <-k.quit:
			return
		case now := <-tick.C:
			for _, msg := range k.older(now.Add(-keepEvery)) {
				// A failure means that the message comes again, which is harmless.
				_ = msg.InProgress()
			}
		}
	}
}

func (k *keeper) older(than time.Time) []jetstream.Msg {
	k.mu.Lock()
	defer k.mu.Unlock()
	var old []jetstream.Msg
	for msg, at := range k.held {
		if at.Before(than) {
			old = append(old, msg)
		}
	}
	return old
}

func (k *keeper) stop() { close(k.quit) }
