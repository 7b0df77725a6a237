package sqlite

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"millrace.dev/flow"
)

// maxGroup is how many writes one transaction takes at most.
const maxGroup = 256

// writer commits writes in groups: while one group is being committed the next
// one gathers, so the cost of a commit is shared by all who wait for it.
type writer struct {
	conn  *conn
	queue chan *job
	mu    sync.RWMutex // held for reading while a job is being queued
	shut  bool
	ended chan struct{}
}

// job is one queued write. do may be called twice: again alone, when the group
// it was in failed.
type job struct {
	do      func(*batch) error
	done    chan error
	claimed atomic.Bool // by the writer, or by a caller who gives up
}

// batch is the transaction that a job writes in.
type batch struct {
	*conn
	// moves gathers how the numbers of runs change, by flow, version and state.
	moves map[countKey]int64
}

func newWriter(c *conn) *writer {
	w := &writer{conn: c, queue: make(chan *job, maxGroup), ended: make(chan struct{})}
	go w.run()
	return w
}

// do queues a write and waits until it is committed. When ctx ends first, the
// write was not begun and will not happen.
func (w *writer) do(ctx context.Context, do func(*batch) error) error {
	j := &job{do: do, done: make(chan error, 1)}
	if err := w.enqueue(ctx, j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
	}
	if j.claimed.CompareAndSwap(false, true) {
		return ctx.Err()
	}
	return <-j.done
}

func (w *writer) enqueue(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.shut {
		return errClosed()
	}
	select {
	case w.queue <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func errClosed() error { return flow.Errorf(flow.CodeUnavailable, "the store is closed") }

// close commits what is queued and ends the writer.
func (w *writer) close() {
	w.mu.Lock()
	if !w.shut {
		w.shut = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.ended
}

func (w *writer) run() {
	defer close(w.ended)
	group := make([]*job, 0, maxGroup)
	for j := range w.queue {
		group = take(group[:0], j)
	gather:
		for len(group) < maxGroup {
			select {
			case j, open := <-w.queue:
				if !open {
					break gather
				}
				group = take(group, j)
			default:
				break gather
			}
		}
		w.commit(group)
	}
}

// take adds the job to the group unless its caller gave up.
func take(group []*job, j *job) []*job {
	if j.claimed.CompareAndSwap(false, true) {
		return append(group, j)
	}
	return group
}

// commit runs the group in one transaction. If anything in it fails, it is
// rolled back and each job gets a transaction of its own, so that a failure is
// only ever its owner's.
func (w *writer) commit(group []*job) {
	if len(group) == 0 {
		return
	}
	err := w.transact(group)
	if err == nil || len(group) == 1 {
		for _, j := range group {
			j.done <- err
		}
		return
	}
	for _, j := range group {
		j.done <- w.transact([]*job{j})
	}
}

func (w *writer) transact(group []*job) error {
	if _, err := w.conn.exec("BEGIN IMMEDIATE"); err != nil {
		return explain("beginning to write", err)
	}
	b := &batch{conn: w.conn}
	err := b.run(group)
	if err == nil {
		_, err = w.conn.exec("COMMIT")
	}
	if err != nil {
		_ = w.conn.script("ROLLBACK") // fails when SQLite has rolled back already
		return explain("writing", err)
	}
	return nil
}

func (b *batch) run(group []*job) error {
	for _, j := range group {
		if err := b.guarded(j); err != nil {
			return err
		}
	}
	return b.flush()
}

func (b *batch) guarded(j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("writing: panic: %v", p)
		}
	}()
	return j.do(b)
}
