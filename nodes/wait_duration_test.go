package nodes_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWaitHoldsForItsTime(t *testing.T) {
	res := run(t, dealHost(), "wait_duration", `{"for": "P1DT2H"}`)
	require.Equal(t, 26*time.Hour, res.Hold.For)
	require.Equal(t, []string{"out"}, res.Ports)
}

func TestWaitIsBoundedBySecondAndYear(t *testing.T) {
	for props, want := range map[string][]string{
		`{"for": "PT1S"}`:        {},
		`{"for": "P366D"}`:       {},
		`{"for": "PT0S"}`:        {"/for too_small"},
		`{"for": "P366DT1S"}`:    {"/for too_large"},
		`{"for": "P999999999D"}`: {"/for too_large"},
		`{"for": "24h"}`:         {"/for wrong_type"},
		`{"for": 24}`:            {"/for wrong_type"},
		`{}`:                     {"/for required"},
	} {
		require.Equal(t, want, codes(t, "wait_duration", props), props)
	}
}
