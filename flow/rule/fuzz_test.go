package rule_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow/rule"
)

// fuzzTime is what one input may take; the fuzzer shares the machine with
// itself, so it is far above what hostileTime asks of a single run.
const fuzzTime = 2 * time.Second

// requireSoon allows ten times as much under the race detector.
func requireSoon(t *testing.T, start time.Duration) {
	limit := fuzzTime
	if raceEnabled {
		limit *= 10
	}
	require.Less(t, cpuTime()-start, limit)
}

func FuzzExpression(f *testing.F) {
	for _, src := range hostile() {
		f.Add(src)
	}
	for _, src := range []string{
		`lead.score > 50 && lead.status == "new"`, `any(lead.tags, # == "eu") or not (lead.phone > "a")`, `sortBy(vars.list, -#, "desc")[0]`,
		`let a = [1, 2]; map(a, # + len(a))`, `{a: 1}["a"] ?? 2`, `lead.tags | map(upper(#)) | join(",")`, `sum(event.data.items, .price) / count(1..3)`,
		`if now() > date("2026-01-01") {1} else {vars.name[0:2]}`, `lead.email matches "^[a-z]+@" ? groupBy(1..9, # % 2) : keys(vars)`,
	} {
		f.Add(src)
	}
	env := leadEnv()
	f.Fuzz(func(t *testing.T, src string) {
		start := cpuTime()
		p, issues := env.Formula(src)
		require.NotEqual(t, p == nil, len(issues) == 0, "either a program or issues")
		for _, i := range issues {
			require.NotEmpty(t, i.Text)
			require.True(t, utf8.ValidString(i.String()))
		}
		if p != nil {
			got, err := p.Value(leadScope(), rule.NewBudget())
			again, err2 := p.Value(leadScope(), rule.NewBudget())
			require.Equal(t, err, err2)
			require.Equal(t, got, again)
			if _, bad := json.Marshal(got); bad != nil {
				t.Fatalf("%q gave what JSON cannot hold: %v", src, bad)
			}
		}
		if c, _ := env.Condition(src); c != nil {
			_ = c.Uses()
			held, err := c.Holds(leadScope(), rule.NewBudget())
			if held && err == nil {
				requireEqualsHold(t, src, c)
			}
		}
		requireSoon(t, start)
	})
}

// requireEqualsHold checks the promise of Equals on a scope that the condition
// accepted.
func requireEqualsHold(t *testing.T, src string, c *rule.Program) {
	for path, want := range c.Equals() {
		var v any = leadScope().Values
		for _, part := range strings.Split(path, ".") {
			m, ok := v.(map[string]any)
			if !ok {
				return // a step's output, or a name with a dot
			}
			v = m[part]
		}
		if l, ok := want.([]any); ok {
			require.Contains(t, l, v, src)
			continue
		}
		require.Equal(t, want, v, src)
	}
}

func FuzzTemplate(f *testing.F) {
	for _, src := range []string{
		`Hi {{ lead.first_name | "you" }}!`, `{{ lead.created_at | date:"02.01.2006" | "soon" }}`, `{"a": {{ event.data }}, "b": "{{ lead.email }}"}`,
		`{{ steps["my-node"].x }}`, `{{{ lead.email }}}`, `{{ lead.scoer }}`, `{{`, `}}`, `{x}`, `{{ lead.phone | "\"\\" }}`,
	} {
		f.Add(src, "{{owner.email}}\r\n<b>")
	}
	env := leadEnv()
	f.Fuzz(func(t *testing.T, src, value string) {
		s := leadScope()
		s.Values["vars"].(map[string]any)["name"] = value
		start := cpuTime()
		for _, sink := range []string{"text", "html", "htmlattr", "url", "header", "json", "sms"} {
			tpl, issues := env.Template(src, sink)
			require.NotEqual(t, tpl == nil, len(issues) == 0)
			for _, i := range issues {
				require.True(t, utf8.ValidString(i.String()))
			}
			if tpl == nil {
				continue
			}
			text, _, err := tpl.Render(s, rule.NewBudget())
			if err != nil {
				continue
			}
			require.NotContains(t, text, "{{")
			require.True(t, utf8.ValidString(text))
			require.LessOrEqual(t, len(text), rule.MaxOutput)
			if sink == "header" {
				require.False(t, strings.ContainsAny(text, "\r\n\x00"))
			}
		}
		requireSoon(t, start)
	})
}

// FuzzJSONTemplate: whatever a value is, a valid JSON template stays JSON.
func FuzzJSONTemplate(f *testing.F) {
	f.Add("a\"b\\\n{{x}}</script>\x00")
	tpl, issues := leadEnv().Template(`{"in": "x{{ vars.name }}y", "out": {{ vars.name }}, "list": [{{ vars.list }}]}`, "json")
	require.Empty(f, issues)
	f.Fuzz(func(t *testing.T, value string) {
		s := leadScope()
		vars := s.Values["vars"].(map[string]any)
		vars["name"], vars["list"] = value, []any{value, map[string]any{value: value}}
		text, _, err := tpl.Render(s, nil)
		if err == nil {
			require.True(t, json.Valid([]byte(text)), text)
		}
	})
}
