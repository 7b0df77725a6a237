package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"millrace.dev/bus"
	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// relay carries events from the records' outboxes to the event log, in order,
// and trims the outboxes behind it. What it remembers is only what it has
// already done; a new process does it again and the log drops the repeats.
type relay struct {
	records store.Records
	bus     *bus.Bus
	shards  [relayShards]shard
	keep    time.Duration
	behind  bool // there are outboxes that were never read
	// repeats is the sequence up to which the log may hold events again that
	// were matched before: those that this process relayed for another.
	repeats atomic.Uint64
}

const relayShards = 64

type shard struct {
	mu    sync.Mutex
	boxes map[recordID]*box
}

type recordID struct {
	resource crm.Resource
	id       string
}

// box is what was relayed of one record.
type box struct {
	mu   sync.Mutex // held while relaying: later revisions never overtake
	last int64      // revision relayed last
	log  []logged
	gone bool // forgotten: another box stands for the record
}

type logged struct {
	rev int64
	seq uint64
	at  time.Time
}

func newRelay(records store.Records, b *bus.Bus) *relay {
	r := &relay{records: records, bus: b, keep: keepRelayed}
	for i := range r.shards {
		r.shards[i].boxes = map[recordID]*box{}
	}
	return r
}

func (r *relay) box(res crm.Resource, id string) *box {
	s := &r.shards[bus.PartitionOf(res, id)%relayShards]
	key := recordID{res, id}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.boxes[key]
	if b == nil {
		b = &box{}
		s.boxes[key] = b
	}
	return b
}

// open is a record's box, locked.
func (r *relay) open(res crm.Resource, id string) *box {
	for {
		b := r.box(res, id)
		b.mu.Lock()
		if !b.gone {
			return b
		}
		b.mu.Unlock()
	}
}

// send logs a record's pending events that were not logged yet, in order. In
// doubt, which is when another process may have logged them, the log is asked:
// it forgets ids after a while, and an event that comes again would end waits
// that began after it.
func (r *relay) send(ctx context.Context, res crm.Resource, id string, pending []crm.Event, doubt bool) error {
	if len(pending) == 0 {
		return nil
	}
	b := r.open(res, id)
	defer b.mu.Unlock()
	doubt = doubt && b.last == 0
	for _, ev := range pending {
		if ev.Rev <= b.last {
			continue
		}
		seq, err := r.place(ctx, ev, doubt)
		if err != nil {
			return err
		}
		b.last = ev.Rev
		b.log = append(b.log, logged{rev: ev.Rev, seq: seq, at: time.Now()})
	}
	return nil
}

// place logs an event, in doubt only if it is not there, and returns a sequence
// that it does not stand behind.
func (r *relay) place(ctx context.Context, ev crm.Event, doubt bool) (uint64, error) {
	if doubt {
		last, there, err := r.bus.LastLogged(ctx, ev)
		if err != nil {
			return 0, err
		}
		// The log is in the order of revisions, so long as the record lives; one
		// that was made again under the same id is younger.
		if there && last.Event.Rev >= ev.Rev && !last.Event.At.Before(ev.At) {
			return last.Seq, nil
		}
	}
	return r.bus.PublishEvent(ctx, ev)
}

// ease trims what was matched of a record whose outbox is full, without waiting
// for its time.
func (r *relay) ease(ctx context.Context, res crm.Resource, id string) error {
	floors, err := r.bus.Matched(ctx)
	if err != nil {
		return err
	}
	return r.trimBox(ctx, recordID{res, id}, floors, time.Now())
}

// trim trims every outbox up to what was matched and has been kept long enough.
func (r *relay) trim(ctx context.Context) error {
	if r.empty() {
		return nil
	}
	floors, err := r.bus.Matched(ctx)
	if err != nil {
		return err
	}
	return r.trimAll(ctx, floors, time.Now().Add(-r.keep))
}

func (r *relay) empty() bool {
	for i := range r.shards {
		if len(r.shards[i].ids()) > 0 {
			return false
		}
	}
	return true
}

