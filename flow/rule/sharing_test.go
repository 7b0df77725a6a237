package rule_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow/rule"
)

func TestProgramsAndEnvsAreSharedBetweenGoroutines(t *testing.T) {
	env := leadEnv()
	srcs := []string{
		`lead.score > 50 && lead.status == "new"`, `any(lead.tags, # == "eu") or lead.phone > "a"`, `lead.email matches "(?i)^ana"`,
		`sum(event.data.items, .price) == 3.5`, `let s = lead.score; s + s == 102`, `hour(now(), "Europe/Bucharest") == 11`,
	}
	programs := make([]*rule.Program, len(srcs))
	for i, src := range srcs {
		programs[i], _ = env.Condition(src)
	}
	tpl, _ := env.Template(`{{ lead.first_name }} {{ lead.phone | "-" }}`, "html")
	scope := leadScope()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 50 {
				ok, err := programs[i%len(programs)].Holds(scope, rule.NewBudget())
				if !ok || err != nil {
					t.Errorf("%s: %v %v", srcs[i%len(srcs)], ok, err)
				}
				if p, issues := env.Condition(srcs[i%len(srcs)]); p == nil {
					t.Error(issues)
				}
				if text, _, err := tpl.Render(scope, nil); text != "Ana -" || err != nil {
					t.Error(text, err)
				}
			}
		})
	}
	wg.Wait()
}

// The same sources and scope give the same results, errors and warnings each
// time (SAFETY.md P23).
func TestResultsAreTheSameEachTime(t *testing.T) {
	sources := hostile()
	for i, src := range []string{`keys(event.data)`, `groupBy(lead.tags, len(#))`, `{b: 1, a: 2}`, `sortBy([[2,1],[1,1],[3,0]], #[1])`, `lead.phone > "x"`, `text({a: 1} == nil)`} {
		sources[fmt.Sprint(i)] = src
	}
	for name, src := range sources {
		var first string
		for range 3 {
			var got string
			p, issues := leadEnv().Formula(src)
			got = fmt.Sprint(issues)
			if p != nil {
				b := rule.NewBudget()
				v, err := p.Value(leadScope(), b)
				got = fmt.Sprint(v, err, b.Warnings(), p.Uses(), p.Equals())
			}
			if first == "" {
				first = got
			}
			require.Equal(t, first, got, name)
		}
	}
}
