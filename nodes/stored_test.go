package nodes

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
)

func TestStoredTurnsWhatAuthorsSeeIntoWhatRecordsKeep(t *testing.T) {
	noon := time.Date(2026, 3, 31, 12, 0, 0, 0, time.FixedZone("", 2*3600))
	for _, c := range []struct {
		typ      crm.FieldType
		currency string
		v, want  any
	}{
		{crm.Text, "", " a ", "a"}, {crm.Text, "", 3.0, "3"}, {crm.Text, "", 1e21, "1000000000000000000000"}, {crm.Text, "", true, "true"},
		{crm.Text, "", noon, "2026-03-31T10:00:00Z"}, {crm.Text, "", "", nil}, {crm.Text, "", nil, nil},
		{crm.Number, "", 3, 3.0}, {crm.Number, "", " 3.5 ", 3.5}, {crm.Number, "", nil, nil},
		{crm.Money, "RON", 15.0, int64(1500)}, {crm.Money, "VND", 15.4, int64(15)}, {crm.Money, "", "0.29", int64(29)}, {crm.Money, "RON", -0.01, int64(-1)}, {crm.Money, "RON", "", nil},
		{crm.Bool, "", true, true}, {crm.Bool, "", "false", false}, {crm.Bool, "", "", nil},
		{crm.Date, "", noon, "2026-03-31"}, {crm.Date, "", "2026-03-31T23:00:00Z", "2026-03-31"}, {crm.Date, "", "2026-03-31", "2026-03-31"},
		{crm.Time, "", noon, "2026-03-31T10:00:00Z"}, {crm.Time, "", "2026-03-31", "2026-03-31T00:00:00Z"},
		{crm.Tags, "", "a", []any{"a"}}, {crm.Tags, "", []any{"a", "A", ""}, []any{"a"}}, {crm.Tags, "", []string{"a"}, []any{"a"}}, {crm.Tags, "", []any{}, nil},
		{crm.Email, "", "a@b.co", "a@b.co"}, {crm.Phone, "", 40722000111.0, "40722000111"}, {crm.Ref, "", "U-1", "U-1"}, {crm.Choice, "", "anything", "anything"},
	} {
		got, wrong := stored(crm.Field{Name: "f", Type: c.typ}, c.v, c.currency)
		require.Nil(t, wrong, "%s %v", c.typ, c.v)
		require.Equal(t, c.want, got, "%s %v", c.typ, c.v)
	}
}

func TestStoredRefusesWhatTheFieldCannotKeep(t *testing.T) {
	for _, c := range []struct {
		typ crm.FieldType
		v   any
	}{
		{crm.Text, []any{"a"}}, {crm.Text, map[string]any{}}, {crm.Number, "a"}, {crm.Number, math.Inf(1)}, {crm.Number, math.NaN()}, {crm.Number, "NaN"},
		{crm.Money, "a lot"}, {crm.Money, math.Inf(-1)}, {crm.Money, 1e15}, {crm.Money, 1e300}, {crm.Money, []any{1.0}}, {crm.Money, true},
		{crm.Bool, "maybe"}, {crm.Bool, 2.0}, {crm.Date, "soon"}, {crm.Date, 5.0}, {crm.Time, "soon"},
		{crm.Tags, 5.0}, {crm.Tags, []any{5.0}}, {crm.Email, "a b"}, {crm.Phone, "call me"}, {crm.Ref, "a b"},
	} {
		got, wrong := stored(crm.Field{Name: "f", Type: c.typ}, c.v, "EUR")
		require.NotNil(t, wrong, "%s %v gives %v", c.typ, c.v, got)
		require.NotEmpty(t, wrong.Text)
	}
	_, wrong := stored(crm.Field{Name: "f", Type: crm.Text, Required: true}, "", "")
	require.Equal(t, "required", wrong.Code)
}
