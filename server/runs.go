package server

import (
	"context"
	"fmt"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// RunAt is the path of one run.
type RunAt struct {
	ID string `path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$"`
}

type runOut struct {
	Body flow.Run
}

// VisitOf names the visit that a decision is about; 0 is the one that failed.
type VisitOf struct {
	Visit int `json:"visit,omitempty" minimum:"0"`
}

// StartNew lists the records that a person lets into a flow.
type StartNew struct {
	Records []string `json:"records" minItems:"1" maxItems:"200"`
}

func (s *Server) runRoutes() {
	handle(s, "GET /api/runs", "Runs, newest first", s.listRuns)
	handle(s, "GET /api/runs/{id}", "One run with its steps", s.readRun)
	handle(s, "POST /api/runs/{id}/cancel", "End a run", s.cancelRun)
	handle(s, "POST /api/runs/{id}/retry", "Try the failed step of a run again", s.retryRun)
	handle(s, "POST /api/runs/{id}/skip", "Go on after the failed step of a run", s.skipRun)
	handle(s, "POST /api/runs/{id}/steps/{visit}/finish", "Finish the work of a stage", s.finishStage)
	handle(s, "POST /api/flows/{id}/start", "Let records into a flow by hand", s.startFlow, 202)
	handle(s, "GET /api/flows/{id}/counts", "Where the records of a flow stand", s.readCounts)
	handle(s, "GET /api/enrollments", "Who was let into a flow, newest first, and who was not and why", s.listEnrollments)
}

// listRuns pages through runs. Runs of flows that the caller may not see are
// left out, so a page may be shorter than its limit.
func (s *Server) listRuns(ctx context.Context, in *struct {
	Paging
	Flow   string `query:"flow" maxLength:"64"`
	Record string `query:"record" maxLength:"128"`
	State  string `query:"state" enum:"queued,ready,waiting,incident,done,failed,cancelled,moved"`
}) (*pageOf[flow.Run], error) {
	after, err := positionOf(in.Cursor)
	if err != nil {
		return nil, err
	}
	q := store.RunQuery{Flow: in.Flow, Record: in.Record, AfterID: after, Down: true, Limit: in.Limit}
	if in.State != "" {
		q.States = []flow.RunState{flow.RunState(in.State)}
	}
	if in.Flow != "" {
		if _, _, err := s.flow(ctx, in.Flow); err != nil {
			return nil, err
		}
	}
	runs, err := s.store.Runs().List(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	next := ""
	if len(runs) == in.Limit {
		next = cursorOf(runs[len(runs)-1].ID)
	}
	shown, err := s.visibleRuns(ctx, runs)
	if err != nil {
		return nil, err
	}
	return onePage(shown, next), nil
}

// visibleRuns keeps the runs of flows that the caller sees, as lists show them.
func (s *Server) visibleRuns(ctx context.Context, runs []flow.Run) ([]flow.Run, error) {
	flows := map[string]bool{}
	shown := []flow.Run{}
	for _, r := range runs {
		ok, known := flows[r.Flow]
		if !known {
			_, _, err := s.flow(ctx, r.Flow)
			if err != nil && flow.CodeOf(err) != flow.CodeNotFound {
				return nil, err
			}
			ok = err == nil
			flows[r.Flow] = ok
		}
		if ok {
			shown = append(shown, summary(r))
		}
	}
	return shown, nil
}

// summary is a run as lists show it: without what only its own page needs.
func summary(r flow.Run) flow.Run {
	r.Vars, r.Outputs, r.NodeVisits = nil, nil, nil
	r.Event.Before, r.Event.After, r.Event.Data = nil, nil, nil
	return r
}

// run loads a run of a flow that the caller sees; any other is not found.
func (s *Server) run(ctx context.Context, id string) (flow.Run, error) {
	r, err := s.store.Runs().Load(ctx, id)
	if err == nil {
		_, _, err = s.flow(ctx, r.Flow)
	}
	if flow.CodeOf(err) == flow.CodeNotFound {
		return flow.Run{}, flow.Errorf(flow.CodeNotFound, "There is no run %s.", id)
	}
	if err != nil {
		return r, fmt.Errorf("loading run %s: %w", id, err)
	}
	return r, nil
}

func (s *Server) readRun(ctx context.Context, in *RunAt) (*runOut, error) {
	r, err := s.run(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	schemas, err := s.schemas(ctx)
	if err != nil {
		return nil, err
	}
	r.Event = publicEvent(schemas, r.Event)
	return &runOut{Body: r}, nil
}

// decide lets the runner act on a run that the caller sees, and answers with
// the run as it is then.
func (s *Server) decide(ctx context.Context, id string, act func(by string) error) (*runOut, error) {
	if _, err := s.run(ctx, id); err != nil {
		return nil, err
	}
	if err := act(callerOf(ctx).ID); err != nil {
		return nil, err
	}
	return s.readRun(ctx, &RunAt{ID: id})
}

func (s *Server) cancelRun(ctx context.Context, in *RunAt) (*runOut, error) {
	return s.decide(ctx, in.ID, func(by string) error { return s.runner.Cancel(ctx, in.ID, by) })
}

type visitIn struct {
	RunAt
	Body *VisitOf
}

func (v visitIn) visit() int {
	if v.Body == nil {
		return 0
	}
	return v.Body.Visit
}

func (s *Server) retryRun(ctx context.Context, in *visitIn) (*runOut, error) {
	return s.decide(ctx, in.ID, func(by string) error { return s.runner.Retry(ctx, in.ID, in.visit(), by) })
}

func (s *Server) skipRun(ctx context.Context, in *visitIn) (*runOut, error) {
	return s.decide(ctx, in.ID, func(by string) error { return s.runner.Skip(ctx, in.ID, in.visit(), by) })
}

func (s *Server) finishStage(ctx context.Context, in *struct {
	RunAt
	Visit int `path:"visit" minimum:"1"`
}) (*runOut, error) {
	return s.decide(ctx, in.ID, func(by string) error { return s.runner.FinishStage(ctx, in.ID, in.Visit, by) })
}

func (s *Server) startFlow(ctx context.Context, in *struct {
	FlowAt
	Body StartNew
}) (*pageOf[flow.Enrollment], error) {
	f, _, err := s.flow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if f.State != flow.Active {
		return nil, flow.Errorf(flow.CodeConflict, "The flow is %s: only an active flow takes records in.", f.State)
	}
	for _, id := range in.Body.Records {
		if !validRecordID(id) {
			return nil, flow.Errorf(flow.CodeInvalid, "%q cannot be the id of a record.", cut(id, 64))
		}
	}
	made, err := s.runner.StartManually(ctx, f.ID, f.Resource, in.Body.Records, callerOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	return onePage(made, ""), nil
}

func (s *Server) readCounts(ctx context.Context, in *FlowAt) (*struct{ Body Counts }, error) {
	if _, _, err := s.flow(ctx, in.ID); err != nil {
		return nil, err
	}
	c, err := s.tallies.counts(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body Counts }{c}, nil
}

func (s *Server) listEnrollments(ctx context.Context, in *struct {
	Paging
	Flow string `query:"flow" required:"true" maxLength:"64"`
}) (*pageOf[flow.Enrollment], error) {
	if _, _, err := s.flow(ctx, in.Flow); err != nil {
		return nil, err
	}
	page, err := byTime(ctx, s.shelf(store.Enrollments), store.ShelfQuery{Prefix: in.Flow + "|"}, in.Paging,
		func(flow.Enrollment) bool { return true })
	if err != nil {
		return nil, fmt.Errorf("listing enrollments of %s: %w", in.Flow, err)
	}
	return page, nil
}

// publicEvent is an event without the values of sensitive fields.
func publicEvent(schemas crm.Schemas, ev crm.Event) crm.Event {
	ev.Before = publicFields(schemas[ev.Resource], ev.Before)
	ev.After = publicFields(schemas[ev.Resource], ev.After)
	return ev
}

// publicFields leaves out the sensitive fields.
func publicFields(s crm.Schema, fields map[string]any) map[string]any {
	for _, f := range s.Fields {
		if _, there := fields[f.Name]; there && f.Sensitive {
			fields = crm.CloneFields(fields)
			delete(fields, f.Name)
		}
	}
	return fields
}
