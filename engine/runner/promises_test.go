package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/engine"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/store"
	"millrace.dev/store/sqlite"
)

// web is an outside whose answers a test decides.
type web func(nodes.Call) (nodes.Reply, error)

func (w web) Do(_ context.Context, c nodes.Call) (nodes.Reply, error) { return w(c) }

func withWeb(w web) func(*Config) {
	return func(c *Config) { c.Outside.Capture, c.Outside.Web = false, w }
}

const call = `
flow call "Call" deal
node start record_created
node ask call_url url="https://example.com/hook" body="{}"
node answer wait_event event="message.received" kind="reply" timeout="PT24H"
node won change_status status="won"
start.out -> ask
ask.ok -> answer
answer.event -> won
`

func TestAnEventThatComesBeforeItsWaitEndsIt(t *testing.T) {
	var p *place
	p = newPlace(t, "", withWeb(func(nodes.Call) (nodes.Reply, error) {
		p.tell(crm.Deal, "D-1", "m1", "message.received", "reply")
		p.settled() // the matcher has seen it and found nobody waiting
		return nodes.Reply{Status: 200}, nil
	}))
	p.publish(call)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	p.awaitRun("call", flow.Done)
	require.Equal(t, "won", p.record(crm.Deal, "D-1").Text("status"))
}

func TestAnEventLoggedBeforeTheDeadlineWinsAtTheDeadline(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	run := p.awaitRun("reply", flow.Waiting)
	p.settled()
	// The matcher is behind: the event is in the log, and not matched.
	ev := crm.Event{ID: "m1", Type: "message.received", Kind: "reply", Resource: crm.Deal, Record: "D-1", At: p.clock.Now().Add(24 * time.Hour)}
	p.runner.events.Stop(p.ctx())
	_, err := p.bus.PublishEvent(p.ctx(), ev)
	require.NoError(t, err)
	p.clock.forward(25 * time.Hour)
	p.awaitRun("reply", flow.Done)
	require.Equal(t, "won", p.record(crm.Deal, "D-1").Text("status"))
	require.NotEqual(t, run.Rev, p.runs("reply")[0].Rev)
	p.runner.events, err = p.bus.ConsumeEvents(p.ctx(), p.runner.match)
	require.NoError(t, err)
}

const watch = `
flow watch "Watch" deal
node start record_updated fields=["amount"]
node wait wait_duration for="P1D"
start.out -> wait
`

func TestFiveHundredUpdatesOfOneRecordStartOneRun(t *testing.T) {
	p := newPlace(t, "")
	p.publish(watch)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana", "amount": 0})
	var writers sync.WaitGroup
	for i := range 500 {
		writers.Go(func() { p.update(crm.Deal, "D-1", map[string]any{"amount": int64(i + 1)}) })
	}
	writers.Wait()
	p.settled()
	p.awaitRun("watch", flow.Waiting)
	ok := 0
	for _, e := range p.enrollments("watch") {
		if e.OK {
			ok++
			continue
		}
		require.Contains(t, []string{engine.ReasonActive, engine.ReasonLoop}, e.Reason)
	}
	require.Equal(t, 1, ok)
	require.Equal(t, int64(501), p.record(crm.Deal, "D-1").Rev)
}

func TestTheSameEventTwiceStartsOneRun(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reference)
	p.create(crm.Lead, "L-1", map[string]any{"full_name": "Ana", "email": "ana@example.com", "score": 70})
	run := p.awaitRun("reference", flow.Done)
	// Handed out again by the bus, and relayed again by a process that forgot.
	for tries := 1; tries <= 3; tries++ {
		l := lookUp(t, p, run.Event)
		l.Tries = tries
		require.NoError(t, p.runner.match(p.ctx(), l))
	}
	require.Len(t, p.runs("reference"), 1)
	require.Len(t, p.enrollments("reference"), 1)
	require.Equal(t, int64(2), p.record(crm.Lead, "L-1").Rev)
	p.await(func() bool { return p.guards() == 0 })
}

