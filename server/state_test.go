package server

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// busy is a runner that lets one more record in while a flow is turned off.
type busy struct {
	Runner
	late func()
}

func (b *busy) FlowsChanged(ctx context.Context) {
	if late := b.late; late != nil {
		b.late = nil
		late()
	}
	b.Runner.FlowsChanged(ctx)
}

func TestARecordLetInWhileAFlowIsTurnedOffMakesItDrain(t *testing.T) {
	b := &busy{}
	w := newWorld(t, func(c *Config) { b.Runner, c.Runner = c.Runner, b })
	f := w.published()
	b.late = func() { w.runIn(f, "rlate", flow.Waiting) }
	a := w.must(200, &f, crm.Admin, "POST", "/api/flows/"+f.ID+"/state", `{"state":"inactive"}`)
	require.Equal(t, flow.Draining, f.State, a.body)
	w.must(200, &f, crm.Viewer, "GET", "/api/flows/"+f.ID, "")
	require.Equal(t, flow.Draining, f.State)
}
