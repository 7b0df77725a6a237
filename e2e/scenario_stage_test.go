package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"millrace.dev/crm"
	"millrace.dev/engine/enginetest"
	"millrace.dev/nodes"
	"millrace.dev/store"
)

// setClock stands still until it is set. It never goes back.
type setClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *setClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *setClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at.After(c.now) {
		c.now = at.UTC()
	}
}

// bellStore tells the runner of waits that are over only while its bell may ring.
type bellStore struct {
	store.Store
	bell atomic.Bool
}

func (s *bellStore) Runs() store.Runs { return bellRuns{s.Store.Runs(), &s.bell} }

type bellRuns struct {
	store.Runs
	bell *atomic.Bool
}

func (r bellRuns) Due(ctx context.Context, now, afterWake time.Time, afterID string, n int) ([]store.DueRun, error) {
	if !r.bell.Load() {
		return nil, nil
	}
	return r.Runs.Due(ctx, now, afterWake, afterID, n)
}

// names map the ids in a scenario, there, to the server's, here, and back.
type names struct {
	mu            sync.Mutex
	heres, theres map[string]string
}

func newNames() *names { return &names{heres: map[string]string{}, theres: map[string]string{}} }

func (n *names) add(there, here string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heres[there], n.theres[here] = here, there
}

func (n *names) here(there string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.heres[there]
}

func (n *names) there(here string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.theres[here]
}

// all are the server's ids.
func (n *names) all() (ids []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for id := range n.theres {
		ids = append(ids, id)
	}
	return ids
}

// translated is JSON in which the scenario's ids are the server's.
func (n *names) translated(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // it was read from JSON
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for there, here := range n.heres {
		data = bytes.ReplaceAll(data, []byte(`"`+there+`"`), []byte(`"`+here+`"`))
	}
	return data
}

// outside is the mail server and the web that the scenario describes.
type outside struct {
	w       *world
	mu      sync.Mutex
	faults  map[string][]error // by node
	during  map[string][]enginetest.Step
	answers map[string]enginetest.Step
}

func newOutside(w *world) *outside {
	o := &outside{w: w, faults: map[string][]error{}, during: map[string][]enginetest.Step{}, answers: map[string]enginetest.Step{}}
	for _, st := range w.s.Steps {
		if st.During != "" {
			o.during[st.During] = append(o.during[st.During], st)
		}
	}
	return o
}

// expect takes in a "fail" or an "answer".
func (o *outside) expect(st enginetest.Step) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if st.Verb == "answer" {
		o.answers[st.Node] = st
		return
	}
	for range max(st.Times, 1) {
		o.faults[st.Node] = append(o.faults[st.Node], &nodes.Error{Code: st.Code, Text: st.Text, Temporary: st.Temporary})
	}
}

// called is what a call of a node comes to: a failure, or what happens during it.
func (o *outside) called(node string) error {
	if st, failure := o.next(node); failure != nil || st.Verb == "" {
		return failure
	} else if err := o.w.do(st); err != nil {
		return fmt.Errorf("line %d: %w", st.Line, err)
	}
	return nil
}

func (o *outside) next(node string) (st enginetest.Step, failure error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if list := o.faults[node]; len(list) > 0 {
		o.faults[node] = list[1:]
		return st, list[0]
	}
	if list := o.during[node]; len(list) > 0 {
		o.during[node], st = list[1:], list[0]
	}
	return st, nil
}

// Send is the mail server.
func (o *outside) Send(_ context.Context, m crm.Message) error { return o.called(m.Node) }

// Do is the web; a call's node is known by its address.
func (o *outside) Do(_ context.Context, c nodes.Call) (nodes.Reply, error) {
	node := ""
	for _, f := range o.w.s.Flows {
		for id, n := range f.Graph.Nodes {
			if n.Type == "call_url" && n.Props["url"] == c.URL {
				node = id
			}
		}
	}
	if err := o.called(node); err != nil {
		return nodes.Reply{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if st, there := o.answers[node]; there {
		return nodes.Reply{Status: st.Status, Body: st.Text}, nil
	}
	return nodes.Reply{Status: 200, Body: "{}"}, nil
}