func TestAWriteThatChangesNothingStartsNothing(t *testing.T) {
	p := newPlace(t, "")
	p.publish(watch)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana", "amount": 5})
	p.settled()
	last := p.bus.LastSeq()
	p.update(crm.Deal, "D-1", map[string]any{"amount": 5.0})
	require.Equal(t, last, p.bus.LastSeq())
	require.Empty(t, p.runs("watch"))
}

func TestAFailingCallIsRetriedWithPausesAndThenAnIncident(t *testing.T) {
	var tries atomic.Int64
	p := newPlace(t, "", withWeb(func(nodes.Call) (nodes.Reply, error) {
		tries.Add(1)
		return nodes.Reply{Status: 503}, nil
	}))
	p.publish(call)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	for n := int64(1); n < flow.MaxAttempts; n++ {
		p.await(func() bool { return tries.Load() == n })
		p.awaitRun("call", flow.Waiting)
		p.clock.forward(time.Second << n)
	}
	run := p.awaitRun("call", flow.Incident)
	require.EqualValues(t, flow.MaxAttempts, tries.Load())
	require.Contains(t, run.Error, "503")

	require.Error(t, p.runner.Retry(p.ctx(), run.ID, 99, "ana"))
	require.NoError(t, p.runner.Retry(p.ctx(), run.ID, 0, "ana"))
	p.await(func() bool { return tries.Load() == flow.MaxAttempts+1 })
	p.awaitRun("call", flow.Waiting)
	p.clock.forward(2 * time.Second)
	require.NoError(t, p.runner.Cancel(p.ctx(), run.ID, "ana"))
	require.Equal(t, flow.CodeConflict, flow.CodeOf(p.runner.Cancel(p.ctx(), run.ID, "ana")))
	p.await(func() bool { return p.guards() == 0 })
}

func TestSkippingAnIncidentGoesOn(t *testing.T) {
	p := newPlace(t, "", withWeb(func(nodes.Call) (nodes.Reply, error) {
		return nodes.Reply{}, errors.New("no such host")
	}))
	p.publish(call)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	run := p.awaitRun("call", flow.Incident)
	require.NoError(t, p.runner.Skip(p.ctx(), run.ID, 0, "ana"))
	p.awaitRun("call", flow.Waiting)
}

func TestANodeThatPanicsIsAnIncidentAndOthersGoOn(t *testing.T) {
	p := newPlace(t, "", withWeb(func(nodes.Call) (nodes.Reply, error) { panic("boom") }))
	p.publish(call)
	p.publish(reference)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	run := p.awaitRun("call", flow.Incident)
	require.Contains(t, run.Error, "boom")
	p.create(crm.Lead, "L-1", map[string]any{"full_name": "Ana", "email": "ana@example.com", "score": 70})
	p.awaitRun("reference", flow.Done)
}

func TestMoreRunsThanTheQuotaAreQueuedAndAllEnd(t *testing.T) {
	gate := make(chan struct{})
	p := newPlace(t, "", withWeb(func(nodes.Call) (nodes.Reply, error) { <-gate; return nodes.Reply{Status: 200}, nil }),
		func(c *Config) { c.Quota = 10 })
	p.publish(call)
	for i := range 50 {
		p.create(crm.Deal, fmt.Sprint("D-", i), map[string]any{"title": "ana"})
	}
	p.settled()
	p.awaitCount("call", flow.Queued, 40)
	require.Equal(t, 10, p.count("call", flow.Ready))
	close(gate)
	p.awaitCount("call", flow.Waiting, 50)
}

func TestAPausedFlowStandsStillAndGoesOnWhenResumed(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	p.awaitRun("reply", flow.Waiting)
	p.setState("reply", flow.Paused)
	p.create(crm.Deal, "D-2", map[string]any{"title": "bo"})
	p.settled()
	p.tell(crm.Deal, "D-1", "m1", "message.received", "reply")
	p.settled()
	p.awaitRun("reply", flow.Ready) // the event is kept, nothing moves
	require.Empty(t, p.record(crm.Deal, "D-1").Text("status"))
	p.setState("reply", flow.Active)
	p.awaitRun("reply", flow.Done)
	require.Equal(t, "won", p.record(crm.Deal, "D-1").Text("status"))
}

