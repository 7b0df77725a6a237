package crm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEqualComparesByValue(t *testing.T) {
	for _, c := range []struct {
		a, b any
		want bool
	}{
		{nil, nil, true}, {nil, "", false}, {"a", "a", true}, {"a", "b", false}, {true, true, true}, {true, false, false},
		{1, 1.0, true}, {int64(15), 15.0, true}, {int64(15), 15.5, false}, {1, "1", false}, {"1", 1, false}, {0, nil, false}, {nil, 0, false},
		{int64(1<<53 + 1), int64(1 << 53), false},
		{[]any{"a"}, []string{"a"}, true}, {[]any{"a"}, []any{"a", "b"}, false}, {[]any{"a", "b"}, []any{"b", "a"}, false},
		{[]any{}, nil, false}, {[]any{1}, []any{1.0}, true}, {[]any{"a"}, "a", false},
		{map[string]any{"a": 1}, map[string]any{"a": 1.0}, true}, {map[string]any{"a": 1}, map[string]any{"a": 2}, false},
		{map[string]any{"a": 1}, map[string]any{"b": 1}, false}, {map[string]any{}, "x", false}, {map[string]any{"a": nil}, map[string]any{}, true},
	} {
		require.Equal(t, c.want, Equal(c.a, c.b), "%v %v", c.a, c.b)
		require.Equal(t, c.want, Equal(c.b, c.a), "%v %v", c.b, c.a)
	}
}

func TestChangedListsWhatDiffersSorted(t *testing.T) {
	type m = map[string]any
	for _, c := range []struct {
		before, after m
		want          []string
	}{
		{nil, nil, nil}, {m{}, m{"a": nil}, nil}, {m{"a": nil}, m{}, nil}, {m{"a": 1}, m{"a": 1.0}, nil},
		{nil, m{"b": 1, "a": 1}, []string{"a", "b"}}, {m{"b": 1, "a": 1}, nil, []string{"a", "b"}},
		{m{"a": 1, "b": 2}, m{"a": 1, "b": 3}, []string{"b"}}, {m{"a": 1}, m{"a": nil}, []string{"a"}}, {m{"z": 1, "a": 1}, m{"y": 1, "a": 1}, []string{"y", "z"}},
	} {
		require.Equal(t, c.want, Changed(c.before, c.after), "%v %v", c.before, c.after)
	}
}

func TestAViewIsWhatExpressionsSee(t *testing.T) {
	s := Schema{Resource: Deal, Fields: append(append([]Field(nil), all.Fields[:9]...), Field{Name: "secret", Type: Text, Sensitive: true}, Field{Name: "currency", Type: Choice})}
	born := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := Record{ID: "D-1", CreatedAt: born, UpdatedAt: born, Fields: map[string]any{
		"title": "Big", "number": int64(4), "money": int64(1500), "currency": "RON", "secret": "x", "bool": true, "date": "2026-03-31",
		"time": "2026-03-31T09:30:00+02:00", "tags": []string{"a"}, "unknown": 1,
	}}
	require.Equal(t, map[string]any{
		"id": "D-1", "created_at": born, "updated_at": born, "title": "Big", "email": nil, "phone": nil, "number": 4.0, "money": 15.0, "bool": true,
		"date": time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC), "time": time.Date(2026, 3, 31, 7, 30, 0, 0, time.UTC), "tags": []any{"a"}, "currency": "RON",
	}, s.View(r))
}

func TestAViewOfWrongValuesHasNone(t *testing.T) {
	v := all.View(Record{Fields: map[string]any{"money": "15", "number": true, "date": "soon", "time": 5}})
	for _, name := range []string{"money", "number", "date", "time", "title"} {
		require.Contains(t, v, name)
		require.Nil(t, v[name], name)
	}
}

func TestMoneyGoesByTheCurrency(t *testing.T) {
	for _, c := range []struct {
		major    float64
		currency string
		minor    int64
	}{
		{15, "RON", 1500}, {15, "VND", 15}, {15, "KWD", 15000}, {0.29, "EUR", 29}, {1.005, "KWD", 1005}, {-0.5, "JPY", -1}, {0.5, "JPY", 1}, {15, "", 1500},
	} {
		require.Equal(t, c.minor, Minor(c.major, c.currency), "%v %s", c.major, c.currency)
	}
}

func TestCustomFieldsComeAfterTheBuiltInAndLeaveThoseAlone(t *testing.T) {
	base := BuiltIn()
	n := len(base[Deal].Fields)
	more := base.With(Deal, Field{Name: "x", Type: Text, Custom: true})
	require.Len(t, base[Deal].Fields, n)
	require.Len(t, more[Deal].Fields, n+1)
	require.Equal(t, "x", more[Deal].Names()[n])
	f, ok := more[Deal].Field("x")
	require.True(t, ok && f.Custom)
	_, ok = base[Deal].Field("x")
	require.False(t, ok)
}

func TestResourcesAreReadInBothNumbers(t *testing.T) {
	for _, r := range Resources {
		for _, s := range []string{string(r), r.Plural()} {
			got, err := ParseResource(s)
			require.NoError(t, err)
			require.Equal(t, r, got)
		}
		require.True(t, r.Valid())
	}
	_, err := ParseResource("cow")
	require.ErrorContains(t, err, "use one of")
	require.False(t, Resource("tickets").Valid())
}

func TestARecordIsCalledByItsBestName(t *testing.T) {
	for _, c := range []struct {
		fields map[string]any
		want   string
	}{
		{map[string]any{"title": "T", "name": "N"}, "T"}, {map[string]any{"name": "N", "email": "e"}, "N"}, {map[string]any{"email": "e"}, "e"},
		{map[string]any{"title": 5}, "D-1"}, {nil, "D-1"},
	} {
		require.Equal(t, c.want, Record{ID: "D-1", Fields: c.fields}.Title())
	}
	ana := map[string]any{"title": "Manager", "full_name": "Ana Pop"}
	require.Equal(t, "Ana Pop", Record{Resource: Lead, Fields: ana}.Title(), "not by the job")
	require.Equal(t, "Manager", Record{Resource: Deal, Fields: ana}.Title())
}

func TestACloneSharesNeitherFieldsNorLists(t *testing.T) {
	r := Record{Fields: map[string]any{"a": 1, "tags": []any{"x"}}}
	c := r.Clone()
	c.Fields["a"] = 2
	c.Fields["tags"].([]any)[0] = "y"
	require.Equal(t, map[string]any{"a": 1, "tags": []any{"x"}}, r.Fields)
	require.NotNil(t, Record{}.Clone().Fields)
}

func TestACauseKnowsItsLinks(t *testing.T) {
	c := Cause{Links: []Link{{Flow: "f", Record: "D-1"}}}
	require.True(t, c.Has("f", "D-1"))
	require.False(t, c.Has("f", "D-2"))
	require.False(t, Cause{}.Has("f", "D-1"))
}

func TestTextsFallBackToEnglish(t *testing.T) {
	label := in("Title", "Tiêu đề", "", "Tytuł")
	require.Equal(t, "Tytuł", Say(label, "pl"))
	require.Equal(t, "Title", Say(label, "ro"))
	require.Equal(t, "Title", Say(label, "xx"))
}
