package runner

import (
	"context"
	"fmt"
	"sync"
	"time"

	"millrace.dev/bus"
)

// sweeps is where the sweeper is in the list of due runs.
type sweeps struct {
	mu   sync.Mutex
	wake time.Time
	id   string
}

// Bounds of one sweep: the next one goes on where it stopped.
const (
	sweepPage  = 500
	sweepPages = 4
)

// sweep hints the waiting runs whose time has come, in the order of their time.
// It writes nothing.
func (r *Runner) sweep(ctx context.Context) error {
	r.sweeps.mu.Lock()
	defer r.sweeps.mu.Unlock()
	now := r.clock.Now()
	for range sweepPages {
		due, err := r.store.Runs().Due(ctx, now, r.sweeps.wake, r.sweeps.id, sweepPage)
		if err != nil {
			return err
		}
		for _, d := range due {
			if r.paused(d.Flow) || r.desk.has(d.Flow, d.ID) || !r.desk.enter(d.Flow, d.ID) {
				continue
			}
			id := fmt.Sprintf("%s:%d:t%d", d.ID, d.Rev, time.Now().Unix()/5)
			if err := r.bus.PublishTask(ctx, bus.Task{Flow: d.Flow, Run: d.ID}, id); err != nil {
				r.desk.drop(d.Flow, d.ID)
				return err
			}
		}
		if len(due) < sweepPage {
			r.sweeps.wake, r.sweeps.id = time.Time{}, ""
			return nil
		}
		r.sweeps.wake, r.sweeps.id = due[len(due)-1].Wake, due[len(due)-1].ID
	}
	return nil
}
