package runner

import (
	"context"
	"sync"
	"time"

	"millrace.dev/flow"
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

// sweep hints the waiting runs whose time has come and that are not on the desk,
// in the order of their time. It writes nothing.
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
			if err := r.hint(ctx, flow.Run{ID: d.ID, Flow: d.Flow, Rev: d.Rev}, "t"); err != nil {
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
