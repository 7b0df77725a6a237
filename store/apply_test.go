package store

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

func TestApplyLeavesWhatItIsGivenAlone(t *testing.T) {
	held := Held{
		Record: crm.Record{Resource: crm.Deal, ID: "D-1", Rev: 3, Fields: map[string]any{"title": "Big", "tags": []any{"a"}}},
		Ops:    append(make([]string, 0, 9), "one"), At: time.Unix(50, 0).UTC(),
	}
	a, err := Apply(held, Write{Resource: crm.Deal, ID: "D-1", OpKey: "two", Op: OpUpdate, At: time.Unix(9, 0), Change: func(r *crm.Record) error {
		r.Fields["title"] = "Small"
		r.Fields["tags"].([]any)[0] = "b"
		return nil
	}})
	require.NoError(t, err)
	require.Equal(t, map[string]any{"title": "Big", "tags": []any{"a"}}, held.Record.Fields)
	require.Equal(t, []string{"one"}, held.Ops)
	require.Equal(t, []string{"one", "two"}, a.Held.Ops)
	require.Equal(t, 1, a.Held.Pending)
	require.Equal(t, []string{"tags", "title"}, a.Event.Changed)
	require.Equal(t, held.At, a.Event.At)
	a.Held.Record.Fields["title"] = "Other"
	require.Equal(t, "Small", a.Event.After["title"], "the event has fields of its own")
}

func TestANewRecordAndAGoneOneHaveChangedInEveryField(t *testing.T) {
	made, err := Apply(Held{}, Write{Resource: crm.Deal, ID: "D-1", OpKey: "one", Op: OpCreate, Change: func(r *crm.Record) error {
		r.Fields = map[string]any{"title": "Big", "status": "open"}
		return nil
	}})
	require.NoError(t, err)
	require.Equal(t, []string{"status", "title"}, made.Event.Changed)
	gone, err := Apply(made.Held, Write{Resource: crm.Deal, ID: "D-1", OpKey: "two", Op: OpDelete})
	require.NoError(t, err)
	require.Equal(t, []string{"status", "title"}, gone.Event.Changed)
}

func TestOperationKeysAreLimited(t *testing.T) {
	w := Write{Resource: crm.Deal, ID: "D-1", Op: OpDelete, OpKey: strings.Repeat("k", MaxOpKey)}
	held := Held{Record: crm.Record{Rev: 1}}
	_, err := Apply(held, w)
	require.NoError(t, err)
	w.OpKey += "k"
	_, err = Apply(held, w)
	require.Equal(t, flow.CodeInvalid, flow.CodeOf(err))
}

func TestTheRingKeepsTheLastKeys(t *testing.T) {
	var ops []string
	for i := range OpsKept + 10 {
		ops = remember(ops, string(rune('A'+i)))
	}
	require.Len(t, ops, OpsKept)
	require.Equal(t, string(rune('A'+10)), ops[0])
	require.Equal(t, ops, remember(ops, ""))
}

func TestNumbersComeBackByOneRule(t *testing.T) {
	r, err := DecodeRun([]byte(`{"id":"r","vars":{"n":9007199254740993,"f":1.5,"big":1e300,"deep":{"l":[1,[2.5]]}},
		"outputs":{"a":{"n":1}},"event":{"data":{"n":2}},"steps":[{"output":3},{"output":{"n":4}}],
		"tokens":[{"with":{"n":5},"wait":{"output":{"n":6}}}]}`))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"n": int64(9007199254740993), "f": 1.5, "big": 1e300, "deep": map[string]any{"l": []any{int64(1), []any{2.5}}}}, r.Vars)
	require.Equal(t, int64(1), r.Outputs["a"]["n"])
	require.Equal(t, int64(2), r.Event.Data["n"])
	require.Equal(t, int64(3), r.Steps[0].Output)
	require.Equal(t, map[string]any{"n": int64(4)}, r.Steps[1].Output)
	require.Equal(t, int64(5), r.Tokens[0].With["n"])
	require.Equal(t, int64(6), r.Tokens[0].Wait.Output["n"])
	_, err = DecodeRecord([]byte("{"))
	require.Error(t, err)
}
