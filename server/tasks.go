package server

import (
	"context"
	"fmt"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// TaskEdit ticks a task off, or on again.
type TaskEdit struct {
	Done bool `json:"done"`
}

func (s *Server) taskRoutes() {
	handle(s, "GET /api/tasks", "Tasks, by id", s.listTasks)
	handle(s, "PATCH /api/tasks/{id}", "Tick a task off", s.editTask)
	handle(s, "GET /api/messages", "The outbox: what was sent, or captured", s.listMessages)
}

func (s *Server) listTasks(ctx context.Context, in *struct {
	Paging
	Open   bool   `query:"open" doc:"Only tasks that are not done."`
	Record string `query:"record" maxLength:"128"`
}) (*pageOf[crm.Task], error) {
	q := store.ShelfQuery{Limit: in.Limit, Down: true}
	switch {
	case in.Record != "":
		q.Key, q.Value = "record", in.Record
	case in.Open:
		q.Key, q.Value = "open", "true"
	}
	var err error
	if q.After, err = positionOf(in.Cursor); err != nil {
		return nil, err
	}
	items, next, err := list[crm.Task](ctx, s.shelf(store.Tasks), q)
	if err != nil {
		return nil, fmt.Errorf("listing tasks: %w", err)
	}
	open := items[:0]
	for _, t := range items {
		if !in.Open || !t.Done {
			open = append(open, t)
		}
	}
	return onePage(open, cursorOf(next)), nil
}

func (s *Server) editTask(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"128"`
	Body TaskEdit
}) (*struct{ Body crm.Task }, error) {
	sh := s.shelf(store.Tasks)
	for range 20 {
		t, doc, err := load[crm.Task](ctx, sh, in.ID)
		if flow.CodeOf(err) == flow.CodeNotFound {
			return nil, flow.Errorf(flow.CodeNotFound, "There is no task %s.", in.ID)
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
		doc.Keys = taskKeys(t, doc.Keys)
		if ok, err := replace(ctx, sh, doc, t); err != nil {
			return nil, fmt.Errorf("saving task %s: %w", in.ID, err)
		} else if ok {
			return &struct{ Body crm.Task }{t}, nil
		}
	}
	return nil, flow.Errorf(flow.CodeUnavailable, "Too many people change this task at once. Try again.")
}

// taskKeys keeps a task's other keys and says whether it is open.
func taskKeys(t crm.Task, keys map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range keys {
		out[k] = v
	}
	delete(out, "open")
	if !t.Done {
		out["open"] = "true"
	}
	return out
}

func (s *Server) listMessages(ctx context.Context, in *struct {
	Paging
	Run    string `query:"run" maxLength:"64"`
	Record string `query:"record" maxLength:"128"`
}) (*pageOf[crm.Message], error) {
	q := store.ShelfQuery{Limit: in.Limit, Down: true}
	switch {
	case in.Run != "":
		q.Key, q.Value = "run", in.Run
	case in.Record != "":
		q.Key, q.Value = "record", in.Record
	}
	var err error
	if q.After, err = positionOf(in.Cursor); err != nil {
		return nil, err
	}
	items, next, err := list[crm.Message](ctx, s.shelf(store.Messages), q)
	if err != nil {
		return nil, fmt.Errorf("listing messages: %w", err)
	}
	return onePage(items, cursorOf(next)), nil
}
