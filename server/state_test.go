package server

import (
	"context"
	"fmt"
	"sync"
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

func TestTwoAdminsCannotTakeEachOtherAway(t *testing.T) {
	w := newWorld(t)
	first := w.member[crm.Admin]
	for round := range 5 {
		second, err := w.server.AddMember(t.Context(), crm.Member{Name: "Second", Email: fmt.Sprintf("second%d@example.com", round), Role: crm.Admin})
		require.NoError(t, err)
		var both sync.WaitGroup
		for _, id := range []string{first.ID, second.ID} {
			both.Go(func() {
				role := "viewer"
				_, _ = w.server.editMember(t.Context(), &struct {
					ID   string `path:"id" maxLength:"64"`
					Body MemberEdit
				}{ID: id, Body: MemberEdit{Role: &role}})
			})
		}
		both.Wait()
		admin, _, err := w.server.FirstAdmin(t.Context(), "New", "new@example.com")
		require.NoError(t, err)
		require.Contains(t, []string{first.ID, second.ID}, admin.ID, "an admin was left")
		first = admin
	}
}
