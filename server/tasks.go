package server

import (
	"context"
	"fmt"
	"sort"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// maxScan is how many tasks or messages one list looks at: their ids do not
// follow their times, so a list reads them all and sorts.
const maxScan = 10_000

// TaskEdit ticks a task off, or on again.
type TaskEdit struct {
	Done bool `json:"done"`
}

func (s *Server) taskRoutes() {
	handle(s, "GET /api/tasks", "Tasks, newest first", s.listTasks)
	handle(s, "PATCH /api/tasks/{id}", "Tick a task off", s.editTask)
	handle(s, "GET /api/messages", "The outbox, newest first: what was sent, or captured", s.listMessages)
}

// dated is a document with its place in a list by time.
type dated[T any] struct {
	item  T
	place string
}

// byTime pages through a shelf, newest first.
func byTime[T any](ctx context.Context, sh store.Shelf, q store.ShelfQuery, in Paging, at func(T) (time.Time, string)) (*pageOf[T], error) {
	before, err := positionOf(in.Cursor)
	if err != nil {
		return nil, err
	}
	var all []dated[T]
	for q.Limit = 1000; len(all) < maxScan; {
		items, next, err := list[T](ctx, sh, q)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			t, id := at(item)
			place := t.UTC().Format("2006-01-02T15:04:05.000000000") + "|" + id
			if id != "" && (before == "" || place < before) {
				all = append(all, dated[T]{item, place})
			}
		}
		if q.After = next; next == "" {
			break
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].place > all[j].place })
	page, next := []T{}, ""
	for i, d := range all {
		if i == in.Limit {
			next = cursorOf(all[i-1].place)
			break
		}
		page = append(page, d.item)
	}
	return onePage(page, next), nil
}

func (s *Server) listTasks(ctx context.Context, in *struct {
	Paging
	Open   bool   `query:"open" doc:"Only tasks that are not done."`
	Record string `query:"record" maxLength:"128"`
}) (*pageOf[crm.Task], error) {
	var q store.ShelfQuery
	switch {
	case in.Record != "":
		q.Key, q.Value = "record", in.Record
	case in.Open:
		q.Key, q.Value = "open", "true"
	}
	page, err := byTime(ctx, s.shelf(store.Tasks), q, in.Paging, func(t crm.Task) (time.Time, string) {
		if in.Open && t.Done {
			return t.CreatedAt, ""
		}
		return t.CreatedAt, t.ID
	})
	if err != nil {
		return nil, fmt.Errorf("listing tasks: %w", err)
	}
	return page, nil
}

func (s *Server) editTask(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"128"`
	Body TaskEdit
}) (*struct{ Body crm.Task }, error) {
	sh := s.shelf(store.Tasks)
	for range 20 {
		t, doc, err := load[crm.Task](ctx, sh, in.ID)
		if flow.CodeOf(err) == flow.CodeNotFound {
			return nil, flow.Errorf(flow.CodeNotFound, "There is no task %s.", cut(in.ID, 80))
		}
		if err != nil {
			return nil, fmt.Errorf("loading task %s: %w", in.ID, err)
		}
		if t.Done == in.Body.Done {
			return &struct{ Body crm.Task }{t}, nil
		}
		t.Done, t.DoneBy, t.DoneAt = in.Body.Done, "", nil
		if t.Done {
			now := s.now()
			t.DoneBy, t.DoneAt = callerOf(ctx).ID, &now
		}
		doc.Keys = map[string]string{"record": t.Record}
		if !t.Done {
			doc.Keys["open"] = "true"
		}
		if ok, err := replace(ctx, sh, doc, t); err != nil {
			return nil, fmt.Errorf("saving task %s: %w", in.ID, err)
		} else if ok {
			return &struct{ Body crm.Task }{t}, nil
		}
	}
	return nil, flow.Errorf(flow.CodeUnavailable, "Too many people change this task at once. Try again.")
}

func (s *Server) listMessages(ctx context.Context, in *struct {
	Paging
	Run    string `query:"run" maxLength:"64"`
	Record string `query:"record" maxLength:"128"`
	Flow   string `query:"flow" maxLength:"64"`
}) (*pageOf[crm.Message], error) {
	var q store.ShelfQuery
	switch {
	case in.Run != "":
		q.Key, q.Value = "run", in.Run
	case in.Record != "":
		q.Key, q.Value = "record", in.Record
	}
	hidden, err := s.hiddenFlows(ctx)
	if err != nil {
		return nil, err
	}
	page, err := byTime(ctx, s.shelf(store.Messages), q, in.Paging, func(m crm.Message) (time.Time, string) {
		if hidden[m.Flow] || (in.Flow != "" && m.Flow != in.Flow) {
			return m.At, ""
		}
		return m.At, m.ID
	})
	if err != nil {
		return nil, fmt.Errorf("listing messages: %w", err)
	}
	return page, nil
}

// hiddenFlows are the flows that the caller may not see.
func (s *Server) hiddenFlows(ctx context.Context) (map[string]bool, error) {
	all, err := s.visibleFlows(ctx, caller{Member: crm.Member{Role: crm.Admin}})
	if err != nil {
		return nil, err
	}
	hidden := map[string]bool{}
	for _, f := range all {
		hidden[f.ID] = !sees(callerOf(ctx), f)
	}
	return hidden, nil
}
