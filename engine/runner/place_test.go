package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/bus"
	"millrace.dev/crm"
	"millrace.dev/engine/host"
	"millrace.dev/flow"
	"millrace.dev/store"
	"millrace.dev/store/sqlite"
)

// handClock is moved by hand.
type handClock struct{ at atomic.Int64 }

func newHandClock() *handClock {
	c := &handClock{}
	c.at.Store(time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC).UnixNano())
	return c
}

func (c *handClock) Now() time.Time          { return time.Unix(0, c.at.Load()).UTC() }
func (c *handClock) forward(d time.Duration) { c.at.Add(int64(d)) }

// place is a whole engine in a folder, or in memory.
type place struct {
	t     testing.TB
	dir   string
	clock *handClock
	cfg   Config
	// dedupe is the bus's memory of event ids, its own when zero.
	dedupe time.Duration
	store  store.Store
	bus    *bus.Bus
	runner *Runner
}

func newPlace(t testing.TB, dir string, change ...func(*Config)) *place {
	t.Helper()
	p := &place{t: t, dir: dir, clock: newHandClock()}
	p.cfg = Config{Clock: p.clock, Outside: host.Providers{Capture: true}}
	for _, c := range change {
		c(&p.cfg)
	}
	p.open()
	t.Cleanup(p.close)
	return p
}

func (p *place) open() {
	p.t.Helper()
	path, dir := sqlite.Memory, ""
	if p.dir != "" {
		path, dir = filepath.Join(p.dir, "store.db"), filepath.Join(p.dir, "bus")
	}
	var err error
	p.store, err = sqlite.Open(context.Background(), path)
	require.NoError(p.t, err)
	p.bus, err = bus.Open(context.Background(), bus.Config{Dir: dir, Dedupe: p.dedupe})
	require.NoError(p.t, err)
	p.cfg.Store, p.cfg.Bus = p.store, p.bus
	p.runner = New(p.cfg)
	require.NoError(p.t, p.runner.Start(context.Background()))
}

func (p *place) close() {
	if p.runner == nil {
		return
	}
	require.NoError(p.t, p.runner.Stop(context.Background()))
	require.NoError(p.t, p.bus.Close())
	require.NoError(p.t, p.store.Close())
	p.runner = nil
}

// publish makes a flow, given in written form, active; published again it is
// the next version.
func (p *place) publish(src string) string {
	p.t.Helper()
	file, problems := flow.ParseWritten(src)
	require.Empty(p.t, problems)
	f := flow.Flow{ID: file.Flow, Name: file.Name, Resource: file.Graph.Resource, State: flow.Active, Settings: file.Graph.Settings}
	if old, err := read[flow.Flow](p.ctx(), p.store.Shelf(store.Flows), f.ID); err == nil {
		f.Active = old.Active
	}
	f.Active++
	p.put(store.Versions, fmt.Sprintf("%s@%d", f.ID, f.Active), flow.Version{Flow: f.ID, Number: f.Active, Graph: file.Graph})
	p.put(store.Flows, f.ID, f)
	p.runner.FlowsChanged(p.ctx())
	return f.ID
}

func (p *place) setState(id string, state flow.State) {
	p.t.Helper()
	f, err := read[flow.Flow](p.ctx(), p.store.Shelf(store.Flows), id)
	require.NoError(p.t, err)
	f.State = state
	p.put(store.Flows, id, f)
	p.runner.FlowsChanged(p.ctx())
}

func (p *place) put(kind store.Kind, id string, v any) {
	p.t.Helper()
	body, err := json.Marshal(v)
	require.NoError(p.t, err)
	shelf := p.store.Shelf(kind)
	if old, err := shelf.Load(p.ctx(), id); err == nil {
		old.Body = body
		ok, err := shelf.CAS(p.ctx(), old)
		require.NoError(p.t, err)
		require.True(p.t, ok)
		return
	}
	created, err := shelf.Insert(p.ctx(), store.Doc{ID: id, Body: body})
	require.NoError(p.t, err)
	require.True(p.t, created)
}

func (p *place) ctx() context.Context { return context.Background() }

func (p *place) create(res crm.Resource, id string, fields map[string]any) {
	p.t.Helper()
	_, err := p.runner.Write(p.ctx(), store.Write{Resource: res, ID: id, Op: store.OpCreate, OpKey: "create:" + id,
		Actor: "test", Change: func(r *crm.Record) error { r.Fields = crm.CloneFields(fields); return nil }})
	require.NoError(p.t, err)
}

