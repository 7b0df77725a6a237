package server

import (
	"context"
	"fmt"
	"sync"
	"time"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// Counts say where the records of a flow stand.
type Counts struct {
	ByState     map[flow.RunState]int `json:"by_state"`
	ByNode      map[string]NodeCount  `json:"by_node"`
	ByConnector map[string]int        `json:"by_connector"`
}

// NodeCount counts the visits of one node by where they stand.
type NodeCount struct {
	Waiting int `json:"waiting"`
	Running int `json:"running"`
	Done    int `json:"done"`
	Failed  int `json:"failed"`
}

const (
	// tallyRuns is how many of a flow's newest runs a tally reads.
	tallyRuns = 20_000
	// tallyFresh is how long a tally that follows live messages is trusted: they
	// are hints, and may be lost.
	tallyFresh = 30 * time.Second
	// tallyIdle is how long a tally that nobody asks for is kept.
	tallyIdle = 10 * time.Minute
)

// tallies keep the counts of the flows that are being watched, in memory: they
// are read from the store once, then follow the live messages.
type tallies struct {
	server *Server

	mu    sync.Mutex
	flows map[string]*tally
	// stale are flows whose watched tally should be read again; upkeep does it,
	// so that the live messages never wait for the store.
	stale chan string
}

// tally is one flow's counts, and what each run adds to them.
type tally struct {
	read, asked time.Time
	counts      Counts
	runs        map[string]*tallied
}

// tallied is what one run adds; its steps are forgotten once it has ended.
type tallied struct {
	rev   int64
	state flow.RunState
	steps map[int]flow.Step
}

func newTallies(s *Server) *tallies {
	return &tallies{server: s, flows: map[string]*tally{}, stale: make(chan string, 64)}
}

func newTally() *tally {
	return &tally{runs: map[string]*tallied{}, counts: Counts{
		ByState: map[flow.RunState]int{}, ByNode: map[string]NodeCount{}, ByConnector: map[string]int{},
	}}
}

// counts gives a flow's counts, reading them first when they are not kept or
// not fresh.
func (ts *tallies) counts(ctx context.Context, flowID string) (Counts, error) {
	now := ts.server.wall()
	ts.mu.Lock()
	t := ts.flows[flowID]
	if t != nil && now.Sub(t.read) < tallyFresh {
		t.asked = now
		c := t.counts.clone()
		ts.mu.Unlock()
		return c, nil
	}
	ts.mu.Unlock()
	fresh, err := ts.readTally(ctx, flowID)
	if err != nil {
		return Counts{}, err
	}
	fresh.read, fresh.asked = now, now
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if old := ts.flows[flowID]; old != nil { // messages may have been newer than what was read
		fresh.catchUp(old)
	}
	ts.flows[flowID] = fresh
	return fresh.counts.clone(), nil
}

// known gives a flow's counts as they are kept, and asks for them to be read
// again when they are not fresh.
func (ts *tallies) known(flowID string) (Counts, bool) {
	now := ts.server.wall()
	ts.mu.Lock()
	defer ts.mu.Unlock()
	t := ts.flows[flowID]
	if t == nil || now.Sub(t.read) >= tallyFresh {
		select {
		case ts.stale <- flowID:
		default: // so many are waiting that the next message may ask again
		}
	}
	if t == nil {
		return Counts{}, false
	}
	t.asked = now
	return t.counts.clone(), true
}

// readTally counts a flow's newest runs; what is older counts by state only.
func (ts *tallies) readTally(ctx context.Context, flowID string) (*tally, error) {
	t := newTally()
	all, err := ts.server.store.Runs().Counts(ctx, flowID)
	if err != nil {
		return nil, fmt.Errorf("counting runs of %s: %w", flowID, err)
	}
	q := store.RunQuery{Flow: flowID, Down: true, Limit: 1000}
	for len(t.runs) < tallyRuns {
		runs, err := ts.server.store.Runs().List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("listing runs of %s: %w", flowID, err)
		}
		for _, r := range runs {
			t.add(r.ID, r.Rev, r.State, r.Steps)
			q.AfterID = r.ID
		}
		if len(runs) < q.Limit {
			return t, nil
		}
	}
	older := map[flow.RunState]int{}
	for _, c := range all {
		older[c.State] += c.N
	}
	for state, n := range older {
		t.counts.ByState[state] = max(t.counts.ByState[state], n)
	}
	return t, nil
}

// follow takes a live message into the tally of its flow, if that is kept.
func (ts *tallies) follow(p flow.Progress) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if t := ts.flows[p.Flow]; t != nil {
		t.add(p.Run, p.Rev, p.State, p.Steps)
	}
}

// forget drops the tallies that nobody asked for lately.
func (ts *tallies) forget(now time.Time) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for id, t := range ts.flows {
		if now.Sub(t.asked) > tallyIdle {
			delete(ts.flows, id)
		}
	}
}

// add counts a run as it is now instead of as it was.
func (t *tally) add(id string, rev int64, state flow.RunState, steps []flow.Step) {
	r, known := t.runs[id]
	if !known {
		r = &tallied{steps: map[int]flow.Step{}}
		t.runs[id] = r
	} else if rev <= r.rev || r.state.Final() {
		return
	} else {
		t.counts.state(r.state, -1)
	}
	t.counts.state(state, +1)
	r.rev, r.state = rev, state
	for _, step := range steps {
		if was, there := r.steps[step.Visit]; there {
			t.counts.step(was, -1)
		}
		t.counts.step(step, +1)
		r.steps[step.Visit] = flow.Step{Node: step.Node, State: step.State, Via: step.Via}
	}
	if state.Final() {
		r.steps = nil
	}
}

// catchUp takes over the runs that an older tally knows to be further on, or
// that it alone knows.
func (t *tally) catchUp(old *tally) {
	for id, was := range old.runs {
		if now, known := t.runs[id]; known && now.rev >= was.rev {
			continue
		}
		steps := make([]flow.Step, 0, len(was.steps))
		for visit, step := range was.steps {
			step.Visit = visit
			steps = append(steps, step)
		}
		t.add(id, was.rev, was.state, steps)
	}
}

func (c Counts) state(s flow.RunState, n int) {
	if c.ByState[s] += n; c.ByState[s] == 0 {
		delete(c.ByState, s)
	}
}

func (c Counts) step(s flow.Step, n int) {
	node := c.ByNode[s.Node]
	switch s.State {
	case flow.StepWaiting:
		node.Waiting += n
	case flow.StepRunning:
		node.Running += n
	case flow.StepFailed:
		node.Failed += n
	default:
		node.Done += n
	}
	c.ByNode[s.Node] = node
	if s.Via != "" {
		c.ByConnector[s.Via] += n
	}
}

func (c Counts) clone() Counts {
	out := newTally().counts
	for k, v := range c.ByState {
		out.ByState[k] = v
	}
	for k, v := range c.ByNode {
		out.ByNode[k] = v
	}
	for k, v := range c.ByConnector {
		out.ByConnector[k] = v
	}
	return out
}
