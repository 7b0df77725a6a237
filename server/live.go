package server

import (
	"context"
	"fmt"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// FlowSnapshot is how a flow's topic begins.
type FlowSnapshot struct {
	Counts Counts `json:"counts"`
	// Active are the newest unfinished runs, at most 50, without variables.
	Active []flow.Run `json:"active"`
}

// LiveSnapshot is how the topic "live" begins.
type LiveSnapshot struct {
	Flows []flow.Flow `json:"flows"`
	// Recent are the last messages about runs of these flows, oldest first.
	Recent []flow.Progress `json:"recent"`
}

const (
	maxActive = 50
	maxRecent = 50
	// seenFor is how long the hub trusts what it knows of a flow's visibility.
	seenFor = 3 * time.Second
)

// seenFlow is what the hub knows of a flow, to decide who may hear of it.
type seenFlow struct {
	flow flow.Flow
	at   time.Time
}

// listen takes in the runner's live messages, and hands them on five times a
// second, until ctx ends.
func (s *Server) listen(ctx context.Context) error {
	stop, err := s.runner.Live(s.hub.progress, s.hub.event)
	if err != nil {
		return fmt.Errorf("listening to live messages: %w", err)
	}
	go func() {
		defer close(s.deaf)
		defer stop()
		tick := time.NewTicker(flushEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.flush(ctx)
			}
		}
	}()
	return nil
}

// flush hands on what came in since the last flush.
func (s *Server) flush(ctx context.Context) {
	changed, events := s.hub.take()
	flows := map[string]bool{}
	for _, p := range changed {
		flows[p.Flow] = true
	}
	for id := range flows {
		s.learn(ctx, id)
	}
	for _, p := range changed {
		s.tallies.follow(p)
		s.remembered(p)
		s.hub.publish("live", "progress", p.Flow, p)
		s.hub.publish("flow:"+p.Flow, "progress", p.Flow, p)
		s.hub.publish("run:"+p.Run, "progress", p.Flow, p)
	}
	for id := range flows {
		if !s.hub.has("flow:" + id) {
			continue
		}
		if c, ok := s.tallies.known(id); ok {
			s.hub.publish("flow:"+id, "counts", id, c)
		}
	}
	if len(events) > 0 {
		s.publishEvents(ctx, events)
	}
	s.hub.forget(s.wall())
	s.tallies.forget(s.wall())
}

// learn finds out who may hear of a flow.
func (s *Server) learn(ctx context.Context, id string) {
	now := s.wall()
	if known, ok := s.flowsSeen.Load(id); ok && now.Sub(known.(seenFlow).at) < seenFor {
		return
	}
	f, _, err := load[flow.Flow](ctx, s.shelf(store.Flows), id)
	if err != nil {
		s.flowsSeen.Delete(id) // nobody hears of a flow that cannot be read
		return
	}
	s.flowsSeen.Store(id, seenFlow{flow: flow.Flow{ID: f.ID, Owner: f.Owner, Settings: f.Settings}, at: now})
}

// recount reads a watched flow's counts again.
func (s *Server) recount(ctx context.Context, id string) {
	c, err := s.tallies.counts(ctx, id)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Warn("counting a watched flow", "flow", id, "err", err)
		}
		return
	}
	s.hub.publish("flow:"+id, "counts", id, c)
}

func (s *Server) publishEvents(ctx context.Context, events []crm.Event) {
	schemas, err := s.schemas(ctx)
	if err != nil {
		return // events are hints: lists are read again anyway
	}
	for _, ev := range events {
		s.hub.publish("records:"+string(ev.Resource), "event", "", publicEvent(schemas, ev))
	}
}

// remembered keeps the last messages for who begins to watch "live".
func (s *Server) remembered(p flow.Progress) {
	s.recentLock.Lock()
	defer s.recentLock.Unlock()
	if s.recent = append(s.recent, p); len(s.recent) > 4*maxRecent {
		s.recent = append([]flow.Progress(nil), s.recent[len(s.recent)-2*maxRecent:]...)
	}
}

// topicOf finds how a topic begins, or refuses: there is no such topic, or the
// caller may not see what it is about.
func (s *Server) topicOf(ctx context.Context, name string) (snapshot func(context.Context) (any, error), err error) {
	kind, id, _ := strings.Cut(name, ":")
	switch kind {
	case "live":
		if id == "" {
			return s.liveSnapshot, nil
		}
	case "flow":
		if _, _, err := s.flow(ctx, id); err != nil {
			return nil, err
		}
		s.learn(ctx, id)
		return func(ctx context.Context) (any, error) { return s.flowSnapshot(ctx, id) }, nil
	case "run":
		r, err := s.run(ctx, id)
		if err != nil {
			return nil, err
		}
		s.learn(ctx, r.Flow)
		return func(ctx context.Context) (any, error) {
			out, err := s.readRun(ctx, &RunAt{ID: id})
			if err != nil {
				return nil, err
			}
			return out.Body, nil
		}, nil
	case "records":
		if res := crm.Resource(id); res.Valid() {
			return func(context.Context) (any, error) { return struct{}{}, nil }, nil
		}
	}
	return nil, flow.Errorf(flow.CodeNotFound, "There is no topic %q.", cut(name, 80))
}

func (s *Server) flowSnapshot(ctx context.Context, id string) (any, error) {
	counts, err := s.tallies.counts(ctx, id)
	if err != nil {
		return nil, err
	}
	runs, err := s.store.Runs().List(ctx, store.RunQuery{
		Flow: id, Down: true, Limit: maxActive,
		States: []flow.RunState{flow.Queued, flow.Ready, flow.Waiting, flow.Incident},
	})
	if err != nil {
		return nil, fmt.Errorf("listing runs of %s: %w", id, err)
	}
	active := make([]flow.Run, 0, len(runs))
	for _, r := range runs {
		active = append(active, summary(r))
	}
	return FlowSnapshot{Counts: counts, Active: active}, nil
}

func (s *Server) liveSnapshot(ctx context.Context) (any, error) {
	flows, err := s.visibleFlows(ctx, callerOf(ctx))
	if err != nil {
		return nil, err
	}
	mine := map[string]bool{}
	for _, f := range flows {
		mine[f.ID] = true
	}
	s.recentLock.Lock()
	defer s.recentLock.Unlock()
	snapshot := LiveSnapshot{Flows: flows, Recent: []flow.Progress{}}
	for _, p := range s.recent {
		if mine[p.Flow] {
			snapshot.Recent = append(snapshot.Recent, p)
		}
	}
	if n := len(snapshot.Recent); n > maxRecent {
		snapshot.Recent = snapshot.Recent[n-maxRecent:]
	}
	return snapshot, nil
}
