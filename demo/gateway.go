package demo

import (
	"context"
	"net/http"
	"sync"
	"time"

	"millrace.dev/nodes"
)

// hiccup is how often the gateway is out of order for one request.
const hiccup = time.Minute

// Gateway stands for the SMS gateway and every other system that demo flows
// call. Once a minute it answers 503, so that a retry can be seen.
type Gateway struct {
	// Now is the clock that the minute is measured by; nil is the system's.
	Now func() time.Time

	mu   sync.Mutex
	last time.Time
}

// Do answers one captured request.
func (g *Gateway) Do(_ context.Context, _ nodes.Call) (nodes.Reply, error) {
	now := time.Now
	if g.Now != nil {
		now = g.Now
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if now().Sub(g.last) >= hiccup {
		g.last = now()
		return nodes.Reply{Status: http.StatusServiceUnavailable, Body: `{"error": "gateway busy"}`}, nil
	}
	return nodes.Reply{Status: http.StatusOK, Body: `{"queued": true}`}, nil
}
