package rule_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow/rule"
)

type list = []any

func TestFormulasGive(t *testing.T) {
	for _, c := range []struct {
		src  string
		want any
	}{
		{`1 + 2 * 3`, 7.0},
		{`7 / 2`, 3.5},
		{`7 % 4`, 3.0},
		{`lead.score % 50`, 1.0},
		{`-7 % 4.5`, -2.5},
		{`-7 + +3`, -4.0},
		{`-lead.score`, -51.0},
		{`lead.score * 2 - 1`, 101.0},
		{`0.1 + 0.2 < 0.4`, true},
		{`lead.first_name + " " + lead.country`, "Ana RO"},
		{`lead.phone`, nil},
		{`lead.phone ?? "none"`, "none"},
		{`(lead.phone ?? lead.email) endsWith ".com"`, true},
		{`(lead.owner ?? "x") + "!"`, "x!"},
		{`lead.score > 50 ? "hot" : "cold"`, "hot"},
		{`if lead.score > 90 {"hot"} else {"cold"}`, "cold"},
		{`let s = lead.score; s + s`, 102.0},
		{`let a = 1; let b = a + 1; a + b`, 3.0},
		{`lead.tags`, list{"vip", "eu"}},
		{`lead.tags[0]`, "vip"},
		{`lead.tags[-1]`, "eu"},
		{`lead.tags[9]`, nil},
		{`vars.list[1:]`, list{1.0, 2.0}},
		{`vars.list[:-1]`, list{3.0, 1.0}},
		{`vars.list[5:9]`, list{}},
		{`vars.name[0:2]`, "ÀÉ"},
		{`vars.flag`, nil},
		{`vars?.flag?.deeper`, nil},
		{`steps.call.status`, 200.0},
		{`steps["my-node"].x`, "y"},
		{`steps["my-node"]["x"]`, "y"},
		{`event.data.who.name`, "Bo"},
		{`event.data["who"].name`, "Bo"},
		{`event.data.items[0].price`, 2.5},
		{`event.data.nothing.at.all`, nil},
		{`event.changed`, list{"score"}},
		{`org.name`, nil},
		{`prev.status`, "old"},
		{`prev.score`, nil},
		{`record.status`, "new"},
		{`run.id`, "r1"},
		{`{a: 1, "b": [2]}`, map[string]any{"a": 1.0, "b": list{2.0}}},
		{`{a: 1}.a`, 1.0},
		{`1..4`, list{1.0, 2.0, 3.0, 4.0}},
		{`4..1`, list{}},
		{`map(1..3, # * 2)`, list{2.0, 4.0, 6.0}},
		{`map(vars.list, #index)`, list{0.0, 1.0, 2.0}},
		{`filter(vars.list, # > 1)`, list{3.0, 2.0}},
		{`find(vars.list, # < 3)`, 1.0},
		{`find(vars.list, # < 0)`, nil},
		{`findIndex(vars.list, # == 2)`, 2.0},
		{`count(vars.list, # > 1)`, 2.0},
		{`count([true, false, true])`, 2.0},
		{`sum(vars.list)`, 6.0},
		{`sum(vars.list, # * 2)`, 12.0},
		{`sum(event.data.items, .price)`, 3.5},
		{`sum([])`, 0.0},
		{`sortBy(vars.list, #)`, list{1.0, 2.0, 3.0}},
		{`sortBy(vars.list, -#)`, list{3.0, 2.0, 1.0}},
		{`sortBy(vars.list, #, "desc")`, list{3.0, 2.0, 1.0}},
		{`sortBy([{n: 2}, {n: nil}, {n: 1}], .n)`, list{map[string]any{"n": 1.0}, map[string]any{"n": 2.0}, map[string]any{"n": nil}}},
		{`groupBy(vars.list, # > 1 ? "big" : "small")`, map[string]any{"big": list{3.0, 2.0}, "small": list{1.0}}},
		{`keys(groupBy(1..3, #))`, list{"1", "2", "3"}},
		{`let n = 2; map(vars.list, # + n)`, list{5.0, 3.0, 4.0}},
		{`map(vars.list, let x = #; x + x)`, list{6.0, 2.0, 4.0}},
		{`map([[1, 2], [3]], sum(#))`, list{3.0, 3.0}},
		{`map([[1, 2], [3]], map(#, # * 10))`, list{list{10.0, 20.0}, list{30.0}}},
		{`lead.tags | map(upper(#)) | join("+")`, "VIP+EU"},
		{`upper("à") + lower("É") + trim("  x ")`, "Àéx"},
		{`upper(lead.phone)`, nil},
		{`len("bé") + len(lead.tags) + len(lead.phone)`, 4.0},
		{`indexOf("bébé", "é")`, 1.0},
		{`indexOf("b", "x")`, -1.0},
		{`hasPrefix("abc", "ab") and hasSuffix("abc", "bc")`, true},
		{`replace("a-b-c", "-", "")`, "abc"},
		{`split("a,b,c", ",")`, list{"a", "b", "c"}},
		{`split("", ",")`, list{}},
		{`join([1, "a", true], "/")`, "1/a/true"},
		{`join(lead.tags)`, "vipeu"},
		{`text(1200000)`, "1200000"},
		{`text(now())`, "2026-11-22 09:30 UTC"},
		{`abs(-2) + ceil(1.2) + floor(1.8) + round(2.5)`, 8.0},
		{`round(3.14159, 2)`, 3.14},
		{`int("42") + int(3.9)`, 45.0},
		{`float(" 2.50 ")`, 2.5},
		{`min(3, 1, 2)`, 1.0},
		{`max(vars.list)`, 3.0},
		{`max([])`, nil},
		{`mean(1, [2, 3], nil)`, 2.0},
		{`first(vars.list) + last(vars.list)`, 5.0},
		{`take(vars.list, 2)`, list{3.0, 1.0}},
		{`get(vars.list, 1)`, 1.0},
		{`get(event.data, "n")`, 3.0},
		{`keys(event.data)`, list{"items", "n", "who"}},
		{`now()`, at},
		{`date("2026-01-31")`, time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)},
		{`date("2026-01-31T10:00:00+02:00")`, time.Date(2026, 1, 31, 8, 0, 0, 0, time.UTC)},
		{`now() - lead.created_at`, 48 * time.Hour},
		{`now() + duration("1h30m")`, at.Add(90 * time.Minute)},
		{`now() - days(1) - hours(2) - minutes(3)`, at.Add(-26*time.Hour - 3*time.Minute)},
		{`days(1) * 2 + hours(1)`, 49 * time.Hour},
		{`year(now()) * 10000 + month(now()) * 100 + day(now())`, 20261122.0},
		{`weekday(now())`, 7.0},
		{`hour(now())`, 9.0},
		{`hour(now(), "Europe/Bucharest")`, 11.0},
		{`weekday(date("2026-11-22T23:00:00Z"), "Asia/Ho_Chi_Minh")`, 1.0},
	} {
		p, issues := leadEnv().Formula(c.src)
		require.Empty(t, issues, c.src)
		got, err := p.Value(leadScope(), rule.NewBudget())
		require.NoError(t, err, c.src)
		require.Equal(t, c.want, got, c.src)
	}
}

