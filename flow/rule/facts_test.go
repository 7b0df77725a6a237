package rule_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow/rule"
)

func TestUsesListsWhatIsRead(t *testing.T) {
	for src, want := range map[string][]string{
		`lead.score > 50 && record.status == "x"`:          {"lead.score", "lead.status"},
		`owner.email != nil and org.name == contact.email`: {"contact.email", "org.name", "owner.email"},
		`prev.status != lead.status`:                       {"lead.status", "prev.status"},
		`steps["my-node"].x == event.data.a[0].b`:          {"event.data.a", "steps.my-node.x"},
		`let s = lead.score; s > vars.total`:               {"lead.score", "vars.total"},
		`any(lead.tags, # == lead.status)`:                 {"lead.status", "lead.tags"},
		`len(keys(vars)) > 1`:                              {"vars"},
		`true`:                                             nil,
	} {
		p, issues := leadEnv().Condition(src)
		require.Empty(t, issues, src)
		require.Equal(t, want, p.Uses(), src)
	}
	tpl, _ := leadEnv().Template(`{{ owner.name }} {{ record.email }} {{ steps.my-node.x }} {{ lead.email }}`, "text")
	require.Equal(t, []string{"lead.email", "owner.name", "steps.my-node.x"}, tpl.Uses())
}

func TestEqualsListsTestsThatMustHold(t *testing.T) {
	for src, want := range map[string]map[string]any{
		`lead.status == "x" && lead.score > 5`:                {"lead.status": "x"},
		`"x" == record.status and (lead.score == 5 and true)`: {"lead.status": "x", "lead.score": 5.0},
		`lead.score == -1.5`:                                  {"lead.score": -1.5},
		`lead.status in ["a", "b"]`:                           {"lead.status": list{"a", "b"}},
		`lead.status in ["a", "b"] && lead.status == "a"`:     {"lead.status": "a"},
		`lead.status == "a" && lead.status in ["a", "b"]`:     {"lead.status": "a"},
		`event.kind == "reply" && vars.flag == true`:          {"event.kind": "reply", "vars.flag": true},
		`lead.status == "x" || lead.score > 5`:                {},
		`not (lead.status == "x")`:                            {},
		`lead.status != "x"`:                                  {},
		`lead.status == lead.country`:                         {},
		`lead.status == nil`:                                  {},
		`lead.status in [lead.country]`:                       {},
		`let s = lead.status; s == "x"`:                       {},
		`lower(lead.status) == "x"`:                           {},
		`(lead.status == "x") == (lead.country == "y")`:       {},
		`lead.score > 1 ? lead.status == "x" : true`:          {},
	} {
		p, issues := leadEnv().Condition(src)
		require.Empty(t, issues, src)
		require.Equal(t, want, p.Equals(), src)
	}
	p, _ := leadEnv().Formula(`lead.status == "x"`)
	require.Empty(t, p.Equals(), "a formula need not hold")
}

func TestUsesClock(t *testing.T) {
	p, _ := leadEnv().Condition(`lead.created_at < now() - days(1)`)
	require.True(t, p.UsesClock())
	p, _ = leadEnv().Condition(`lead.created_at < event.at`)
	require.False(t, p.UsesClock())
}

func TestNamesAreTranslatedAndAllCompile(t *testing.T) {
	for _, r := range crm.Resources {
		e := rule.NewEnv(crm.BuiltIn(), r).WithVars("total").WithSteps("a", "b-c")
		groups := map[string]bool{}
		for _, n := range e.Names() {
			p, issues := e.Formula(n.Path)
			require.Empty(t, issues, n.Path)
			require.Len(t, p.Uses(), 1)
			groups[n.Group] = true
			_, issues = e.Template("{{"+n.Path+"}}", "json")
			require.Empty(t, issues, n.Path)
			if n.Group == "vars" || n.Group == "steps" {
				continue
			}
			for _, lang := range crm.Languages {
				require.NotEmpty(t, n.Label[lang], "%s in %s", n.Path, lang)
			}
		}
		require.Subset(t, groups, map[string]bool{"record": true, "event": true, "owner": true, "run": true, "vars": true, "steps": true})
		require.Equal(t, string(r), e.Names()[0].Path[:len(r)])
	}
	names := rule.NewEnv(crm.BuiltIn(), crm.Deal).Names()
	require.Equal(t, "Giá trị", find(names, "deal.amount").Label["vi"])
	require.Equal(t, rule.TypeNumber, find(names, "deal.amount").Type)
	require.Equal(t, rule.TypeTime, find(names, "deal.close_date").Type)
}

func find(names []rule.Name, path string) rule.Name {
	for _, n := range names {
		if n.Path == path {
			return n
		}
	}
	return rule.Name{}
}

func TestFunctionsAreDescribed(t *testing.T) {
	last := ""
	for _, f := range rule.Functions() {
		require.Greater(t, f.Name, last)
		last = f.Name
		require.Contains(t, f.Signature, f.Name+"(")
		require.Regexp(t, `^[A-Z].*\.$`, f.Help)
	}
}
