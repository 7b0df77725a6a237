package server

import (
	"context"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// Runner is what the server needs of engine/runner: all that moves runs and
// writes records goes through it.
type Runner interface {
	// Write applies one record write and sees to it that its events are matched.
	Write(ctx context.Context, w store.Write) (store.Written, error)
	// FlowsChanged makes published versions and flow states take effect.
	FlowsChanged(ctx context.Context)
	// StartManually lets records into a flow, by a person's wish.
	StartManually(ctx context.Context, flowID string, res crm.Resource, ids []string, by string) ([]flow.Enrollment, error)
	// FinishStage ends people's work at a stage node.
	FinishStage(ctx context.Context, runID string, visit int, by string) error
	// Cancel ends a run; Retry and Skip decide about a run parked at an error.
	Cancel(ctx context.Context, runID, by string) error
	Retry(ctx context.Context, runID string, visit int, by string) error
	Skip(ctx context.Context, runID string, visit int, by string) error
	// Live calls the two functions for every live message until stop is called.
	// They must not block.
	Live(progress func(flow.Progress), event func(crm.Event)) (stop func(), err error)
	// Ready reports whether runs are being moved.
	Ready() bool
}

// Simulator makes demo traffic; only a demo has one.
type Simulator interface {
	// Pace is the events per second, and whether it is paused.
	Pace() (rate float64, paused bool)
	SetPace(rate float64, paused bool)
}
