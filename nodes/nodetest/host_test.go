package nodetest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

var ctx = context.Background()

func deal() *nodetest.Host {
	return nodetest.New(crm.Record{Resource: crm.Deal, ID: "D-1", Rev: 1, Fields: map[string]any{"stage": "a"}})
}

func move(to string) func(*crm.Record) error {
	return func(r *crm.Record) error { r.Fields["stage"] = to; return nil }
}

func TestAChangeHappensOncePerVisit(t *testing.T) {
	h := deal()
	for _, to := range []string{"b", "c"} {
		_, err := h.Change(ctx, crm.Deal, "D-1", move(to))
		require.NoError(t, err)
	}
	require.Equal(t, "b", h.Record().Text("stage"))
	h.Visit(2)
	r, err := h.Change(ctx, crm.Deal, "D-1", move("c"))
	require.NoError(t, err)
	require.Equal(t, int64(3), r.Rev)
	require.Equal(t, []nodetest.Change{{"deal", "D-1", []string{"stage"}}, {"deal", "D-1", []string{"stage"}}}, h.Changes)
}

func TestAFailedChangeStoresNothingAndCanBeTriedAgain(t *testing.T) {
	h := deal()
	bad := errors.New("bad")
	_, err := h.Change(ctx, crm.Deal, "D-1", func(r *crm.Record) error { r.Fields["stage"] = "x"; return bad })
	require.Equal(t, bad, err)
	require.Equal(t, "a", h.Record().Text("stage"))
	_, err = h.Change(ctx, crm.Deal, "D-1", move("b"))
	require.NoError(t, err)
	require.Len(t, h.Changes, 1)
	_, err = h.Change(ctx, crm.Deal, "D-2", move("b"))
	require.Equal(t, flow.CodeNotFound, flow.CodeOf(err))
}

func TestMembersAreTheUnionWithoutWhoIsOffEachOnceById(t *testing.T) {
	h := deal()
	h.People = []crm.Member{
		{ID: "c", Teams: []string{"t"}, Role: crm.Agent}, {ID: "a", Role: crm.Agent}, {ID: "b", Teams: []string{"t"}, Off: true}, {ID: "d"},
	}
	found, err := h.Members(ctx, nodes.Who{IDs: []string{"c", "d"}, Teams: []string{"t"}, Roles: []crm.Role{crm.Agent}})
	require.NoError(t, err)
	var ids []string
	for _, m := range found {
		ids = append(ids, m.ID)
	}
	require.Equal(t, []string{"a", "c", "d"}, ids)
}
