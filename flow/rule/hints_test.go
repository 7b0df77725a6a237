package rule_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow/rule"
)

func TestHintsNameChoicesThatDoNotExist(t *testing.T) {
	e := rule.NewEnv(crm.BuiltIn(), crm.Ticket)
	for src, want := range map[string]string{
		`ticket.status == "slved"`:                     "solved",
		`"Solved" != record.status`:                    "solved",
		`prev.priority in ["high", "urgnt"]`:           "urgent",
		`any([1], ticket.status == "slved")`:           "solved",
		`contact.locale == "ro" || org.locale == "rp"`: "ro",
		`ticket.status == "solved"`:                    "",
		`ticket.title == "anything"`:                   "",
		`ticket.status == ticket.title`:                "",
		`ticket.status == nil`:                         "",
	} {
		p, issues := e.Condition(src)
		require.Empty(t, issues, src)
		if want == "" {
			require.Empty(t, p.Hints(), src)
			continue
		}
		require.Len(t, p.Hints(), 1, src)
		require.Equal(t, want, p.Hints()[0].Suggestion, src)
	}
	p, _ := e.Condition(`ticket.rating > 3 && ticket.status == "slved"`)
	require.Equal(t, "unknown_choice: ticket.status is never \"slved\": it is one of new, open, waiting, solved, closed.\n"+
		"ticket.rating > 3 && ticket.status == \"slved\"\n"+
		"                                      ^", p.Hints()[0].String())
}
