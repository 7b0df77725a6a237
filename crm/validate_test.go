package crm

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// all has one field of each type, named by it.
var all = Schema{Resource: Deal, Fields: []Field{
	{Name: "title", Type: Text, Required: true, Label: in("Title", "Tiêu đề", "Titlu", "Tytuł")},
	{Name: "email", Type: Email}, {Name: "phone", Type: Phone}, {Name: "number", Type: Number}, {Name: "money", Type: Money},
	{Name: "bool", Type: Bool}, {Name: "date", Type: Date}, {Name: "time", Type: Time}, {Name: "tags", Type: Tags},
	{Name: "choice", Type: Choice, Choices: []string{"low", "high"}}, {Name: "free", Type: Choice}, {Name: "ref", Type: Ref, Ref: "member"},
	{Name: "broken", Type: "colour"},
}}

func TestValidateBringsGoodValuesIntoShape(t *testing.T) {
	for _, c := range []struct {
		field     string
		got, want any
	}{
		{"title", "  Big deal \n", "Big deal"},
		{"title", "Hương\n\tÎn română — zażółć", "Hương\n\tÎn română — zażółć"},
		{"title", "x \u0301y", "x \u0301y"},
		{"title", "a  \u0301y ", "a  \u0301y"},
		{"title", " \u0301y", " \u0301y"}, // the mark stands on the space
		{"title", strings.Repeat("ł", MaxText), strings.Repeat("ł", MaxText)},
		{"email", " ana.pop+x@ex-1.ro ", "ana.pop+x@ex-1.ro"},
		{"phone", "+40 (721) 111-222", "+40 (721) 111-222"},
		{"phone", "112", "112"},
		{"number", 4.5, 4.5}, {"number", 4, 4.0}, {"number", int64(-4), -4.0}, {"number", json.Number("1e3"), 1000.0},
		{"money", 1500.0, int64(1500)}, {"money", 1500, int64(1500)}, {"money", int64(-7), int64(-7)},
		{"money", json.Number("1500"), int64(1500)}, {"money", json.Number("15e2"), int64(1500)},
		{"money", int64(1<<53 - 1), int64(1<<53 - 1)}, {"money", json.Number("9007199254740991"), int64(1<<53 - 1)},
		{"bool", false, false}, {"bool", true, true},
		{"date", "2024-02-29", "2024-02-29"},
		{"time", "2026-03-31T09:30:00+02:00", "2026-03-31T07:30:00Z"},
		{"time", time.Date(2026, 3, 31, 9, 30, 0, 5, time.FixedZone("", 3600)), "2026-03-31T08:30:00.000000005Z"},
		{"choice", " low ", "low"}, {"free", "anything", "anything"},
		{"tags", []any{" VIP ", "vip", "", "new  client"}, []any{"VIP", "new client"}},
		{"tags", []string{"a", "b"}, []any{"a", "b"}},
		{"tags", []any{}, nil}, {"tags", []any{" "}, nil},
		{"ref", "m_1-A", "m_1-A"},
		{"email", nil, nil}, {"email", "", nil}, {"number", " ", nil}, {"money", nil, nil}, {"broken", nil, nil},
	} {
		clean, wrong := Validate(all, map[string]any{c.field: c.got}, true)
		require.Empty(t, wrong, "%s=%v", c.field, c.got)
		require.Equal(t, map[string]any{c.field: c.want}, clean, "%s=%v", c.field, c.got)
	}
}

