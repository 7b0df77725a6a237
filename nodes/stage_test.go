package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
)

func TestStageHoldsUntilSomebodyFinishesIt(t *testing.T) {
	res := run(t, dealHost(), "stage", `{"name": "Diagnosticare", "teams": ["Service"], "members": ["max"]}`)
	require.Equal(t, []string{"done"}, res.Ports)
	require.Equal(t, &nodes.Hold{Stage: &nodes.Stage{Title: "Diagnosticare", Assignees: []string{"ana", "max"}}}, res.Hold)
}

func TestStageHoldsForAnybodyWhenNobodyIsAssigned(t *testing.T) {
	for _, props := range []string{`{"name": "Testare"}`, `{"name": "Testare", "members": ["gone"]}`} {
		res := run(t, dealHost(), "stage", props)
		require.Empty(t, res.Hold.Stage.Assignees)
		require.NotEmpty(t, res.Note)
	}
}
