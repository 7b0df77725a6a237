package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

// dealHost is a run about a deal of Ion's, assigned to Ana, with everybody
// around it.
func dealHost() *nodetest.Host {
	h := nodetest.New(
		crm.Record{Resource: crm.Deal, ID: "D-1", Rev: 1, Fields: map[string]any{
			"title": "Serviciul 1", "status": "open", "amount": int64(150000), "currency": "RON",
			"contact": "U-1", "organization": "O-1", "owner": "ana", "tags": []any{"vip"},
		}},
		crm.Record{Resource: crm.User, ID: "U-1", Fields: map[string]any{"full_name": "Ion Popescu", "first_name": "Ion", "email": "ion@example.com"}},
		crm.Record{Resource: crm.Organization, ID: "O-1", Fields: map[string]any{"name": "An Phát"}},
	)
	h.People = []crm.Member{
		{ID: "zoe", Name: "Zoe", Role: crm.Agent, Teams: []string{"Sales"}},
		{ID: "ana", Name: "Ana", Email: "ana@millrace.test", Role: crm.Agent, Teams: []string{"Sales", "Service"}},
		{ID: "gone", Name: "Gone", Role: crm.Agent, Teams: []string{"Sales"}, Off: true},
		{ID: "max", Name: "Max", Role: crm.Admin},
	}
	return h
}

// set changes fields of the host's own record.
func set(h *nodetest.Host, fields map[string]any) {
	r := h.Record()
	for k, v := range fields {
		r.Fields[k] = v
	}
	h.Records[string(r.Resource)+":"+r.ID] = r
}

// run runs a node about dealHost's deal and expects no error.
func run(t *testing.T, h *nodetest.Host, typ, props string) nodes.Result {
	t.Helper()
	res, err := h.Run(t, typ, props)
	require.NoError(t, err)
	return res
}

// listen is what a trigger listens for, in a flow about deals.
func listen(t *testing.T, typ, props string) nodes.Listen {
	t.Helper()
	node, ok := nodes.Literal(nodetest.Node(t, typ, props))
	require.True(t, ok)
	trigger, ok := node.(nodes.Trigger)
	require.True(t, ok, "%s is a trigger", typ)
	return trigger.Listen(crm.Deal)
}

// codes lists the problems of a node of a flow about deals as "path code".
func codes(t *testing.T, typ, props string) []string {
	t.Helper()
	list := []string{}
	for _, p := range nodetest.Problems(t, crm.Deal, typ, props) {
		list = append(list, p.Path[len("/nodes/n1"):]+" "+p.Code)
	}
	return list
}

// find is the problem with the code, which must be there once.
func find(t *testing.T, problems flow.Problems, code string) flow.Problem {
	t.Helper()
	var found flow.Problems
	for _, p := range problems {
		if p.Code == code {
			found = append(found, p)
		}
	}
	require.Len(t, found, 1, "%s in %v", code, problems)
	return found[0]
}