func (p *place) update(res crm.Resource, id string, fields map[string]any) {
	p.t.Helper()
	_, err := p.runner.Write(p.ctx(), store.Write{Resource: res, ID: id, Op: store.OpUpdate, Actor: "test",
		Change: func(r *crm.Record) error {
			for k, v := range fields {
				r.Fields[k] = v
			}
			return nil
		}})
	require.NoError(p.t, err)
}

// tell reports an outside event about a record.
func (p *place) tell(res crm.Resource, id, event, typ, kind string) {
	p.t.Helper()
	_, err := p.runner.Write(p.ctx(), store.Write{Resource: res, ID: id, Op: store.OpEvent, OpKey: event,
		Event: &crm.Event{ID: event, Type: typ, Kind: kind}})
	require.NoError(p.t, err)
}

func (p *place) record(res crm.Resource, id string) crm.Record {
	p.t.Helper()
	rec, err := p.store.Records().Load(p.ctx(), res, id)
	require.NoError(p.t, err)
	return rec
}

func (p *place) runs(flowID string) []flow.Run {
	p.t.Helper()
	runs, err := p.store.Runs().List(p.ctx(), store.RunQuery{Flow: flowID, Limit: 1000})
	require.NoError(p.t, err)
	return runs
}

// awaitRun waits for a flow's only run to come into a state.
func (p *place) awaitRun(flowID string, state flow.RunState) flow.Run {
	p.t.Helper()
	p.await(func() bool {
		runs := p.runs(flowID)
		return len(runs) == 1 && runs[0].State == state
	})
	return p.runs(flowID)[0]
}

// awaitCount waits until n runs of a flow are in a state.
func (p *place) awaitCount(flowID string, state flow.RunState, n int) {
	p.t.Helper()
	p.await(func() bool { return p.count(flowID, state) == n })
}

func (p *place) count(flowID string, state flow.RunState) (n int) {
	counts, err := p.store.Runs().Counts(p.ctx(), flowID)
	require.NoError(p.t, err)
	for _, c := range counts {
		if c.State == state {
			n += c.N
		}
	}
	return n
}

func (p *place) enrollments(flowID string) (es []flow.Enrollment) {
	p.t.Helper()
	docs, err := p.store.Shelf(store.Enrollments).List(p.ctx(), store.ShelfQuery{Key: "flow", Value: flowID, Limit: 1000})
	require.NoError(p.t, err)
	for _, d := range docs {
		var e flow.Enrollment
		require.NoError(p.t, json.Unmarshal(d.Body, &e))
		es = append(es, e)
	}
	return es
}

func (p *place) await(cond func() bool) {
	p.t.Helper()
	require.Eventually(p.t, cond, 30*time.Second, 2*time.Millisecond)
}

// settled waits until the matcher has seen the event that was logged last. Those
// of other records are matched beside it: settle after each that matters.
func (p *place) settled() {
	p.t.Helper()
	last := p.bus.LastSeq()
	p.await(func() bool {
		floors, err := p.bus.Matched(p.ctx())
		require.NoError(p.t, err)
		top := uint64(0)
		for _, f := range floors {
			top = max(top, f)
		}
		return top >= last
	})
}

func (p *place) guards() int {
	p.t.Helper()
	docs, err := p.store.Shelf(store.Guards).List(p.ctx(), store.ShelfQuery{Limit: 1000})
	require.NoError(p.t, err)
	return len(docs)
}

func (p *place) messages() []store.Doc {
	p.t.Helper()
	docs, err := p.store.Shelf(store.Messages).List(p.ctx(), store.ShelfQuery{Limit: 1000})
	require.NoError(p.t, err)
	return docs
}

// lookUp finds an event in the log.
func lookUp(t testing.TB, p *place, ev crm.Event) bus.Logged {
	t.Helper()
	for l, err := range p.bus.LookBack(p.ctx(), 0, ev.Resource, ev.Record, ev.Type) {
		require.NoError(t, err)
		if l.Event.ID == ev.ID {
			return l
		}
	}
	require.FailNow(t, "not in the log", ev.ID)
	return bus.Logged{}
}
