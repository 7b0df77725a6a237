package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/nats-io/nats.go/jetstream"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// Logged is an event with its place in the log.
type Logged struct {
	Event crm.Event
	Seq   uint64
	// Gen is the log's generation.
	Gen string
	// Tries is how often the event was handed out, from 1.
	Tries int
}

// Position is the event's place in the form waits remember.
func (l Logged) Position() flow.Position {
	return flow.Position{Gen: l.Gen, Seq: l.Seq, Rev: l.Event.Rev, At: l.Event.At}
}

// PublishEvent appends an event to the log and returns its sequence once the log
// has taken it. The same event id within two minutes is one event: the first
// one's sequence is returned.
func (b *Bus) PublishEvent(ctx context.Context, ev crm.Event) (uint64, error) {
	data, err := json.Marshal(ev)
	if err != nil {
		return 0, fmt.Errorf("encoding event %s: %w", ev.ID, err)
	}
	ack, err := b.js.Publish(ctx, b.eventSubject(ev.Resource, ev.Record, ev.Type), data, jetstream.WithMsgID(ev.ID))
	if err != nil {
		return 0, fmt.Errorf("logging event %s: %w", ev.ID, err)
	}
	b.saw(ack.Sequence)
	return ack.Sequence, nil
}

// LastLogged is the newest event of ev's type about ev's record in the log; ok is
// false when there is none.
func (b *Bus) LastLogged(ctx context.Context, ev crm.Event) (l Logged, ok bool, err error) {
	msg, err := b.events.GetLastMsgForSubject(ctx, b.eventSubject(ev.Resource, ev.Record, ev.Type))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return l, false, nil
	}
	if err != nil {
		return l, false, fmt.Errorf("looking up %s of %s: %w", ev.Type, ev.Record, err)
	}
	l = Logged{Seq: msg.Sequence, Gen: b.gen, Tries: 1}
	if json.Unmarshal(msg.Data, &l.Event) != nil {
		return l, false, nil // unreadable events are passed over everywhere
	}
	return l, l.Event.Record == ev.Record && l.Event.Resource == ev.Resource && l.Event.Type == ev.Type, nil
}

// LookBack yields the events of one type about one record that were logged
// after the sequence, oldest first, up to the log's end.
func (b *Bus) LookBack(ctx context.Context, after uint64, r crm.Resource, id, typ string) iter.Seq2[Logged, error] {
	subject := b.eventSubject(r, id, typ)
	return func(yield func(Logged, error) bool) {
		for seq := after + 1; ; {
			msg, err := b.events.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(subject))
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				return
			}
			if err != nil {
				yield(Logged{}, fmt.Errorf("looking back for %s of %s: %w", typ, id, err))
				return
			}
			seq = msg.Sequence + 1
			l := Logged{Seq: msg.Sequence, Gen: b.gen, Tries: 1}
			if err := json.Unmarshal(msg.Data, &l.Event); err != nil {
				b.log.Error("bus: skipping an unreadable event", "seq", msg.Sequence, "err", err)
				continue
			}
			if l.Event.Record != id || l.Event.Resource != r || l.Event.Type != typ {
				continue // another one with the same token
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// ConsumeEvents calls handle for every event: strictly in order within a
// partition, the partitions side by side. An event is done when handle returns
// nil; after an error it is handed out again, in place, with growing pauses. The
// event's JSON is decoded afresh for each delivery.
func (b *Bus) ConsumeEvents(ctx context.Context, handle func(context.Context, Logged) error) (*Consumption, error) {
	c := b.newConsumption(ctx)
	for p := range Partitions {
		consumer, err := b.partitionConsumer(ctx, p)
		if err != nil {
			c.Stop(ctx)
			return nil, fmt.Errorf("consuming partition %d: %w", p, err)
		}
		consuming, err := consumer.Consume(func(msg jetstream.Msg) { c.event(msg, handle) }, jetstream.PullMaxMessages(2))
		if err != nil {
			c.Stop(ctx)
			return nil, fmt.Errorf("consuming partition %d: %w", p, err)
		}
		c.pulls = append(c.pulls, consuming)
	}
	return c, nil
}

func (c *Consumption) event(msg jetstream.Msg, handle func(context.Context, Logged) error) {
	if !c.begin() {
		c.end(msg, false)
		return
	}
	defer c.active.Done()
	meta, err := msg.Metadata()
	if err != nil {
		c.bus.log.Error("bus: event without metadata", "err", err)
		return
	}
	l := Logged{Seq: meta.Sequence.Stream, Gen: c.bus.gen, Tries: int(meta.NumDelivered)}
	if err := json.Unmarshal(msg.Data(), &l.Event); err != nil {
		c.bus.log.Error("bus: dropping an unreadable event", "seq", l.Seq, "err", err)
		c.end(msg, true)
		return
	}
	c.bus.saw(l.Seq)
	c.bus.keep.add(msg)
	c.end(msg, c.insist(func() error {
		err := handle(c.ctx, l)
		l.Tries++
		return err
	}))
}
