package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Fixed numbers of the layout, the same in every deployment; changing one means
// draining the bus first.
const (
	// Partitions is how many ways the event log is split. One record's events are
	// always in the same one, in order.
	Partitions = 32
	// Lanes is how many ways the task queue is split by flow. Within a process
	// the feed is fair by flow anyway (feed.go), so a few lanes suffice.
	Lanes = 4
	// proto is the version of what tasks mean; a new one gets lanes of its own.
	proto = 1

	eventsAge = 7 * 24 * time.Hour
	// The log's size is bounded so that it fits small machines: on disk it holds
	// some million events, in memory some hundred thousand.
	eventsBytes       = 2 << 30
	eventsMemoryBytes = 256 << 20
	// What the server may use in all; told, so that it does not guess by what is
	// free at its start and refuse the streams.
	diskBytes    = 4 << 30
	memoryBytes  = 1 << 30
	tasksMax     = 200_000
	dedupeEvents = 2 * time.Minute
	// dedupeTasks is shorter: a repeated hint costs one read.
	dedupeTasks = 30 * time.Second
	ackWait     = 15 * time.Second
	// lanePending is how many tasks of a lane may be in this process at once. It
	// is above the quota of a flow, so one busy flow cannot fill it.
	lanePending = 4096
)

func (b *Bus) evtName() string { return "MR_EVT" }
func (b *Bus) runName() string { return "MR_RUN" }

// createStreams makes the two streams and their consumers, or brings existing
// ones up to this configuration.
func (b *Bus) createStreams(ctx context.Context, storage jetstream.StorageType, dedupe time.Duration) error {
	if dedupe == 0 {
		dedupe = dedupeEvents
	}
	size := int64(eventsBytes)
	if storage == jetstream.MemoryStorage {
		size = eventsMemoryBytes
	}
	events, err := b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: b.evtName(), Subjects: []string{b.prefix + ".evt.>"}, Storage: storage,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
		MaxAge: eventsAge, MaxBytes: size, Duplicates: dedupe, AllowDirect: true,
	})
	if err != nil {
		return fmt.Errorf("creating the event log: %w", err)
	}
	// The queue of an embedded bus lives as long as its process: at its start the
	// runner hints every ready run anyway, and old hints would only be in the way.
	_, err = b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: b.runName(), Subjects: []string{b.prefix + ".run.>"}, Storage: jetstream.MemoryStorage,
		Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew,
		MaxMsgs: tasksMax, Duplicates: dedupeTasks,
	})
	if err != nil {
		return fmt.Errorf("creating the task queue: %w", err)
	}
	state := events.CachedInfo()
	b.events, b.gen = events, generation(state.Created)
	b.saw(state.State.LastSeq)
	return nil
}

// partitionConsumer is the durable consumer of one partition. MaxAckPending 1
// is what keeps the order, also after a crash. What a process that died left
// unacknowledged is handed out again at once: nobody else consumes an embedded
// bus, so there is nothing to wait for.
func (b *Bus) partitionConsumer(ctx context.Context, p int) (jetstream.Consumer, error) {
	name := fmt.Sprintf("match-%02d", p)
	c, err := b.js.CreateOrUpdateConsumer(ctx, b.evtName(), jetstream.ConsumerConfig{
		Durable: name, FilterSubject: fmt.Sprintf("%s.evt.%d.>", b.prefix, p),
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxAckPending: 1, MaxDeliver: -1,
	})
	if err != nil || c.CachedInfo().NumAckPending == 0 {
		return c, err
	}
	if _, err := b.events.ResetConsumer(ctx, name); err != nil {
		return nil, fmt.Errorf("resetting %s: %w", name, err)
	}
	return c, nil
}

func (b *Bus) laneConsumer(ctx context.Context, lane int) (jetstream.Consumer, error) {
	return b.js.CreateOrUpdateConsumer(ctx, b.runName(), jetstream.ConsumerConfig{
		Durable: fmt.Sprintf("lane-v%d-%02d", proto, lane), FilterSubject: fmt.Sprintf("%s.run.v%d.%d.>", b.prefix, proto, lane),
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxAckPending: lanePending, MaxDeliver: -1,
	})
}

// Matched tells, by partition, the sequence up to which every event was handled.
func (b *Bus) Matched(ctx context.Context) ([Partitions]uint64, error) {
	var floors [Partitions]uint64
	for p := range floors {
		c, err := b.js.Consumer(ctx, b.evtName(), fmt.Sprintf("match-%02d", p))
		if err != nil {
			return floors, fmt.Errorf("asking partition %d how far it is: %w", p, err)
		}
		state := c.CachedInfo()
		floors[p] = state.AckFloor.Stream
		if state.NumPending == 0 && state.NumAckPending == 0 {
			// Nothing is left for this partition: all the log so far is behind it.
			floors[p] = max(floors[p], state.Delivered.Stream)
		}
	}
	return floors, nil
}
