package runner

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/store"
)

func TestAnEventForOneBranchDoesNotRepeatTheCallOfAnother(t *testing.T) {
	var p *place
	var calls atomic.Int64
	p = newPlace(t, "", withWeb(func(nodes.Call) (nodes.Reply, error) {
		if calls.Add(1) == 1 {
			p.tell(crm.Deal, "D-1", "m1", "message.received", "reply")
			p.settled()
		}
		return nodes.Reply{Status: 200}, nil
	}))
	p.publish(`
flow forked "Forked" deal
node start record_created routing={"out":"all"}
node answer wait_event event="message.received" kind="reply" timeout="PT24H"
node ask call_url url="https://example.com/hook" body="{}"
node won change_status status="won"
start.out -> answer
start.out -> ask
answer.event -> won
`)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	run := p.awaitRun("forked", flow.Done)
	require.EqualValues(t, 1, calls.Load())
	require.Equal(t, "won", p.record(crm.Deal, "D-1").Text("status"))
	require.Len(t, run.Steps, 4)
}

const ordered = `
flow ordered "Ordered" deal
node start record_updated fields=["amount"]
node mail send_email to="{{ deal.title }}@example.com" subject="Hello" body="There?"
node answer wait_event event="message.received" timeout="PT24H"
node won change_status status="won"
start.out -> mail
mail.sent -> answer
answer.event -> won
`

func TestARestartAfterTheLogForgotItsIdsRepeatsNoEvent(t *testing.T) {
	p := &place{t: t, dir: t.TempDir(), clock: newHandClock(), dedupe: 100 * time.Millisecond}
	p.cfg.Clock, p.cfg.Outside.Capture = p.clock, true
	p.open()
	t.Cleanup(p.close)
	p.publish(ordered)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana", "amount": 1})
	p.tell(crm.Deal, "D-1", "m0", "message.received", "reply")
	p.update(crm.Deal, "D-1", map[string]any{"amount": 2})
	p.awaitRun("ordered", flow.Waiting)
	p.settled()
	last := p.bus.LastSeq()
	p.close()
	closed := time.Now()
	p.await(func() bool { return time.Since(closed) > 2*p.dedupe })
	p.open()
	require.Equal(t, last, p.bus.LastSeq(), "everything had been logged")
	p.awaitRun("ordered", flow.Waiting)
	p.tell(crm.Deal, "D-1", "m1", "message.received", "reply")
	p.awaitRun("ordered", flow.Done)
	p.await(func() bool { return p.runner.relay.trim(p.ctx()) == nil })
}

func TestReleasingAGuardLeavesItsNextHolderAlone(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	run := p.awaitRun("reply", flow.Waiting)
	shelf := &overtaken{Shelf: p.store.Shelf(store.Guards), run: run.ID}
	cfg := p.cfg
	cfg.Store = guarded{Store: p.store, guards: shelf}
	other := New(cfg)
	require.NoError(t, other.releaseGuards(p.ctx(), run))
	require.True(t, shelf.done)
	require.Equal(t, 1, p.guards(), "another run has taken it over")
}

// guarded is a store with another shelf for the guards.
type guarded struct {
	store.Store
	guards store.Shelf
}

func (g guarded) Shelf(kind store.Kind) store.Shelf {
	if kind == store.Guards {
		return g.guards
	}
	return g.Store.Shelf(kind)
}

func TestARunSetAsideWhileItWaitsGoesOnWaitingWhenTriedAgain(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	run := p.awaitRun("reply", flow.Waiting)
	require.NoError(t, p.runner.setAside(p.ctx(), run.ID, "panic: The engine broke."))
	require.Error(t, p.runner.Skip(p.ctx(), run.ID, 0, "ana"))
	require.NoError(t, p.runner.Retry(p.ctx(), run.ID, 0, "ana"))
	run = p.awaitRun("reply", flow.Waiting)
	require.Empty(t, run.Error)
	p.tell(crm.Deal, "D-1", "m1", "message.received", "reply")
	p.awaitRun("reply", flow.Done)
}

func TestAStepThatKillsTheProcessThreeTimesIsSetAside(t *testing.T) {
	p := newPlace(t, t.TempDir(), withWeb(func(nodes.Call) (nodes.Reply, error) {
		return nodes.Reply{Status: 200}, nil
	}))
	p.publish(call)
	p.setState("call", flow.Paused)
	deal := crm.Record{Resource: crm.Deal, ID: "D-1"}
	p.create(deal.Resource, deal.ID, map[string]any{"title": "ana"})
	run := flow.Run{ID: "rdeadly", Flow: "call", Version: 1, Resource: crm.Deal, Record: "D-1", State: flow.Ready, Visits: 2,
		Started: p.clock.Now(), Updated: p.clock.Now(),
		Tokens: []flow.Token{{ID: 1, Node: "ask", Visit: 2, Calling: true, Deaths: flow.MaxDeaths - 2}},
		Steps:  []flow.Step{{Visit: 2, Node: "ask", Type: "call_url", State: flow.StepRunning, At: p.clock.Now()}}}
	_, err := p.store.Runs().Insert(p.ctx(), run)
	require.NoError(t, err)
	for n := flow.MaxDeaths - 1; n <= flow.MaxDeaths; n++ {
		p.close()
		p.open() // finds the call under way: a death
		m := p.moveOf("rdeadly")
		m.countDeath()
		require.Equal(t, n, m.run.Tokens[0].Deaths)
		require.Equal(t, n == flow.MaxDeaths, m.deadly)
		ok, err := p.store.Runs().CAS(p.ctx(), m.run)
		require.NoError(t, err)
		require.True(t, ok)
	}
	p.setState("call", flow.Active)
	require.Contains(t, p.awaitRun("call", flow.Incident).Error, "crashed")
	require.NoError(t, p.runner.Retry(p.ctx(), "rdeadly", 0, "ana"))
	require.Zero(t, p.awaitRun("call", flow.Waiting).Tokens[0].Deaths)
}