func TestADrainingFlowLetsThoseInsideEndAndTurnsInactive(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	p.awaitRun("reply", flow.Waiting)
	p.setState("reply", flow.Draining)
	p.create(crm.Deal, "D-2", map[string]any{"title": "bo"})
	p.settled()
	p.tell(crm.Deal, "D-1", "m1", "message.received", "reply")
	p.awaitRun("reply", flow.Done)
	p.await(func() bool {
		f, err := read[flow.Flow](p.ctx(), p.store.Shelf(store.Flows), "reply")
		return err == nil && f.State == flow.Inactive
	})
	require.Len(t, p.runs("reply"), 1)
}

func TestADeletedRecordEndsItsRuns(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	p.awaitRun("reply", flow.Waiting)
	_, err := p.runner.Write(p.ctx(), store.Write{Resource: crm.Deal, ID: "D-1", Op: store.OpDelete})
	require.NoError(t, err)
	run := p.awaitRun("reply", flow.Cancelled)
	require.Equal(t, "record_deleted", run.End)
}

func TestStartingByHandPassesTheConditionsButNotTheGuards(t *testing.T) {
	p := newPlace(t, "")
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana", "amount": 5})
	p.settled()
	p.publish(watch)
	es, err := p.runner.StartManually(p.ctx(), "watch", crm.Deal, []string{"D-1", "D-1"}, "ana")
	require.NoError(t, err)
	require.True(t, es[0].OK)
	require.False(t, es[1].OK)
	require.Equal(t, engine.ReasonActive, es[1].Reason)
	require.Equal(t, es[0].Run, es[1].Blocking)
	p.awaitRun("watch", flow.Waiting)
	p.clock.forward(24 * time.Hour)
	p.awaitRun("watch", flow.Done)
	p.create(crm.Deal, "D-2", map[string]any{"title": "max", "amount": 5})
	_, err = p.runner.StartManually(p.ctx(), "watch", crm.Deal, []string{"D-2", "D-9"}, "ana")
	require.Equal(t, flow.CodeNotFound, flow.CodeOf(err))
	require.Len(t, p.runs("watch"), 1, "none was let in")
	_, err = p.runner.StartManually(p.ctx(), "nothing", crm.Deal, []string{"D-1"}, "ana")
	require.Equal(t, flow.CodeNotFound, flow.CodeOf(err))
}

const staged = `
flow staged "Staged" deal
node start record_created
node desk stage name="Diagnosis"
node won change_status status="won"
start.out -> desk
desk.done -> won
`

func TestFinishingAStageGoesOnOnce(t *testing.T) {
	p := newPlace(t, "")
	p.publish(staged)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	run := p.awaitRun("staged", flow.Waiting)
	visit := run.Tokens[0].Visit
	var done atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if p.runner.FinishStage(p.ctx(), run.ID, visit, "ana") == nil {
				done.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, done.Load())
	p.awaitRun("staged", flow.Done)
}

func TestARestartGoesOnWithTheWaits(t *testing.T) {
	p := newPlace(t, t.TempDir())
	p.publish(reply)
	for i := range 20 {
		p.create(crm.Deal, fmt.Sprint("D-", i), map[string]any{"title": "ana"})
	}
	p.awaitCount("reply", flow.Waiting, 20)
	p.close()
	p.open()
	p.tell(crm.Deal, "D-0", "m1", "message.received", "reply")
	p.awaitCount("reply", flow.Done, 1)
	p.close()
	p.clock.forward(25 * time.Hour)
	p.open()
	p.awaitCount("reply", flow.Done, 20)
	require.Equal(t, "won", p.record(crm.Deal, "D-0").Text("status"))
	require.Equal(t, "lost", p.record(crm.Deal, "D-1").Text("status"))
	require.Len(t, p.messages(), 20)
}

