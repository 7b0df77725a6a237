package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

const twoWays = `"cases": [{"name": "big", "if": "deal.amount > 1000"}, {"name": "vip", "if": "\"vip\" in deal.tags"}]`

func TestBranchTakesTheFirstWayThatHolds(t *testing.T) {
	require.Equal(t, []string{"big"}, run(t, dealHost(), "branch", `{`+twoWays+`}`).Ports)
}

func TestBranchTakesEveryWayThatHoldsWhenAskedForAll(t *testing.T) {
	require.Equal(t, []string{"big", "vip"}, run(t, dealHost(), "branch", `{"mode": "all", `+twoWays+`}`).Ports)
}

func TestBranchGoesElseWhenNothingHolds(t *testing.T) {
	h := dealHost()
	set(h, map[string]any{"amount": int64(5), "tags": nil})
	for _, mode := range []string{"first", "all"} {
		require.Equal(t, []string{"else"}, run(t, h, "branch", `{"mode": "`+mode+`", `+twoWays+`}`).Ports)
	}
}

func TestBranchTreatsAFieldWithoutAValueAsNotHoldingAndSaysSo(t *testing.T) {
	h := dealHost()
	set(h, map[string]any{"amount": nil, "tags": nil})
	res := run(t, h, "branch", `{`+twoWays+`}`)
	require.Equal(t, []string{"else"}, res.Ports)
	require.Contains(t, res.Note, "amount")
}

const failsSecond = `"cases": [{"name": "big", "if": "deal.amount > 1000"}, {"name": "odd", "if": "1 % (len(deal.tags) - 1) > 0"}]`

func TestBranchNeverAsksAConditionAfterTheFirstThatHolds(t *testing.T) {
	require.Equal(t, []string{"big"}, run(t, dealHost(), "branch", `{`+failsSecond+`}`).Ports)
}

func TestBranchFailsOnAConditionThatItHasToAsk(t *testing.T) {
	_, err := dealHost().Run(t, "branch", `{"mode": "all", `+failsSecond+`}`)
	var failed *nodes.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "condition", failed.Code)
	require.False(t, failed.Temporary)
	require.Contains(t, failed.Text, `"odd"`)
}

func TestBranchHasAPortForEveryNamedWayAndElse(t *testing.T) {
	var names []string
	for _, p := range nodes.PortsOf(nodetest.Node(t, "branch", `{`+twoWays+`}`)) {
		names = append(names, p.Name)
	}
	require.Equal(t, []string{"big", "vip", "else"}, names)
}

func TestBranchFindsBadWays(t *testing.T) {
	for props, want := range map[string][]string{
		`{}`:            {"/cases required"},
		`{"cases": []}`: {"/cases required"},
		`{"cases": [{"name": "", "if": "true"}]}`:                               {"/cases/0/name required"},
		`{"cases": [{"name": "a b", "if": "true"}]}`:                            {"/cases/0/name bad_id"},
		`{"cases": [{"name": "else", "if": "true"}]}`:                           {"/cases/0/name bad_id"},
		`{"cases": [{"name": "error", "if": "true"}]}`:                          {"/cases/0/name bad_id"},
		`{"cases": [{"name": "a", "if": "true"}, {"name": "a", "if": "true"}]}`: {"/cases/1/name duplicate"},
		`{"cases": [{"name": "a"}]}`:                                            {"/cases/0/if required"},
		`{"cases": [{"name": "a", "if": 3}]}`:                                   {"/cases/0/if wrong_type"},
		`{"cases": [{"name": "a", "if": "deal.amuont > 1"}]}`:                   {"/cases/0/if unknown_field"},
		`{"cases": [{"name": "a", "if": "true", "when": "x"}]}`:                 {"/cases/0/when unknown_property"},
		`{"cases": [{"name": "a", "if": "true"}], "mode": "some"}`:              {"/mode not_a_choice"},
		`{"cases": "a"}`: {"/cases wrong_type"},
	} {
		require.Equal(t, want, codes(t, "branch", props), props)
	}
}