func TestAFlowThatBreaksTheMatcherDoesNotKeepTheEventFromOthers(t *testing.T) {
	p := newPlace(t, "")
	p.publish(strings.Replace(reference, "flow reference", "flow other", 1))
	p.publish(reference)
	cfg, clock := p.cfg, &shaky{Clock: p.clock}
	cfg.Clock = clock
	p.setState("reference", flow.Paused)
	p.setState("other", flow.Paused)
	p.create(crm.Lead, "L-1", map[string]any{"full_name": "Ana", "email": "ana@example.com", "score": 70})
	p.settled()
	p.setState("reference", flow.Active)
	p.setState("other", flow.Active)
	broken := New(cfg)
	require.NoError(t, broken.plans.reload(p.ctx()))
	ev := crm.Event{ID: "lead:L-1:1", Type: "lead.created", Resource: crm.Lead, Record: "L-1"}
	clock.armed.Store(true)
	require.NoError(t, broken.match(p.ctx(), lookUp(t, p, ev)))
	require.Equal(t, 1, len(p.enrollments("reference"))+len(p.enrollments("other")))
}

func (p *place) moveOf(id string) *move {
	run, err := p.store.Runs().Load(p.ctx(), id)
	require.NoError(p.t, err)
	plan, err := p.runner.plans.plan(p.ctx(), run.Flow, run.Version)
	require.NoError(p.t, err)
	return &move{r: p.runner, plan: plan, run: run}
}

// overtaken is a guards shelf on which another run takes each guard over right
// after it was read.
type overtaken struct {
	store.Shelf
	run  string
	done bool
}

func (o *overtaken) Load(ctx context.Context, id string) (store.Doc, error) {
	doc, err := o.Shelf.Load(ctx, id)
	if err != nil || o.done {
		return doc, err
	}
	next, err := guardDoc("reply", strings.TrimPrefix(id, "reply|"), "rnext", time.Now())
	if err != nil {
		return doc, err
	}
	next.Rev = doc.Rev
	o.done, err = o.Shelf.CAS(ctx, next)
	return doc, err
}

func TestPausingLetsNoFurtherNodeExecute(t *testing.T) {
	var p *place
	var calls atomic.Int64
	p = newPlace(t, "", withWeb(func(nodes.Call) (nodes.Reply, error) {
		if calls.Add(1) == 1 {
			p.setState("twice", flow.Paused)
		}
		return nodes.Reply{Status: 200}, nil
	}))
	p.publish(`
flow twice "Twice" deal
node start record_created
node ask call_url url="https://example.com/one" body="{}"
node tell call_url url="https://example.com/two" body="{}"
start.out -> ask
ask.ok -> tell
`)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	p.await(func() bool { return calls.Load() == 1 && !p.runner.desk.has("twice", p.runs("twice")[0].ID) })
	require.Equal(t, flow.Ready, p.runs("twice")[0].State)
	require.EqualValues(t, 1, calls.Load())
	p.setState("twice", flow.Active)
	p.awaitRun("twice", flow.Done)
	require.EqualValues(t, 2, calls.Load())
}

func TestALogThatLostItsLastSecondsInAPowerCutLosesNothing(t *testing.T) {
	p := newPlace(t, t.TempDir())
	p.publish(reply)
	p.create(crm.Deal, "D-0", map[string]any{"title": "ana"})
	p.awaitCount("reply", flow.Waiting, 1)
	p.settled()
	p.close()
	msgs := filepath.Join(p.dir, "bus", "jetstream", "$G", "streams", "MR_EVT", "msgs")
	early := filepath.Join(t.TempDir(), "msgs")
	require.NoError(t, os.CopyFS(early, os.DirFS(msgs)))
	p.open()
	for i := range 20 {
		p.create(crm.Deal, fmt.Sprint("D-1", i), map[string]any{"title": "ana"})
	}
	p.awaitCount("reply", flow.Waiting, 21)
	p.settled()
	p.close()
	// The log is as it was, the consumers' acknowledgements are not.
	require.NoError(t, os.RemoveAll(msgs))
	require.NoError(t, os.CopyFS(msgs, os.DirFS(early)))
	p.open()
	p.create(crm.Deal, "D-2", map[string]any{"title": "ana"})
	p.awaitCount("reply", flow.Waiting, 22)
	for i := range 20 {
		p.tell(crm.Deal, fmt.Sprint("D-1", i), fmt.Sprint("m", i), "message.received", "reply")
	}
	p.awaitCount("reply", flow.Done, 20)
	require.Len(t, p.messages(), 22)
}

func TestATimerWhoseHintCameDuringAPauseIsHintedAgainAtOnce(t *testing.T) {
	begun, gate := make(chan struct{}), make(chan struct{})
	p := newPlace(t, "", func(c *Config) { c.Workers = 1 }, withWeb(func(nodes.Call) (nodes.Reply, error) {
		close(begun)
		<-gate
		return nodes.Reply{Status: 200}, nil
	}))
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	run := p.awaitRun("reply", flow.Waiting)
	p.setState("reply", flow.Draining)
	p.publish(call)
	p.create(crm.Deal, "D-2", map[string]any{"title": "max"})
	<-begun // the only worker is busy
	p.clock.forward(24 * time.Hour)
	p.await(func() bool { return p.runner.desk.has("reply", run.ID) })
	p.setState("reply", flow.Paused)
	close(gate)
	p.await(func() bool { return !p.runner.desk.has("reply", run.ID) })
	p.setState("reply", flow.Active)
	p.awaitRun("reply", flow.Done)
}