func TestConditionsHold(t *testing.T) {
	for src, want := range map[string]bool{
		`true`:                                        true,
		`lead.score > 50`:                             true,
		`lead.score >= 51 and lead.score <= 51`:       true,
		`lead.score == 51`:                            true,
		`50 < lead.score < 60`:                        true,
		`lead.score > 50 && lead.status == "new"`:     true,
		`lead.status != prev.status`:                  true,
		`lead.phone == nil`:                           true,
		`lead.phone != nil`:                           false,
		`nil == nil`:                                  true,
		`lead.company == ""`:                          true,
		`"vip" in lead.tags`:                          true,
		`"VIP" in lead.tags`:                          false,
		`"x" not in lead.tags`:                        true,
		`"n" in event.data`:                           true,
		`3 in vars.list`:                              true,
		`"score" in event.changed`:                    true,
		`any(lead.tags, # == "eu")`:                   true,
		`all(lead.tags, len(#) > 1)`:                  true,
		`none(lead.tags, # == "us")`:                  true,
		`one(lead.tags, # == "eu")`:                   true,
		`all([], false)`:                              true,
		`any(vars.flag, # == 1)`:                      false,
		`org.name == "x"`:                             false,
		`lead.phone contains "7"`:                     false,
		`lead.phone startsWith "+"`:                   false,
		`lead.phone matches "^[+]"`:                   false,
		`"x" in vars.flag`:                            false,
		`lead.email matches "(?i)^ANA@"`:              true,
		`lead.email not contains "@"`:                 false,
		`record.status in ["new", "open"]`:            true,
		`lead.created_at < now() - days(1)`:           true,
		`now() - lead.created_at > duration("24h")`:   true,
		`len(lead.tags) > 0 and not (lead.score < 3)`: true,
		`vars.flag`:                                   false,
		`!vars.flag`:                                  true,
		`vars.total == "5"`:                           false,
		`event.data.who.name startsWith "B"`:          true,
		`lower(lead.email) endsWith ".COM"`:           false,
		`(lead.owner ?? "m1") == owner.id`:            true,
	} {
		p, issues := leadEnv().Condition(src)
		require.Empty(t, issues, src)
		b := rule.NewBudget()
		got, err := p.Holds(leadScope(), b)
		require.NoError(t, err, src)
		require.Equal(t, want, got, src)
		require.Empty(t, b.Warnings(), src)
	}
}

