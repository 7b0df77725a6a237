package server

import (
	"context"

	"millrace.dev/flow"
)

// StateNew is the state that a flow shall have.
type StateNew struct {
	State string `json:"state" enum:"active,draining,paused,inactive,archived"`
}

// setState moves a flow's state. Deactivating is refused while records are
// inside: to be off must mean that nothing moves. Draining an empty flow makes
// it inactive at once.
func (s *Server) setState(ctx context.Context, in *struct {
	FlowAt
	Body StateNew
}) (*flowOut, error) {
	f, doc, err := s.flow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	to := flow.State(in.Body.State)
	if f.State == to {
		return outFlow(f), nil
	}
	if !f.State.CanBecome(to) {
		return nil, flow.Errorf(flow.CodeConflict, "A flow that is %s cannot become %s.", f.State, to)
	}
	if to == flow.Active && f.Active == 0 {
		return nil, flow.Errorf(flow.CodeConflict, "Publish the flow first.")
	}
	_, inside, err := s.runsOf(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	if to == flow.Inactive && inside > 0 {
		r := refuse(flow.CodeConflict, "%d records are inside. Drain the flow, or cancel their runs.", inside)
		r.Count = inside
		return nil, r
	}
	if to == flow.Draining && inside == 0 {
		to = flow.Inactive
	}
	f.State = to
	if f, err = s.saveFlow(ctx, f, doc); err != nil {
		return nil, err
	}
	s.runner.FlowsChanged(ctx)
	if to == flow.Inactive {
		f, err = s.drainLate(ctx, f)
	}
	return outFlow(f), err
}

// drainLate lets a record out that was let in while the flow was being turned
// off: the flow drains, and is off after it.
func (s *Server) drainLate(ctx context.Context, f flow.Flow) (flow.Flow, error) {
	_, inside, err := s.runsOf(ctx, f.ID)
	if err != nil || inside == 0 {
		return f, err
	}
	late, doc, err := s.flow(ctx, f.ID)
	if err != nil || late.State != flow.Inactive {
		return late, err
	}
	late.State = flow.Draining
	if late, err = s.saveFlow(ctx, late, doc); err != nil {
		return late, err
	}
	s.runner.FlowsChanged(ctx)
	return late, nil
}
