package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// writers is how many records are created side by side when saturated.
const writers = 64

// steady creates records at a fixed rate and waits for their runs.
func (w *workspace) steady(ctx context.Context, rate, seconds int) (figures, error) {
	n := rate * seconds
	m, err := w.watch(ctx, "s", n)
	if err != nil {
		return figures{}, err
	}
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	var wg sync.WaitGroup
	for i := range n {
		<-tick.C
		wg.Go(func() { m.fail(w.create(ctx, fmt.Sprintf("s-%d", i))) })
	}
	wg.Wait()
	return m.wait(ctx)
}

// saturated creates records as fast as they are taken and waits for their runs.
func (w *workspace) saturated(ctx context.Context, n int) (figures, error) {
	m, err := w.watch(ctx, "f", n)
	if err != nil {
		return figures{}, err
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for i := range next {
				m.fail(w.create(ctx, fmt.Sprintf("f-%d", i)))
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
	return m.wait(ctx)
}

func (w *workspace) create(ctx context.Context, id string) error {
	_, err := w.runner.Write(ctx, store.Write{
		Resource: crm.Lead, ID: id, Op: store.OpCreate, OpKey: "create:" + id, Actor: "bench",
		Change: func(r *crm.Record) error {
			r.Fields = map[string]any{"full_name": "Ana " + id, "email": id + "@example.com", "score": int64(70),
				"company": "Example", "country": "RO", "source": "bench"}
			return nil
		},
	})
	return err
}

// meter follows the runs of one measurement.
type meter struct {
	w      *workspace
	prefix string
	begun  usage
	want   int
	mu     sync.Mutex
	err    error
}

func (w *workspace) watch(_ context.Context, prefix string, want int) (*meter, error) {
	return &meter{w: w, prefix: prefix, begun: now(), want: want}, nil
}

func (m *meter) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = errors.Join(m.err, err)
}

// wait waits until the last run has ended, then reads how long each took from
// the runs themselves: nothing is measured while they move.
func (m *meter) wait(ctx context.Context) (figures, error) {
	if m.err != nil {
		return figures{}, m.err
	}
	before := m.w.finished
	for deadline := time.Now().Add(10 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		counts, err := m.w.store.Runs().Counts(ctx, "reference")
		if err != nil {
			return figures{}, err
		}
		done := 0
		for _, c := range counts {
			if c.State == flow.Done {
				done += c.N
			}
		}
		if done-before >= m.want {
			m.w.finished = done
			break
		}
		if time.Now().After(deadline) {
			return figures{}, fmt.Errorf("only %d of %d runs ended", done-before, m.want)
		}
	}
	f := figures{runs: m.want, took: m.begun.since()}
	return f, m.latencies(ctx, &f)
}

// latencies reads, for every run, the time from the record's change to the
// run's end.
func (m *meter) latencies(ctx context.Context, f *figures) error {
	for after := ""; ; {
		runs, err := m.w.store.Runs().List(ctx, store.RunQuery{Flow: "reference", AfterID: after, Limit: 1000})
		if err != nil {
			return err
		}
		for _, r := range runs {
			if r.Ended != nil && r.Record[:1] == m.prefix {
				f.times = append(f.times, r.Ended.Sub(r.Event.At))
			}
		}
		if len(runs) < 1000 {
			return nil
		}
		after = runs[len(runs)-1].ID
	}
}