// A comparison with no value is unknown: it never takes a record by accident,
// and the run is told.
func TestComparingNoValueMakesTheConditionFalseWithAWarning(t *testing.T) {
	for _, c := range []struct {
		src   string
		want  bool
		warns bool
	}{
		{`lead.phone > "a"`, false, true},
		{`!(lead.phone > "a")`, false, true},
		{`not (lead.phone > "a" or lead.score < 3)`, false, true},
		{`lead.phone > "a" and lead.score > 5`, false, true},
		{`lead.score > 5 and lead.phone > "a"`, false, true},
		{`lead.phone > "a" or lead.score > 5`, true, false},
		{`lead.score > 5 or lead.phone > "a"`, true, false},
		{`lead.phone > "a" or lead.score < 5`, false, true},
		{`lead.phone > "a" and lead.score < 5`, false, false},
		{`lead.phone > "a" and lead.phone < "b"`, false, true},
		{`lead.phone > "a" or lead.phone < "b"`, false, true},
		{`lead.phone != nil && lead.phone > "a"`, false, false},
		{`lead.phone == nil || lead.phone > "a"`, true, false},
		{`(lead.phone > "a") == true`, false, true},
		{`(lead.phone > "a" ? 1 : 2) == 2`, true, true},
		{`any([nil, 7], # > 5)`, true, true},
		{`all([nil, 7], # > 5)`, false, true},
		{`1 < vars.flag < 3`, false, true},
		{`vars.flag >= 1`, false, true},
		{`org.size <= 1`, false, true},
		{`prev.score > 3`, false, true},
	} {
		p, issues := leadEnv().Condition(c.src)
		require.Empty(t, issues, c.src)
		b := rule.NewBudget()
		got, err := p.Holds(leadScope(), b)
		require.NoError(t, err, c.src)
		require.Equal(t, c.want, got, c.src)
		require.Equal(t, c.warns, len(b.Warnings()) > 0, "%s: %v", c.src, b.Warnings())
	}
	b := rule.NewBudget()
	p, _ := leadEnv().Condition(`lead.phone > "a"`)
	_, _ = p.Holds(leadScope(), b)
	_, _ = p.Holds(leadScope(), b)
	require.Equal(t, []string{`“lead.phone > "a"” counts as not true: a value is missing.`}, b.Warnings())
}