func (r *relay) trimAll(ctx context.Context, floors [bus.Partitions]uint64, before time.Time) error {
	var errs []error
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range r.shards {
		wg.Go(func() {
			for _, id := range r.shards[i].ids() {
				if err := r.trimBox(ctx, id, floors, before); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (s *shard) ids() []recordID {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]recordID, 0, len(s.boxes))
	for id := range s.boxes {
		ids = append(ids, id)
	}
	return ids
}

// trimBox trims one outbox up to the events logged before a moment and matched,
// and forgets a box that is empty then.
func (r *relay) trimBox(ctx context.Context, id recordID, floors [bus.Partitions]uint64, before time.Time) error {
	floor := floors[bus.PartitionOf(id.resource, id.id)]
	b := r.open(id.resource, id.id)
	defer b.mu.Unlock()
	n := 0
	for n < len(b.log) && b.log[n].seq <= floor && b.log[n].at.Before(before) {
		n++
	}
	if n > 0 {
		if err := r.records.Trim(ctx, id.resource, id.id, b.log[n-1].rev); err != nil {
			return fmt.Errorf("trimming the outbox of %s %s: %w", id.resource, id.id, err)
		}
		b.log = b.log[n:]
	}
	if len(b.log) == 0 {
		s := &r.shards[bus.PartitionOf(id.resource, id.id)%relayShards]
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.boxes, id)
		b.gone = true
	}
	return nil
}

// recover relays the eldest outboxes: what the last process did not relay, and
// what a bus that lost its disk has forgotten. It reports in behind whether there
// are more, which catchUp relays.
func (r *relay) recover(ctx context.Context) error {
	n, err := r.scan(ctx, always())
	r.behind = n == scanPage
	r.bound()
	return err
}

func (r *relay) bound() {
	if r.behind {
		r.repeats.Store(math.MaxUint64)
		return
	}
	r.repeats.Store(r.bus.LastSeq())
}

// catchUp relays the outboxes that recover left. Only the eldest can be read, so
// what was matched is trimmed at once to get at the others.
func (r *relay) catchUp(ctx context.Context, log *slog.Logger) {
	for r.behind && ctx.Err() == nil {
		floors, err := r.bus.Matched(ctx)
		if err == nil {
			err = r.trimAll(ctx, floors, time.Now())
		}
		n := scanPage
		if err == nil {
			n, err = r.scan(ctx, always())
		}
		r.behind = n == scanPage
		r.bound()
		if err != nil && ctx.Err() == nil {
			log.Warn("relaying old events: trying again", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// always is later than any event, also on a clock that runs fast.
func always() time.Time { return time.Now().AddDate(100, 0, 0) }

// scanPage is how many outboxes are read at once.
const scanPage = 1000

// scan relays the outboxes whose oldest event is older than before, and tells how
// many there were.
func (r *relay) scan(ctx context.Context, before time.Time) (int, error) {
	boxes, err := r.records.Unrelayed(ctx, before, scanPage)
	if err != nil {
		return 0, fmt.Errorf("reading outboxes: %w", err)
	}
	for _, box := range boxes {
		if err := r.send(ctx, box.Resource, box.ID, box.Events, true); err != nil {
			return 0, err
		}
	}
	return len(boxes), nil
}

// Times of a writer whose record's outbox is full.
const (
	fullFor   = 10 * time.Second
	fullPause = 10 * time.Millisecond
)

// Write applies one record write and logs its events. When the log cannot take
// them the write stands all the same: the reconciler relays them later. A
// record whose events are not matched fast enough makes its writer wait.
func (r *Runner) Write(ctx context.Context, w store.Write) (store.Written, error) {
	if w.At.IsZero() && (w.Event == nil || w.Event.At.IsZero()) {
		w.At = r.clock.Now()
	}
	done, err := r.store.Records().Write(ctx, w)
	for deadline := time.Now().Add(fullFor); flow.CodeOf(err) == flow.CodeUnavailable && time.Now().Before(deadline); {
		if r.store.Ping(ctx) != nil || r.relay.ease(ctx, w.Resource, w.ID) != nil {
			return done, err // it is not the outbox: the store or the bus is down
		}
		select {
		case <-ctx.Done():
			return done, err
		case <-time.After(fullPause):
		}
		done, err = r.store.Records().Write(ctx, w)
	}
	if err != nil {
		return done, err
	}
	if err := r.relay.send(context.WithoutCancel(ctx), w.Resource, w.ID, done.Pending, done.Already || len(done.Pending) > 1); err != nil {
		r.log.Warn("relaying events: later", "resource", w.Resource, "record", w.ID, "err", err)
	}
	return done, nil
}
