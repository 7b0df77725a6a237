package nodes_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

func TestUpdateRecordWritesWhatTheSchemaKeeps(t *testing.T) {
	h := dealHost()
	res := run(t, h, "update_record", `{"set": {"amount": "= deal.amount * 1.1", "close_date": "= now()", "source": "{{ contact.full_name }}",
		"tags": ["a", "b", "a", ""], "stage": 3, "lost_reason": ""}}`)
	require.Equal(t, []string{"amount", "close_date", "source", "stage", "tags"}, res.Output["changed"])
	f := h.Record().Fields
	require.Equal(t, int64(165000), f["amount"])
	require.Equal(t, "2026-11-23", f["close_date"])
	require.Equal(t, "Ion Popescu", f["source"])
	require.Equal(t, "3", f["stage"])
	require.Equal(t, []any{"a", "b"}, f["tags"])
	require.Nil(t, f["lost_reason"])
	require.Len(t, h.Changes, 1)
}

func TestUpdateRecordConvertsAmountsByTheCurrencyOfTheResult(t *testing.T) {
	for currency, minor := range map[string]int64{"RON": 1550, "VND": 16, "EUR": 1550} {
		h := dealHost()
		run(t, h, "update_record", `{"set": {"amount": 15.5, "currency": "`+currency+`"}}`)
		require.Equal(t, minor, h.Record().Fields["amount"])
	}
	h := dealHost()
	run(t, h, "update_record", `{"set": {"amount": "15.5"}}`)
	require.Equal(t, int64(1550), h.Record().Fields["amount"])
}

func TestUpdateRecordSaysWhenNothingChanged(t *testing.T) {
	h := dealHost()
	res := run(t, h, "update_record", `{"set": {"amount": "= deal.amount", "status": "open"}}`)
	require.Contains(t, res.Note, "already")
	require.Empty(t, h.Changes)
}

func TestUpdateRecordStoresNothingWhenOneValueDoesNotFit(t *testing.T) {
	for _, props := range []string{
		`{"set": {"source": "new", "status": "{{ contact.full_name }}!"}}`,
		`{"set": {"source": "new", "amount": "{{ contact.full_name }}!"}}`,
		`{"set": {"source": "new", "title": "{{ deal.lost_reason }}"}}`,
		`{"set": {"source": "new", "close_date": "{{ contact.full_name }}!"}}`,
		`{"set": {"source": "new", "tags": "= {\"a\": 1}"}}`,
	} {
		h := dealHost()
		_, err := h.Run(t, "update_record", props)
		var failed *nodes.Error
		require.ErrorAs(t, err, &failed, props)
		require.Equal(t, "wrong_value", failed.Code)
		require.False(t, failed.Temporary)
		require.Empty(t, h.Changes)
		require.Nil(t, h.Record().Fields["source"])
	}
}

func TestUpdateRecordFindsMistakesBeforePublishing(t *testing.T) {
	for props, want := range map[string][]string{
		`{"set": {"amuont": 1}}`:                {"/set/amuont unknown_field"},
		`{"set": {"status": "wonn"}}`:           {"/set/status wrong_value"},
		`{"set": {"amount": "a lot"}}`:          {"/set/amount wrong_value"},
		`{"set": {"amount": "= deal.x"}}`:       {"/set/amount unknown_field"},
		`{"set": {"source": "{{ deal.x }}"}}`:   {"/set/source unknown_field"},
		`{"set": {"tags": ["{{ deal.x }} y"]}}`: {"/set/tags/0 unknown_field"},
		`{"set": {}}`:                           {"/set required"},
		`{"set": ["amount"]}`:                   {"/set wrong_type"},
		`{"set": {"amount": "= deal.amount"}}`:  {},
	} {
		require.Equal(t, want, codes(t, "update_record", props), props)
	}
}

func TestAProblemInAFormulaPointsAtItsColumn(t *testing.T) {
	n := nodetest.Problems(t, "deal", "update_record", `{"set": {"amount": "=  deal.amuont * 2"}}`)
	p := find(t, n, "unknown_field")
	require.Equal(t, 9, p.Column)
	require.NotEmpty(t, p.Caret)
	require.Contains(t, p.Suggestion, "amount")
	require.Equal(t, "n1", p.Node)
}