func TestEvaluationFailsWithACode(t *testing.T) {
	for src, want := range map[string]string{
		`(lead.organization ?? vars.flag) + 1`:    rule.CodeNil,
		`vars.flag + 1`:                           rule.CodeNil,
		`1 - vars.flag`:                           rule.CodeNil,
		`vars.flag * 2`:                           rule.CodeNil,
		`vars.flag / 2`:                           rule.CodeNil,
		`-vars.flag`:                              rule.CodeNil,
		`lead.phone + "x"`:                        rule.CodeNil,
		`abs(vars.flag)`:                          rule.CodeNil,
		`year(lead.created_at) + year(vars.flag)`: rule.CodeNil,
		`vars.name + 1`:                           rule.CodeType,
		`vars.name > 1`:                           rule.CodeType,
		`vars.list == vars.list`:                  rule.CodeType,
		`vars.list[0] == vars.list`:               rule.CodeType,
		`1 in vars.name`:                          rule.CodeType,
		`vars.list contains "a"`:                  rule.CodeType,
		`vars.list matches "a"`:                   rule.CodeType,
		`vars.name.x.y[0][1].z`:                   "",
		`vars.name[0]`:                            rule.CodeType,
		`upper(vars.total)`:                       rule.CodeType,
		`any(vars.name, true)`:                    rule.CodeType,
		`any(vars.list, #)`:                       rule.CodeType,
		`sortBy(vars.mixed, #)`:                   rule.CodeType,
		`sum(vars.mixed)`:                         rule.CodeType,
		`max(vars.mixed)`:                         rule.CodeType,
		`join([[1]])`:                             rule.CodeType,
		`groupBy([[1]], #)`:                       rule.CodeType,
		`vars.list ? 1 : 2`:                       rule.CodeType,
		`{(vars.total): 1}`:                       rule.CodeType,
		`sortBy(vars.list, #, "up")`:              rule.CodeArgument,
		`date("31.12.2026")`:                      rule.CodeArgument,
		`duration("3 days")`:                      rule.CodeArgument,
		`hour(now(), "Mars/Base")`:                rule.CodeArgument,
		`hour(now(), "Local")`:                    rule.CodeArgument,
		`float("NaN")`:                            rule.CodeArgument,
		`float("0x10")`:                           rule.CodeArgument,
		`int("many")`:                             rule.CodeArgument,
		`round(1.5, 20)`:                          rule.CodeArgument,
		`1 / 0`:                                   rule.CodeNumber,
		`1 / (lead.score - 51)`:                   rule.CodeNumber,
		`7 % 0`:                                   rule.CodeNumber,
		`9223372036854775807 + 1`:                 rule.CodeNumber,
		`-9223372036854775807 - 2`:                rule.CodeNumber,
		`9223372036854775807 * 2`:                 rule.CodeNumber,
		`int(1e300)`:                              rule.CodeNumber,
		`1e308 * 10`:                              rule.CodeNumber,
		`1e308 + 1e308`:                           rule.CodeNumber,
		`days(1e9)`:                               rule.CodeNumber,
		`1..20000`:                                rule.CodeLimit,
		`map(1..9999, [#, #, #])`:                 rule.CodeLimit,
		`let r = 1..9999; all(r, any(r, # > 99999) or true)`: rule.CodeLimit,
	} {
		p, issues := leadEnv().Formula(src)
		require.Empty(t, issues, src)
		_, err := p.Value(leadScope(), rule.NewBudget())
		if want == "" {
			require.NoError(t, err, src)
			continue
		}
		var coded *rule.Error
		require.True(t, errors.As(err, &coded), "%s: %v", src, err)
		require.Equal(t, want, coded.Code, "%s: %s", src, coded.Text)
	}
}

func TestErrorsNameTheirColumn(t *testing.T) {
	p, _ := leadEnv().Formula(`lead.score + 1 / 0`)
	_, err := p.Value(leadScope(), nil)
	var coded *rule.Error
	require.True(t, errors.As(err, &coded))
	require.Equal(t, 16, coded.Column)
}

