package server

import (
	"context"
	"fmt"
	"strings"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// maxScan is how many documents one page looks at: where so many are left out,
// the page is short and the next one goes on.
const maxScan = 2000

// TaskEdit ticks a task off, or on again.
type TaskEdit struct {
	Done bool `json:"done"`
}

func (s *Server) taskRoutes() {
	handle(s, "GET /api/tasks", "Tasks, newest first", s.listTasks)
	handle(s, "PATCH /api/tasks/{id}", "Tick a task off", s.editTask)
	handle(s, "GET /api/messages", "The outbox, newest first: what was sent, or captured", s.listMessages)
}

// byTime pages through a shelf, newest first, and leaves out what keep refuses.
func byTime[T any](ctx context.Context, sh store.Shelf, q store.ShelfQuery, in Paging, keep func(T) bool) (*pageOf[T], error) {
	after, err := positionOf(in.Cursor)
	if err != nil {
		return nil, err
	}
	if after != "" && !strings.Contains(after, "\n") {
		return nil, badCursor()
	}
	q.By, q.Down, q.After, q.Limit = "recent", true, after, in.Limit+1
	page := []T{}
	for looked := 0; looked < maxScan; {
		docs, err := sh.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			v, err := decode[T](d)
			if err != nil {
				return nil, err
			}
			if keep(v) {
				if len(page) == in.Limit {
					return onePage(page, cursorOf(q.After)), nil
				}
				page = append(page, v)
			}
			q.After = d.Place(q.By)
		}
		if looked += len(docs); len(docs) < q.Limit {
			return onePage(page, ""), nil
		}
	}
	return onePage(page, cursorOf(q.After)), nil
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
	page, err := byTime(ctx, s.shelf(store.Tasks), q, in.Paging, func(t crm.Task) bool { return !in.Open || !t.Done })
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
		doc.Keys = map[string]string{"record": t.Record, "recent": store.Recent(t.CreatedAt)}
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
	page, err := byTime(ctx, s.shelf(store.Messages), q, in.Paging, func(m crm.Message) bool {
		return !hidden[m.Flow] && (in.Flow == "" || m.Flow == in.Flow)
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
