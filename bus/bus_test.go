package bus

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
)

func open(t *testing.T, cfg Config) *Bus {
	t.Helper()
	b, err := Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b
}

func event(id, record string, rev int64) crm.Event {
	return crm.Event{ID: id, Type: "deal.updated", Resource: crm.Deal, Record: record, Rev: rev}
}

func TestEventsOfOneRecordComeInOrder(t *testing.T) {
	b := open(t, Config{})
	var mu sync.Mutex
	got := map[string][]int64{}
	done := make(chan struct{})
	n := 0
	c, err := b.ConsumeEvents(t.Context(), func(_ context.Context, l Logged) error {
		mu.Lock()
		defer mu.Unlock()
		got[l.Event.Record] = append(got[l.Event.Record], l.Event.Rev)
		if n++; n == 20*25 {
			close(done)
		}
		return nil
	})
	require.NoError(t, err)
	var publishers sync.WaitGroup
	for i := range 20 {
		publishers.Go(func() {
			for rev := range int64(25) {
				record := fmt.Sprint("D-", i)
				_, err := b.PublishEvent(t.Context(), event(fmt.Sprint(record, ":", rev), record, rev))
				require.NoError(t, err)
			}
		})
	}
	publishers.Wait()
	<-done
	c.Stop(t.Context())
	for _, revs := range got {
		require.IsIncreasing(t, revs)
		require.Len(t, revs, 25)
	}
}

func TestAnEventIdIsLoggedOnce(t *testing.T) {
	b := open(t, Config{})
	first, err := b.PublishEvent(t.Context(), event("e1", "D-1", 1))
	require.NoError(t, err)
	again, err := b.PublishEvent(t.Context(), event("e1", "D-1", 1))
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, first, b.LastSeq())
}

func TestAFailedEventIsHandedOutAgainBeforeTheNext(t *testing.T) {
	b := open(t, Config{})
	var got []string
	done := make(chan struct{})
	c, err := b.ConsumeEvents(t.Context(), func(_ context.Context, l Logged) error {
		got = append(got, l.Event.ID)
		if len(got) == 1 {
			return fmt.Errorf("the store is down")
		}
		if l.Event.ID == "e2" {
			close(done)
		}
		return nil
	})
	require.NoError(t, err)
	for _, id := range []string{"e1", "e2"} {
		_, err := b.PublishEvent(t.Context(), event(id, "D-1", 1))
		require.NoError(t, err)
	}
	<-done
	c.Stop(t.Context())
	require.Equal(t, []string{"e1", "e1", "e2"}, got)
}

func TestLookBackFindsOnlyLaterEventsOfThatTypeAndRecord(t *testing.T) {
	b := open(t, Config{})
	var seqs []uint64
	for i, record := range []string{"D-1", "D-2", "D-1", "D 3/ä.*"} {
		seq, err := b.PublishEvent(t.Context(), event(fmt.Sprint("e", i), record, int64(i)))
		require.NoError(t, err)
		seqs = append(seqs, seq)
	}
	ids := func(after uint64, record, typ string) (ids []string) {
		for l, err := range b.LookBack(t.Context(), after, crm.Deal, record, typ) {
			require.NoError(t, err)
			ids = append(ids, l.Event.ID)
		}
		return ids
	}
	require.Equal(t, []string{"e0", "e2"}, ids(0, "D-1", "deal.updated"))
	require.Equal(t, []string{"e2"}, ids(seqs[0], "D-1", "deal.updated"))
	require.Equal(t, []string{"e3"}, ids(0, "D 3/ä.*", "deal.updated"))
	require.Empty(t, ids(0, "D-1", "deal.deleted"))
	require.Empty(t, ids(seqs[2], "D-1", "deal.updated"))
}

