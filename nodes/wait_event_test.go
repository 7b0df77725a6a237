package nodes_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

func TestWaitEventHoldsForTheEventOrTheTime(t *testing.T) {
	res := run(t, dealHost(), "wait_event", `{"event": "message.received", "kind": "reply", "about": "contact",
		"where": "event.kind == \"reply\"", "timeout": "PT1H", "since": "start"}`)
	require.Equal(t, []string{"event"}, res.Ports)
	require.Equal(t, &nodes.Hold{
		Event: "message.received", Kind: "reply", About: "contact", Where: nodes.Filter{Source: `event.kind == "reply"`},
		For: time.Hour, Timeout: "timeout", Since: "start",
	}, res.Hold)
}

func TestWaitEventDefaultsToTheRecordSinceTheLastAction(t *testing.T) {
	res := run(t, dealHost(), "wait_event", `{"event": "deal.updated"}`)
	require.Equal(t, &nodes.Hold{Event: "deal.updated", About: "record", Since: "action"}, res.Hold)
}

func TestWaitEventKeepsItsFilterCompiled(t *testing.T) {
	n := nodetest.Node(t, "wait_event", `{"event": "deal.updated", "where": "deal.amount > 5"}`)
	g := nodetest.Graph(crm.Deal, n)
	bound, problems := nodes.Compile("n1", n, nodes.EnvOf(g, crm.BuiltIn()), crm.Deal, crm.BuiltIn())
	require.Empty(t, problems)
	require.NotNil(t, bound.Filter("where"))
	require.Nil(t, bound.Filter("timeout"))
	require.Equal(t, []string{"deal.amount"}, bound.Uses())
}

func TestWaitEventWarnsWhenItsEndIsOpen(t *testing.T) {
	check := func(props string, connectors map[string]flow.Connector) flow.Problems {
		g := nodetest.Graph(crm.Deal, nodetest.Node(t, "wait_event", props))
		for id, c := range connectors {
			g.Connectors[id] = c
		}
		return nodes.Check(g, crm.BuiltIn())
	}
	p := find(t, check(`{"event": "deal.updated"}`, nil), "no_timeout")
	require.Equal(t, flow.LevelWarning, p.Level)
	p = find(t, check(`{"event": "deal.updated", "timeout": "PT1H"}`, nil), "timeout_unconnected")
	require.Equal(t, flow.LevelWarning, p.Level)
	require.Equal(t, "n1", p.Node)
	require.Empty(t, check(`{"event": "deal.updated", "timeout": "PT1H"}`, map[string]flow.Connector{"t": {From: "n1.timeout", To: "n1"}}))
}

func TestWaitEventRefusesWhatIsNoEvent(t *testing.T) {
	require.Equal(t, []string{"/event bad_event"}, codes(t, "wait_event", `{"event": "Reply!"}`))
	require.Equal(t, []string{"/event required"}, codes(t, "wait_event", `{}`))
}

func TestWaitEventRefusesWhatCouldNeverCome(t *testing.T) {
	require.Equal(t, []string{"/event wrong_event"}, codes(t, "wait_event", `{"event": "ticket.updated"}`))
	require.Equal(t, []string{"/event wrong_event"}, codes(t, "wait_event", `{"event": "deal.updated", "about": "contact"}`))
	require.Empty(t, codes(t, "wait_event", `{"event": "user.updated", "about": "contact"}`))
	require.Empty(t, codes(t, "wait_event", `{"event": "user.logged_in", "about": "contact"}`))
	for _, r := range []crm.Resource{crm.Lead, crm.Organization} {
		p := find(t, nodetest.Problems(t, r, "wait_event", `{"event": "message.received", "about": "contact"}`), "no_subject")
		require.Equal(t, "/nodes/n1/about", p.Path)
	}
	for _, r := range []crm.Resource{crm.User, crm.Ticket, crm.Deal} {
		require.Empty(t, nodetest.Problems(t, r, "wait_event", `{"event": "message.received", "about": "contact"}`))
	}
}