func TestValidateRefusesBadValues(t *testing.T) {
	for _, c := range []struct {
		field string
		got   any
		code  string
	}{
		{"title", 5, "wrong_type"}, {"title", []any{"a"}, "wrong_type"}, {"title", map[string]any{"$ne": ""}, "wrong_type"},
		{"title", strings.Repeat("ł", MaxText+1), "too_long"},
		{"title", "a\x00b", "bad_characters"}, {"title", "a\x1b[31m", "bad_characters"}, {"title", "a\u202Eb", "bad_characters"},
		{"title", "a\u2066b", "bad_characters"}, {"title", "a\u200Fb", "bad_characters"}, {"title", "a\xffb", "bad_characters"},
		{"title", "a\u2028b", "bad_characters"}, {"title", "a\uFEFFb", "bad_characters"},
		{"title", nil, "required"}, {"title", " ", "required"},
		{"email", "ana", "bad_format"}, {"email", "ana@localhost", "bad_format"}, {"email", "Ana <ana@ex.ro>", "bad_format"},
		{"email", `"a b"@ex.ro`, "bad_format"}, {"email", "a@[127.0.0.1]", "bad_format"}, {"email", "a@ex.ro(c)", "bad_format"},
		{"email", "a@b@ex.ro", "bad_format"}, {"email", "a..b@ex.ro", "bad_format"}, {"email", ".a@ex.ro", "bad_format"},
		{"email", "a@-ex.ro", "bad_format"}, {"email", "a@ex..ro", "bad_format"}, {"email", "a@ex.ro,b@ex.ro", "bad_format"},
		{"email", "a\r\nBcc: b@ex.ro", "bad_characters"}, {"email", strings.Repeat("a", 65) + "@ex.ro", "bad_format"},
		{"email", strings.Repeat("a", 260), "too_long"}, {"email", 1, "wrong_type"},
		{"phone", "12", "bad_format"}, {"phone", "1234567890123456", "bad_format"}, {"phone", "call me", "bad_format"}, {"phone", "1+234", "bad_format"},
		{"phone", 721, "wrong_type"},
		{"number", "4", "wrong_type"}, {"number", true, "wrong_type"}, {"number", math.Inf(1), "wrong_type"}, {"number", math.NaN(), "wrong_type"},
		{"number", json.Number("1e999"), "wrong_type"},
		{"money", "15", "wrong_type"}, {"money", 15.5, "bad_format"}, {"money", json.Number("15.5"), "bad_format"},
		{"money", int64(1 << 53), "out_of_range"}, {"money", 1e300, "out_of_range"}, {"money", json.Number("-9007199254740992"), "out_of_range"},
		{"bool", "true", "wrong_type"}, {"bool", 1, "wrong_type"},
		{"date", "2026-02-30", "bad_format"}, {"date", "31.03.2026", "bad_format"}, {"date", "2026-03-31T00:00:00Z", "bad_format"}, {"date", 5, "wrong_type"},
		{"time", "2026-03-31", "bad_format"}, {"time", "2026-03-31T09:30:00", "bad_format"}, {"time", 5, "wrong_type"},
		{"choice", "lwo", "unknown_choice"}, {"choice", 1, "wrong_type"},
		{"tags", "vip", "wrong_type"}, {"tags", []any{1}, "wrong_type"}, {"tags", []any{strings.Repeat("a", MaxTag+1)}, "too_long"},
		{"tags", manyTags(MaxTagCount + 1), "too_long"},
		{"ref", "a b", "bad_format"}, {"ref", "../x", "bad_format"}, {"ref", strings.Repeat("a", 65), "too_long"},
		{"broken", "red", "wrong_type"},
		{"__proto__", "x", "unknown_field"}, {"a.b", 1, "unknown_field"}, {"$set", nil, "unknown_field"}, {"id", "x", "unknown_field"},
	} {
		clean, wrong := Validate(all, map[string]any{c.field: c.got}, true)
		require.Len(t, wrong, 1, "%s=%v", c.field, c.got)
		require.Equal(t, c.code, wrong[0].Code, "%s=%v: %s", c.field, c.got, wrong[0].Text)
		require.Equal(t, c.field, wrong[0].Field)
		require.NotEmpty(t, wrong[0].Text)
		require.NotContains(t, clean, c.field)
	}
}

func manyTags(n int) []any {
	tags := make([]any, n)
	for i := range tags {
		tags[i] = strings.Repeat("t", i+1)
	}
	return tags
}

func TestRequiredFieldsMayBeAbsentFromAPartOnly(t *testing.T) {
	_, wrong := Validate(all, map[string]any{"email": "a@ex.ro"}, true)
	require.Empty(t, wrong)
	_, wrong = Validate(all, map[string]any{"email": "a@ex.ro"}, false)
	require.Equal(t, []Invalid{{Field: "title", Code: "required", Text: "Fill in Title."}}, wrong)
	_, wrong = Validate(all, map[string]any{"title": 5}, false)
	require.Equal(t, "wrong_type", wrong[0].Code, "said once, not as missing too")
	require.Len(t, wrong, 1)
}

func TestValidateListsEverythingSortedAndKeepsTheGood(t *testing.T) {
	clean, wrong := Validate(all, map[string]any{"title": "ok", "phone": "x", "bool": "x", "emial": "a@ex.ro"}, false)
	require.Equal(t, map[string]any{"title": "ok"}, clean)
	require.Equal(t, []string{"bool", "emial", "phone"}, []string{wrong[0].Field, wrong[1].Field, wrong[2].Field})
	require.Equal(t, "email", wrong[1].Suggestion)
	require.Equal(t, `emial: A deal has no field "emial". Did you mean "email"?`, wrong[1].Error())
}

func TestTheNearestNameIsSuggested(t *testing.T) {
	deal := BuiltIn()[Deal].Names()
	for typed, want := range map[string]string{
		"amuont": "amount", "Amount": "amount", "stat": "status", "close-date": "close_date", "closedate": "close_date",
		"own": "owner", "zzzzzz": "", "": "", "organisation": "organization", "ammount": "amount",
	} {
		require.Equal(t, want, nearest(typed, deal), typed)
	}
	require.Empty(t, nearest(strings.Repeat("amount", 1000), deal))
}

