package runner

import (
	"context"
	"fmt"
	"sync"
	"time"

	"millrace.dev/bus"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// desk knows which ready runs are under way in this process, by flow, so that no
// flow takes more than its quota and nothing is queued twice.
type desk struct {
	mu    sync.Mutex
	quota int
	flows map[string]*tray
}

// tray is one flow's place on the desk.
type tray struct {
	out map[string]time.Time // run → since when
	// queued is more than zero when the store may hold queued runs of the flow.
	queued  int
	pumping bool
	after   string // cursor of the pump
}

func newDesk(quota int) *desk { return &desk{quota: quota, flows: map[string]*tray{}} }

func (d *desk) tray(flowID string) *tray {
	t := d.flows[flowID]
	if t == nil {
		t = &tray{out: map[string]time.Time{}}
		d.flows[flowID] = t
	}
	return t
}

// enter puts a run on the desk; false when its flow has its fill. A run that is
// there already may stay.
func (d *desk) enter(flowID, run string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tray(flowID)
	if _, there := t.out[run]; !there && len(t.out) >= d.quota {
		return false
	}
	t.out[run] = time.Now()
	return true
}

// force puts a run on the desk that is inside already, over the quota or not.
func (d *desk) force(flowID, run string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tray(flowID).out[run] = time.Now()
}

// lostAfter is when a run on the desk is taken for lost: its hint is gone.
const lostAfter = 2 * time.Minute

// has reports whether the run is on the desk and not lost.
func (d *desk) has(flowID, run string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	since, there := d.tray(flowID).out[run]
	return there && time.Since(since) < lostAfter
}

// queue notes that the store holds queued runs of the flow.
func (d *desk) queue(flowID string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tray(flowID).queued++
}

// leave takes a run off the desk. pump is true when it is time to fill up the
// flow's place from its queue; the caller must do it then.
func (d *desk) leave(flowID, run string) (pump bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.tray(flowID)
	delete(t.out, run)
	return d.begin(t)
}

// drop takes a run off the desk that was put there in vain.
func (d *desk) drop(flowID, run string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.tray(flowID).out, run)
}

// begin decides whether to pump, with mu held: when half of the place is free.
func (d *desk) begin(t *tray) bool {
	if t.queued == 0 || t.pumping || len(t.out) > d.quota/2 {
		return false
	}
	t.pumping = true
	return true
}

// pump asks for a pump out of turn.
func (d *desk) pump(flowID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.begin(d.tray(flowID))
}

// pump fills up a flow's place from its queue. Queued runs stay queued in the
// store until an activation moves them.
func (r *Runner) pump(ctx context.Context, flowID string) error {
	d := r.desk
	d.mu.Lock()
	t := d.tray(flowID)
	if r.paused(flowID) {
		t.pumping = false // resuming pumps
		d.mu.Unlock()
		return nil
	}
	t.queued = 0
	after, free := t.after, d.quota-len(t.out)
	d.mu.Unlock()

	runs, err := r.store.Runs().List(ctx, store.RunQuery{Flow: flowID, States: []flow.RunState{flow.Queued}, AfterID: after, Limit: max(free, 1)})
	more := err != nil || len(runs) > 0 || after != ""
	last := ""
	for _, run := range runs {
		if r.desk.has(flowID, run.ID) {
			last = run.ID
			continue
		}
		if !d.enter(flowID, run.ID) {
			break
		}
		last = run.ID
		if err = r.hint(ctx, run, "q"); err != nil {
			d.drop(flowID, run.ID)
			break
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	t.pumping = false
	t.after = last // "" starts over
	if more {
		t.queued++
	}
	if err != nil {
		return fmt.Errorf("pumping flow %s: %w", flowID, err)
	}
	return nil
}

// left takes a run off the desk and pumps when there is place.
func (r *Runner) left(ctx context.Context, flowID, run string) {
	if r.desk.leave(flowID, run) {
		if err := r.pump(ctx, flowID); err != nil {
			r.log.Warn("pumping", "err", err)
		}
	}
}

// hint queues a task for the run. A fresh mark makes it a new hint even if the
// same revision was hinted a moment ago.
func (r *Runner) hint(ctx context.Context, run flow.Run, fresh string) error {
	id := fmt.Sprintf("%s:%d", run.ID, run.Rev)
	if fresh != "" {
		id = fmt.Sprintf("%s:%s%d", id, fresh, time.Now().UnixMilli())
	}
	return r.bus.PublishTask(ctx, bus.Task{Flow: run.Flow, Run: run.ID}, id)
}

// hintIfReady hints a run that is to be moved on.
func (r *Runner) hintIfReady(ctx context.Context, runID string) error {
	run, err := r.store.Runs().Load(ctx, runID)
	if isNotFound(err) {
		return nil
	}
	if err != nil || run.State != flow.Ready {
		return err
	}
	r.desk.force(run.Flow, run.ID)
	return r.hint(ctx, run, "r")
}