func TestALostBusLosesNothing(t *testing.T) {
	p := newPlace(t, t.TempDir())
	p.publish(reply)
	for i := range 20 {
		p.create(crm.Deal, fmt.Sprint("D-", i), map[string]any{"title": "ana"})
	}
	p.awaitCount("reply", flow.Waiting, 20)
	p.close()
	require.NoError(t, os.RemoveAll(filepath.Join(p.dir, "bus")))
	p.open()
	p.settled()
	p.tell(crm.Deal, "D-0", "m1", "message.received", "reply")
	p.awaitCount("reply", flow.Done, 1)
	p.clock.forward(25 * time.Hour)
	p.awaitCount("reply", flow.Done, 20)
	require.Len(t, p.runs("reply"), 20)
	require.Len(t, p.enrollments("reply"), 20)
	require.Len(t, p.messages(), 20)
}

func TestEventsWrittenWhileTheBusWasGoneAreMatchedLater(t *testing.T) {
	p := newPlace(t, t.TempDir())
	p.publish(reference)
	// A write that dies before its relay: the store has it, the bus does not.
	_, err := p.store.Records().Write(p.ctx(), store.Write{Resource: crm.Lead, ID: "L-1", Op: store.OpCreate, At: p.clock.Now(),
		Change: func(r *crm.Record) error {
			r.Fields = map[string]any{"full_name": "Ana", "email": "ana@example.com", "score": 70}
			return nil
		}})
	require.NoError(t, err)
	p.close()
	p.open()
	p.awaitRun("reference", flow.Done)
}

func TestWatchersSeeEveryCheckpointInOrder(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reference)
	var mu sync.Mutex
	var seen []flow.Progress
	var events []crm.Event
	stop, err := p.runner.Live(
		func(g flow.Progress) { mu.Lock(); defer mu.Unlock(); seen = append(seen, g) },
		func(ev crm.Event) { mu.Lock(); defer mu.Unlock(); events = append(events, ev) })
	require.NoError(t, err)
	p.create(crm.Lead, "L-1", map[string]any{"full_name": "Ana", "email": "ana@example.com", "score": 70})
	p.awaitRun("reference", flow.Done)
	p.await(func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(events) == 2 && len(seen) > 0 && seen[len(seen)-1].State == flow.Done
	})
	stop()
	last := int64(0)
	visits := map[int]bool{}
	for _, g := range seen {
		require.Greater(t, g.Rev, last)
		last = g.Rev
		for _, s := range g.Steps {
			visits[s.Visit] = true
		}
	}
	require.Len(t, visits, 5)
}

func TestAFlowDoesNotReactToItsOwnChangeNorLoopForEver(t *testing.T) {
	p := newPlace(t, "")
	p.publish(`
flow self "Self" deal
node start record_updated fields=["amount"]
node more update_record set={"amount":"= deal.amount + 1"}
start.out -> more
`)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana", "amount": 100, "currency": "EUR"})
	p.update(crm.Deal, "D-1", map[string]any{"amount": 200})
	p.awaitCount("self", flow.Done, 1)
	p.settled()
	p.await(func() bool { return len(p.enrollments("self")) == 2 })
	reasons := map[string]int{}
	for _, e := range p.enrollments("self") {
		reasons[e.Reason]++
	}
	require.Equal(t, map[string]int{"": 1, engine.ReasonSelf: 1}, reasons)
}

func TestARecordThatStartsAFlowTooOftenIsLocked(t *testing.T) {
	p := newPlace(t, "")
	p.publish(`
flow quick "Quick" deal
node start record_updated fields=["amount"]
node end end
start.out -> end
`)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana", "amount": 0})
	for i := range flow.MaxStarts + 1 {
		p.update(crm.Deal, "D-1", map[string]any{"amount": i + 1})
		p.settled()
		p.awaitCount("quick", flow.Done, min(i+1, flow.MaxStarts))
		p.await(func() bool { return p.guards() == 0 })
	}
	locked := 0
	for _, e := range p.enrollments("quick") {
		if e.Reason == engine.ReasonLoop {
			locked++
		}
	}
	require.Equal(t, 1, locked)
	p.clock.forward(flow.StartsWindow)
	p.update(crm.Deal, "D-1", map[string]any{"amount": 1000})
	p.awaitCount("quick", flow.Done, flow.MaxStarts+1)
}

