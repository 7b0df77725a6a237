package server

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often somebody may try to sign in.
const (
	triesPerAccount = 5  // a minute, per account and address
	triesPerAddress = 30 // a minute, per address
	maxLimiters     = 10_000
)

// tries limits attempts by key. A key that was not used for a minute is
// forgotten, because its allowance is full again.
type tries struct {
	perMinute int

	mu   sync.Mutex
	keys map[string]*allowance
}

type allowance struct {
	limiter *rate.Limiter
	used    time.Time
}

func newTries(perMinute int) *tries {
	return &tries{perMinute: perMinute, keys: map[string]*allowance{}}
}

// take uses one try of the key; false means there is none left.
func (t *tries) take(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.keys[key]
	if !ok {
		if len(t.keys) >= maxLimiters {
			t.forget(now)
		}
		a = &allowance{limiter: rate.NewLimiter(rate.Every(time.Minute/time.Duration(t.perMinute)), t.perMinute)}
		t.keys[key] = a
	}
	a.used = now
	return a.limiter.AllowN(now, 1)
}

// forget drops the keys whose allowance is full again, or all of them when an
// attacker fills the table faster than that.
func (t *tries) forget(now time.Time) {
	for key, a := range t.keys {
		if now.Sub(a.used) > time.Minute {
			delete(t.keys, key)
		}
	}
	if len(t.keys) >= maxLimiters {
		t.keys = map[string]*allowance{}
	}
}

// tooMany refuses with 429 and says when to come back.
func tooMany(seconds int) *Refusal {
	r := refuse(codeRate, "Too many tries. Wait a little and try again.")
	r.retryAfter = seconds
	return r
}

// addressOf is the caller's network address without the port.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// fromLoopback reports whether the request comes from this machine itself, not
// through a proxy on it.
func fromLoopback(r *http.Request) bool {
	ip := net.ParseIP(addressOf(r))
	return ip != nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}
