package rule_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow/rule"
)

// Each limit of one evaluation, at N and at N+1.
func TestEvaluationLimits(t *testing.T) {
	s := leadScope()
	vars := s.Values["vars"].(map[string]any)
	vars["name"] = strings.Repeat("a", 32<<10)
	ten := make([]any, 10_000)
	vars["list"] = ten
	vars["mixed"] = append(append([]any(nil), ten...), nil)
	deep := any("x")
	for range 32 {
		deep = []any{deep}
	}
	vars["total"] = deep
	vars["flag"] = []any{deep}
	for _, c := range []struct{ fits, over string }{
		{`vars.name + vars.name`, `vars.name + vars.name + "a"`},
		{`replace(vars.name, "a", "bb")`, `replace(vars.name + "a", "a", "bb")`},
		{`join([vars.name, vars.name])`, `join([vars.name, vars.name, "a"])`},
		{`len(1..10000)`, `len(0..10000)`},
		{`count(vars.list, false)`, `count(vars.mixed, false)`},
		{`take(vars.list, 9999)`, `vars.list`},
		{`vars.total`, `vars.flag`},
		{`vars.name[0:10240] matches "b"`, `vars.name[0:10241] matches "b"`},
		{`len(map(1..9000, #))`, `len(map(1..9000, [#, #]))`},
		{`sum(map(1..10, len(vars.name + vars.name)))`, `sum(map(1..17, len(vars.name + vars.name)))`},
		{`all(1..140, any(1..140, # == 140))`, `all(1..1400, any(1..1400, # == 1400))`},
	} {
		for src, fits := range map[string]bool{c.fits: true, c.over: false} {
			p, issues := leadEnv().Formula(src)
			require.Empty(t, issues, src)
			_, err := p.Value(s, rule.NewBudget())
			if fits {
				require.NoError(t, err, src)
				continue
			}
			var coded *rule.Error
			require.True(t, errors.As(err, &coded), src)
			require.Equal(t, rule.CodeLimit, coded.Code, src)
		}
	}
}

func TestPatternLimits(t *testing.T) {
	for pattern, fits := range map[string]bool{
		strings.Repeat("a", 200): true, strings.Repeat("ă", 200): true, strings.Repeat("a", 201): false,
		"(a{0,200}){0,2}": true, "(a{0,10}){0,100}z": false,
	} {
		_, issues := leadEnv().Condition(`lead.email matches "` + pattern + `"`)
		require.Equal(t, fits, len(issues) == 0, "%.40s: %v", pattern, issues)
	}
}

func TestWarningsAreCapped(t *testing.T) {
	b := rule.NewBudget()
	for i := range 60 {
		p, issues := leadEnv().Condition(fmt.Sprintf(`lead.phone > "%d"`, i))
		require.Empty(t, issues)
		_, err := p.Holds(leadScope(), b)
		require.NoError(t, err)
	}
	require.Len(t, b.Warnings(), 50)
}
