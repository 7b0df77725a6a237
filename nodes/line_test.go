package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

func TestTheCardsLineShowsWhatTheAuthorWrote(t *testing.T) {
	for _, c := range []struct{ typ, props, line string }{
		{"send_email", `{"to": "{{ owner.email }}"}`, "to {{ owner.email }}"},
		{"send_email", `{}`, "to …"},
		{"send_email", `{"to": 7}`, "to …"},
		{"wait_duration", `{"for": "P1DT2H"}`, "for 1 day 2 hours"},
		{"wait_event", `{"event": "deal.updated", "timeout": "PT1H"}`, "deal.updated, at most 1 hour"},
		{"branch", `{"cases": [{"name": "vip", "if": "x"}, {"name": "web"}]}`, "vip, web, else"},
		{"set_value", `{"name": "total", "value": 7}`, "total = 7"},
		{"set_value", `{"name": "list", "value": [1]}`, "list = …"},
		{"set_value", `{"name": "n", "value": "= vars.n + 1"}`, "n = vars.n + 1"},
		{"update_record", `{"set": {"stage": "x", "amount": 1}}`, "amount, stage"},
		{"status_changed", `{"to": ["won", "lost"]}`, "to won, lost"},
		{"assign_owner", `{"mode": "team", "teams": ["Sales"]}`, "a team, in turn Sales"},
		{"record_created", `{}`, ""},
		{"add_tag", `{}`, "…"},
		{"end", `{}`, "end"},
		{"no_such_type", `{}`, ""},
	} {
		require.Equal(t, c.line, nodes.Line(nodetest.Node(t, c.typ, c.props)), "%s %s", c.typ, c.props)
	}
}

func TestTheTitleIsTheAuthorsElseTheTypes(t *testing.T) {
	require.Equal(t, "Mail the owner", nodes.TitleOf(flow.Node{Type: "send_email", Title: "Mail the owner"}))
	require.Equal(t, "Send e-mail", nodes.TitleOf(flow.Node{Type: "send_email"}))
	require.Equal(t, "no_such_type", nodes.TitleOf(flow.Node{Type: "no_such_type"}))
}
