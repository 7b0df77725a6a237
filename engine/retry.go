package engine

import (
	"fmt"
	"time"

	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// How long a retry waits at most: by the engine's own schedule, and when the
// other side asked for more (Retry-After).
const (
	maxBackoff = time.Hour
	maxAfter   = 24 * time.Hour
)

// failed takes in a call's error: a temporary one is tried again later, up to
// flow.MaxAttempts tries in all.
func (f *flight) failed(i int, err error) {
	t := &f.run.Tokens[i]
	e := asNodeError(err)
	t.Attempt++
	if s := f.touch(t.Visit); s != nil {
		s.Attempt = t.Attempt
	}
	if !e.Temporary || t.Attempt >= flow.MaxAttempts {
		f.fail(i, e)
		return
	}
	t.Wait = &flow.Wait{Kind: flow.WaitRetry, Wake: f.w.later(backoff(t.Attempt, e.After))}
	if s := f.stepOf(t.Visit); s != nil {
		s.State, s.Held, s.Error = flow.StepWaiting, flow.WaitRetry, fmt.Sprintf("%s: %s", e.Code, shorten(e.Text))
	}
}

// backoff is the pause after the nth failed try: 2, 4, 8 … seconds, at most an
// hour, or longer when the other side asked for it.
func backoff(n int, after time.Duration) time.Duration {
	d := maxBackoff
	if n < 12 {
		d = min(time.Second<<n, maxBackoff)
	}
	return max(d, min(after, maxAfter))
}

// fail ends a visit that went wrong for good: by the error port when a
// connector leaves by it, else the token stays for an operator.
func (f *flight) fail(i int, err error) {
	e := asNodeError(err)
	t := f.run.Tokens[i]
	if !f.p.wired(t.Node, nodes.ErrorPort) || f.failing(t.Visit) {
		f.stop(i, e)
		return
	}
	f.spoil(t.Visit, e, nodes.ErrorPort)
	f.output(t, map[string]any{"error": map[string]any{"code": e.Code, "text": shorten(e.Text)}})
	f.run.Tokens[i].Attempt = 0
	f.route(i, []string{nodes.ErrorPort}, false)
}

// failing reports whether the visit is already leaving by its error port, whose
// own connectors could not be evaluated.
func (f *flight) failing(visit int) bool {
	s := f.stepOf(visit)
	return s != nil && s.State == flow.StepFailed && s.Port == nodes.ErrorPort
}

// stop parks the token at its error: the run becomes an incident once the other
// tokens rest.
func (f *flight) stop(i int, e *nodes.Error) {
	f.run.Tokens[i].Failed = true
	f.spoil(f.run.Tokens[i].Visit, e, "")
}

func (f *flight) spoil(visit int, e *nodes.Error, port string) {
	s := f.touch(visit)
	if s == nil {
		return
	}
	now := f.w.Now
	s.State, s.Port, s.Left, s.Error = flow.StepFailed, port, &now, fmt.Sprintf("%s: %s", e.Code, shorten(e.Text))
}

// longError is how many runes of an error's text are kept.
const longError = 1000

func shorten(text string) string {
	if r := []rune(text); len(r) > longError {
		return string(r[:longError]) + "…"
	}
	return text
}