func TestScopeValuesOfOtherShapesAreRead(t *testing.T) {
	s := rule.Scope{Values: map[string]any{"record": map[string]any{"score": int64(7), "tags": []string{"a"}}, "vars": map[string]any{
		"total": int32(3), "flag": true, "list": []string(nil), "name": float32(0.5), "mixed": struct{}{},
	}}}
	for src, want := range map[string]any{
		`lead.score + vars.total`: 10.0, `lead.tags`: list{"a"}, `vars.list == nil`: true, `vars.name`: 0.5, `vars.flag`: true,
	} {
		p, _ := leadEnv().Formula(src)
		got, err := p.Value(s, nil)
		require.NoError(t, err, src)
		require.Equal(t, want, got, src)
	}
	ints := []any{int64(3), float32(1), []string{"a"}, map[string]string{"k": "v"}}
	s.Values["vars"] = map[string]any{"list": ints, "mixed": []int{1, 2}, "total": []map[string]any{{"p": 2}}, "flag": struct{}{}, "name": []any{struct{}{}}}
	for src, want := range map[string]any{
		`3 in vars.list`: true, `any(vars.list, # == 3)`: true, `vars.list[0] + 1`: 4.0, `sum(vars.list[:2])`: 4.0, `max(vars.list[:2])`: 3.0, `join(vars.list[:2], "+")`: "3+1",
		`map(vars.list, #)`: list{3.0, 1.0, list{"a"}, map[string]any{"k": "v"}}, `sum(vars.mixed)`: 3.0, `sum(vars.total, .p)`: 2.0, `vars.total[0].p`: 2.0,
	} {
		p, _ := leadEnv().Formula(src)
		got, err := p.Value(s, nil)
		require.NoError(t, err, src)
		require.Equal(t, want, got, src)
	}
	require.Equal(t, int64(3), ints[0], "the scope's own list stays")
	for _, src := range []string{`vars.flag`, `vars.name`, `any(vars.name, # == 1)`, `1 in vars.name`, `max(vars.name)`, `join(vars.name)`} {
		p, _ := leadEnv().Formula(src)
		_, err := p.Value(s, nil)
		require.ErrorContains(t, err, rule.CodeType, src)
	}
	s.Values["vars"] = map[string]any{"mixed": struct{}{}}
	p, _ := leadEnv().Formula(`vars.mixed`)
	_, err := p.Value(s, nil)
	require.ErrorContains(t, err, rule.CodeType)
}

func TestEvaluationNeverChangesTheScope(t *testing.T) {
	s := leadScope()
	for _, src := range []string{`sortBy(vars.list, #)`, `vars.list[0:1]`, `filter(vars.list, true)`, `event.data`, `take(vars.list, 1)`} {
		p, _ := leadEnv().Formula(src)
		v, err := p.Value(s, nil)
		require.NoError(t, err)
		if l, ok := v.([]any); ok {
			_ = append(l[:1], "changed")
			l[0] = "changed"
		}
		if m, ok := v.(map[string]any); ok {
			m["n"] = "changed"
		}
	}
	require.Equal(t, leadScope(), s)
}

func TestOwnRecordHasSeveralNames(t *testing.T) {
	for r, names := range map[crm.Resource][]string{
		crm.Organization: {"organization.name", "record.name", "org.name"},
		crm.User:         {"user.full_name", "record.full_name", "contact.full_name"},
	} {
		for _, name := range names {
			p, issues := rule.NewEnv(crm.BuiltIn(), r).Formula(name)
			require.Empty(t, issues)
			require.Equal(t, []string{names[0]}, p.Uses())
			v, err := p.Value(rule.Scope{Values: map[string]any{string(r): map[string]any{"name": "x", "full_name": "x"}}}, nil)
			require.NoError(t, err)
			require.Equal(t, "x", v)
		}
	}
}

func TestSensitiveFieldsDoNotExist(t *testing.T) {
	s := crm.BuiltIn().With(crm.Lead, crm.Field{Name: "salary", Type: crm.Number, Sensitive: true})
	e := rule.NewEnv(s, crm.Lead)
	_, issues := e.Formula(`lead.salary`)
	require.Len(t, issues, 1)
	_, issues = e.Template(`{{ lead.salary }}`, "text")
	require.Len(t, issues, 1)
	_, issues = e.Formula(`lead.salari`)
	require.Empty(t, issues[0].Suggestion)
	for _, n := range e.Names() {
		require.NotContains(t, n.Path, "salary")
	}
}

func TestWithLeavesTheOldEnvAlone(t *testing.T) {
	e := rule.NewEnv(crm.BuiltIn(), crm.Lead)
	f := e.WithVars("a")
	g := f.WithVars("b").WithSteps("n")
	_, issues := e.Formula(`vars.a`)
	require.NotEmpty(t, issues)
	_, issues = f.Formula(`vars.b`)
	require.NotEmpty(t, issues)
	_, issues = g.Formula(`[vars.a, vars.b, steps.n.x.y]`)
	require.Empty(t, issues)
}