func TestTasksAreFairByFlow(t *testing.T) {
	b := open(t, Config{})
	for i := range 200 {
		require.NoError(t, b.PublishTask(t.Context(), Task{Flow: "noisy", Run: fmt.Sprint("r", i)}, fmt.Sprint("r", i)))
	}
	gate := make(chan struct{})
	var order []string
	done := make(chan struct{})
	c, err := b.ConsumeTasks(t.Context(), 1, func(_ context.Context, task Task) error {
		<-gate
		order = append(order, task.Flow)
		if task.Flow == "quiet" {
			close(done)
		}
		return nil
	})
	require.NoError(t, err)
	queued := func(flows int) func() bool {
		return func() bool {
			c.feed.mu.Lock()
			defer c.feed.mu.Unlock()
			return len(c.feed.queues) == flows && len(c.feed.queues["noisy"]) == 199
		}
	}
	require.Eventually(t, queued(1), 10*time.Second, time.Millisecond)
	require.NoError(t, b.PublishTask(t.Context(), Task{Flow: "quiet", Run: "q"}, "q"))
	require.Eventually(t, queued(2), 10*time.Second, time.Millisecond)
	close(gate)
	<-done
	c.Stop(t.Context())
	require.LessOrEqual(t, slices.Index(order, "quiet"), 2, "the quiet flow's turn comes next")
}

func TestAStoppedConsumerGivesTasksBack(t *testing.T) {
	b := open(t, Config{Dir: t.TempDir()})
	for i := range 10 {
		require.NoError(t, b.PublishTask(t.Context(), Task{Flow: "f", Run: fmt.Sprint("r", i)}, fmt.Sprint("r", i)))
	}
	var mu sync.Mutex
	seen := map[string]int{}
	began, gate := make(chan struct{}, 10), make(chan struct{})
	c, err := b.ConsumeTasks(t.Context(), 1, func(_ context.Context, task Task) error {
		began <- struct{}{}
		<-gate
		mu.Lock()
		defer mu.Unlock()
		seen[task.Run]++
		return nil
	})
	require.NoError(t, err)
	<-began
	close(gate)
	c.Stop(t.Context())
	all := make(chan struct{})
	if len(seen) == 10 {
		close(all)
	}
	c, err = b.ConsumeTasks(t.Context(), 4, func(_ context.Context, task Task) error {
		mu.Lock()
		defer mu.Unlock()
		if seen[task.Run]++; len(seen) == 10 {
			close(all)
		}
		return nil
	})
	require.NoError(t, err)
	<-all
	c.Stop(t.Context())
	for run, n := range seen {
		require.Equal(t, 1, n, run)
	}
}

func TestTheLogSurvivesAndALostLogHasAnotherGeneration(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bus")
	b := open(t, Config{Dir: dir})
	gen := b.Generation()
	seq, err := b.PublishEvent(t.Context(), event("e1", "D-1", 1))
	require.NoError(t, err)
	require.NoError(t, b.Close())

	b = open(t, Config{Dir: dir})
	require.Equal(t, gen, b.Generation())
	require.Equal(t, seq, b.LastSeq())
	require.NoError(t, b.Close())

	require.NoError(t, os.RemoveAll(dir))
	b = open(t, Config{Dir: dir})
	require.NotEqual(t, gen, b.Generation())
	require.Zero(t, b.LastSeq())
}

func TestMatchedFollowsTheAcknowledgements(t *testing.T) {
	b := open(t, Config{})
	seq, err := b.PublishEvent(t.Context(), event("e1", "D-1", 1))
	require.NoError(t, err)
	p := PartitionOf(crm.Deal, "D-1")
	gate := make(chan struct{})
	c, err := b.ConsumeEvents(t.Context(), func(context.Context, Logged) error { <-gate; return nil })
	require.NoError(t, err)
	floors, err := b.Matched(t.Context())
	require.NoError(t, err)
	require.Less(t, floors[p], seq)
	close(gate)
	require.Eventually(t, func() bool {
		floors, err := b.Matched(t.Context())
		return err == nil && floors[p] >= seq
	}, 10*time.Second, time.Millisecond)
	c.Stop(t.Context())
}

func TestLiveTopicsReachOnlyWhoIsSubscribed(t *testing.T) {
	b := open(t, Config{})
	require.False(t, b.Watched())
	got := make(chan string, 4)
	end, err := b.Subscribe("flow.*", func(topic string, data []byte) { got <- topic + "=" + string(data) })
	require.NoError(t, err)
	require.True(t, b.Watched())
	require.NoError(t, b.Publish("records.deal", []byte("no")))
	require.NoError(t, b.Publish("flow.f1", []byte("yes")))
	require.Equal(t, "flow.f1=yes", <-got)
	end()
	end()
	require.False(t, b.Watched())
}
