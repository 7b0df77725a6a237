package bus

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Task is a hint: look at this run.
type Task struct {
	Flow, Run string
	// Tries is how often the hint was delivered, from 1; 0 when publishing.
	Tries int
}

// PublishTask queues a hint for the life of this process and returns once the queue has taken it. The same
// id within half a minute is dropped; make ids of run and revision.
func (b *Bus) PublishTask(ctx context.Context, t Task, id string) error {
	if !safeToken(t.Flow) || !safeToken(t.Run) {
		return fmt.Errorf("queuing run %q of flow %q: not ids", t.Run, t.Flow)
	}
	_, err := b.js.Publish(ctx, b.taskSubject(t), nil, jetstream.WithMsgID(id))
	if err != nil {
		return fmt.Errorf("queuing run %s: %w", t.Run, err)
	}
	return nil
}

// ConsumeTasks lets workers handle tasks side by side, fair by flow. A task is
// done when handle returns nil; after an error it is handled again, in place,
// with growing pauses.
func (b *Bus) ConsumeTasks(ctx context.Context, workers int, handle func(context.Context, Task) error) (*Consumption, error) {
	c := b.newConsumption(ctx)
	c.feed = newFeed()
	for range workers {
		c.active.Add(1)
		go func() {
			defer c.active.Done()
			for {
				msg, ok := c.feed.take()
				if !ok {
					return
				}
				c.task(msg, handle)
			}
		}()
	}
	for lane := range Lanes {
		consumer, err := b.laneConsumer(ctx, lane)
		if err != nil {
			c.Stop(ctx)
			return nil, fmt.Errorf("consuming lane %d: %w", lane, err)
		}
		consuming, err := consumer.Consume(func(msg jetstream.Msg) {
			b.keep.add(msg)
			if !c.feed.put(parseTask(msg.Subject()).Flow, msg) {
				c.end(msg, false)
			}
		}, jetstream.PullMaxMessages(512))
		if err != nil {
			c.Stop(ctx)
			return nil, fmt.Errorf("consuming lane %d: %w", lane, err)
		}
		c.pulls = append(c.pulls, consuming)
	}
	return c, nil
}

func (c *Consumption) task(msg jetstream.Msg, handle func(context.Context, Task) error) {
	t := parseTask(msg.Subject())
	if meta, err := msg.Metadata(); err == nil {
		t.Tries = int(meta.NumDelivered)
	}
	c.end(msg, c.insist(func() error { return handle(c.ctx, t) }))
}