func TestAPausedFlowWithAQueueDoesNotSpin(t *testing.T) {
	gate := make(chan struct{})
	p := newPlace(t, "", withWeb(func(nodes.Call) (nodes.Reply, error) { <-gate; return nodes.Reply{Status: 200}, nil }),
		func(c *Config) { c.Quota = 4 })
	p.publish(call)
	for i := range 12 {
		p.create(crm.Deal, fmt.Sprint("D-", i), map[string]any{"title": "ana"})
	}
	p.awaitCount("call", flow.Queued, 8)
	p.setState("call", flow.Paused)
	close(gate)
	p.awaitCount("call", flow.Waiting, 4)
	require.Equal(t, 8, p.count("call", flow.Queued))
	p.setState("call", flow.Active)
	p.awaitCount("call", flow.Waiting, 12)
}

func TestARunWhoseVersionIsGoneIsAnIncidentAndHoldsNobodyUp(t *testing.T) {
	p := newPlace(t, "", func(c *Config) { c.Workers = 1 })
	p.publish(reference)
	run := flow.Run{ID: "rlost", Flow: "gone", Version: 7, Resource: crm.Lead, Record: "L-0", State: flow.Ready, Started: p.clock.Now(), Updated: p.clock.Now()}
	created, err := p.store.Runs().Insert(p.ctx(), run)
	require.NoError(t, err)
	require.True(t, created)
	run.Rev = 1
	require.NoError(t, p.runner.hint(p.ctx(), run, ""))
	p.create(crm.Lead, "L-1", map[string]any{"full_name": "Ana", "email": "ana@example.com", "score": 70})
	p.awaitRun("reference", flow.Done)
	require.Contains(t, p.awaitRun("gone", flow.Incident).Error, engine.CodeCannotRun)
}

// shaky is a clock that breaks whoever asks next, once.
type shaky struct {
	Clock
	armed atomic.Bool
}

func (s *shaky) Now() time.Time {
	if s.armed.CompareAndSwap(true, false) {
		panic("out of order")
	}
	return s.Clock.Now()
}

func TestARunOrEventThatBreaksTheEngineIsSetAside(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	run := p.awaitRun("reply", flow.Waiting)
	cfg, clock := p.cfg, &shaky{Clock: p.clock}
	cfg.Clock = clock
	other := New(cfg)
	require.NoError(t, other.plans.reload(p.ctx()))
	clock.armed.Store(true)
	require.NoError(t, other.match(p.ctx(), lookUp(t, p, run.Event)))
	clock.armed.Store(true)
	_, err := other.lookSafely(p.ctx(), run.ID)
	require.NoError(t, err)
	require.Contains(t, p.awaitRun("reply", flow.Incident).Error, "out of order")
}

func TestMoreOutboxesThanOnePageAreAllRelayed(t *testing.T) {
	p := newPlace(t, t.TempDir())
	p.publish(reference)
	p.close()
	db, err := sqlite.Open(p.ctx(), filepath.Join(p.dir, "store.db"))
	require.NoError(t, err)
	const n = scanPage + 200
	var writers sync.WaitGroup
	for part := range 16 {
		writers.Go(func() {
			for i := part; i < n; i += 16 {
				_, err := db.Records().Write(p.ctx(), store.Write{Resource: crm.Lead, ID: fmt.Sprint("L-", i), Op: store.OpCreate, At: p.clock.Now(),
					Change: func(r *crm.Record) error {
						r.Fields = map[string]any{"full_name": "Ana", "email": "ana@example.com", "score": 70}
						return nil
					}})
				require.NoError(t, err)
			}
		})
	}
	writers.Wait()
	require.NoError(t, db.Close())
	p.open()
	p.awaitCount("reference", flow.Done, n)
}
