package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSwitchTakesTheRowWithTheValue(t *testing.T) {
	for value, port := range map[string]string{
		`"{{ deal.status }}"`:                "open",
		`"= deal.amount"`:                    "big",
		`"{{ deal.amount }}"`:                "big",
		`"text 1500"`:                        "else",
		`"1500"`:                             "big",
		`1500`:                               "big",
		`"= deal.amount > 5"`:                "yes",
		`"{{ deal.lost_reason }}"`:           "else",
		`["open"]`:                           "else",
		`{"status": "open"}`:                 "else",
		`"{{ contact.first_name }} Popescu"`: "ion",
	} {
		res := run(t, dealHost(), "switch", `{"value": `+value+`, "cases": [
			{"name": "open", "value": "open"}, {"name": "big", "value": 1500}, {"name": "yes", "value": true},
			{"name": "ion", "value": "{{ contact.full_name }}"}]}`)
		require.Equal(t, []string{port}, res.Ports, value)
	}
}

func TestSwitchFindsBadRows(t *testing.T) {
	require.Equal(t, []string{"/value required", "/cases required"}, codes(t, "switch", `{}`))
	require.Equal(t, []string{"/cases/0/value required"}, codes(t, "switch", `{"value": "x", "cases": [{"name": "a"}]}`))
	require.Equal(t, []string{"/cases/0/value unknown_field"}, codes(t, "switch", `{"value": "x", "cases": [{"name": "a", "value": "= deal.x"}]}`))
}