func TestCustomFieldsAreChecked(t *testing.T) {
	ok := Field{Name: "renewal_date2", Type: Date, Label: map[string]string{"en": "Renewal"}}
	require.Empty(t, ValidField(ok))
	require.Empty(t, ValidField(Field{Name: "size", Type: Choice, Choices: []string{"s", "m"}}))
	require.Empty(t, ValidField(Field{Name: "boss", Type: Ref, Ref: "member"}))
	require.Empty(t, ValidField(Field{Name: "job", Type: Ref, Ref: "ticket"}))
	for _, c := range []struct {
		f    Field
		code string
	}{
		{Field{Name: "", Type: Text}, "bad_name"}, {Field{Name: "Size", Type: Text}, "bad_name"}, {Field{Name: "2x", Type: Text}, "bad_name"},
		{Field{Name: "a b", Type: Text}, "bad_name"}, {Field{Name: "a.b", Type: Text}, "bad_name"}, {Field{Name: "__proto__", Type: Text}, "bad_name"},
		{Field{Name: "a__b", Type: Text}, "bad_name"}, {Field{Name: "a_", Type: Text}, "bad_name"}, {Field{Name: "đ", Type: Text}, "bad_name"},
		{Field{Name: strings.Repeat("a", 41), Type: Text}, "bad_name"},
		{Field{Name: "id", Type: Text}, "reserved"}, {Field{Name: "rev", Type: Text}, "reserved"}, {Field{Name: "created_at", Type: Time}, "reserved"},
		{Field{Name: "deal", Type: Text}, "reserved"}, {Field{Name: "nil", Type: Text}, "reserved"}, {Field{Name: "constructor", Type: Text}, "reserved"},
		{Field{Name: "x", Type: "colour"}, "wrong_type"}, {Field{Name: "x"}, "wrong_type"},
		{Field{Name: "x", Type: Ref}, "wrong_type"}, {Field{Name: "x", Type: Ref, Ref: "cow"}, "wrong_type"}, {Field{Name: "x", Type: Text, Ref: "deal"}, "wrong_type"},
		{Field{Name: "x", Type: Text, Choices: []string{"a"}}, "bad_choices"}, {Field{Name: "x", Type: Choice, Choices: []string{"a", "A"}}, "bad_choices"},
		{Field{Name: "x", Type: Choice, Choices: []string{""}}, "bad_choices"}, {Field{Name: "x", Type: Choice, Choices: []string{" a"}}, "bad_choices"},
		{Field{Name: "x", Type: Choice, Choices: []string{"a\u202E"}}, "bad_choices"}, {Field{Name: "x", Type: Choice, Choices: make([]string, 101)}, "bad_choices"},
		{Field{Name: "x", Type: Choice, Choices: []string{strings.Repeat("a", 61)}}, "bad_choices"},
		{Field{Name: "x", Type: Text, Label: map[string]string{"ro": "X"}}, "bad_name"}, {Field{Name: "x", Type: Text, Label: map[string]string{"en": "X", "xx": "X"}}, "bad_name"},
		{Field{Name: "x", Type: Text, Label: map[string]string{"en": strings.Repeat("X", 61)}}, "too_long"},
		{Field{Name: "x", Type: Text, Label: map[string]string{"en": "a\u202Eb"}}, "bad_characters"},
	} {
		wrong := ValidField(c.f)
		require.Len(t, wrong, 1, "%+v: %v", c.f, wrong)
		require.Equal(t, c.code, wrong[0].Code, "%+v: %s", c.f, wrong[0].Text)
	}
}

func TestTheBuiltInSchemasAreWellFormed(t *testing.T) {
	for r, s := range BuiltIn() {
		require.Equal(t, r, s.Resource)
		seen := map[string]bool{}
		for _, f := range s.Fields {
			require.False(t, seen[f.Name], f.Name)
			seen[f.Name] = true
			if !Resource(f.Name).Valid() { // a ref to an organization is named so
				require.Empty(t, ValidField(f), f.Name)
			}
			for _, lang := range Languages {
				require.NotEmpty(t, f.Label[lang], "%s %s", f.Name, lang)
			}
		}
	}
}

func FuzzValidateNeverPanicsAndIsStable(f *testing.F) {
	f.Add("Big", 1.5)
	f.Add(" \u0301 ", 1e300)
	f.Add("a@ex.ro", -0.0)
	f.Fuzz(func(t *testing.T, s string, n float64) {
		for _, field := range all.Fields {
			for _, v := range []any{s, n, []any{s, n}, json.Number(s)} {
				clean, wrong := Validate(all, map[string]any{field.Name: v}, true)
				require.LessOrEqual(t, len(wrong), 1)
				again, wrong := Validate(all, clean, true)
				require.Empty(t, wrong)
				require.Equal(t, clean, again)
			}
		}
	})
}
