package runner

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// loops counts starts roughly, in a fixed amount of memory: every pair of flow
// and record falls into a bucket with others. A bucket below the limit proves
// that each of its pairs is; above it the runs themselves are counted. It
// forgets at a restart, which lets a loop go round one limit more.
type loops struct {
	mu    sync.Mutex
	seed  maphash.Seed
	now   []uint16 // starts of the current window
	past  []uint16 // and of the one before
	since time.Time
}

const loopBuckets = 1 << 17

func newLoops() *loops {
	return &loops{seed: maphash.MakeSeed(), now: make([]uint16, loopBuckets), past: make([]uint16, loopBuckets)}
}

func (l *loops) bucket(flowID, record string) int {
	return int(maphash.String(l.seed, flowID+"|"+record) % loopBuckets)
}

// turn moves on to the current window.
func (l *loops) turn(at time.Time) {
	switch age := at.Sub(l.since); {
	case age < flow.StartsWindow:
		return
	case age < 2*flow.StartsWindow:
		l.past, l.now = l.now, l.past
	default:
		clear(l.past)
	}
	clear(l.now)
	l.since = at
}

func (l *loops) add(flowID, record string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(at)
	if i := l.bucket(flowID, record); l.now[i] < 1<<15 {
		l.now[i]++
	}
}

// few reports that the pair has certainly not reached the limit.
func (l *loops) few(flowID, record string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(at)
	i := l.bucket(flowID, record)
	return int(l.now[i])+int(l.past[i]) < flow.MaxStarts
}

// startsOf counts the flow's starts on the record within flow.StartsWindow, as
// far as it matters. A store that cannot tell does not stop the flow.
func (r *Runner) startsOf(ctx context.Context, p *engine.Plan, e flow.Enrollment) int {
	if !e.OK || r.loops.few(e.Flow, e.Record, e.At) {
		return 0
	}
	runs, err := r.store.Runs().List(ctx, store.RunQuery{Flow: p.Flow(), Record: e.Record, Down: true, Limit: flow.MaxStarts})
	if err != nil {
		r.log.Warn("counting starts", "flow", e.Flow, "record", e.Record, "err", err)
		return 0
	}
	n := 0
	for _, run := range runs {
		if e.At.Sub(run.Started) < flow.StartsWindow {
			n++
		}
	}
	return n
}
