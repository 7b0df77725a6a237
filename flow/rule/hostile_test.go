package rule_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow/rule"
)

// hostileTime is what any expression may take in all, compiled and run
// (SAFETY.md M8). The race detector and
// the browser get more.
const hostileTime = 120 * time.Millisecond

// hostile are the attacks of SAFETY.md §1, M1 to M7, and those found while
// building; whatever they give, it must be soon.
func hostile() map[string]string {
	nest := func(n int, open, middle, shut string) string {
		return strings.Repeat(open, n) + middle + strings.Repeat(shut, n)
	}
	lets := func(n int, step, end string) string {
		var b strings.Builder
		b.WriteString("let z0=[1,1]; ")
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, "let z%d="+step+"; ", i, i-1)
		}
		return b.String() + fmt.Sprintf(end, n-1)
	}
	shared := "[z%[2]d,z%[2]d]"
	h := map[string]string{
		"M1 reduce text":       `len(reduce(1..30, #acc + #acc, "aaaaaaaaaa"))`,
		"M1 reduce replace":    `reduce(1..10, replace(#acc,"a","aaaaaaaaaa"),"a")`,
		"M1 let doubling":      `let a="aaaaaaaaaaaaaaaa"; let b=a+a+a+a+a+a+a+a; let c=b+b+b+b+b+b+b+b; let d=c+c+c+c+c+c+c+c; let e=d+d+d+d+d+d+d+d; let f=e+e+e+e+e+e+e+e; f+f+f+f`,
		"M1 replace doubling":  `let a=replace("aaaa","a","aaaaaaaaaaaaaaaa"); let b=replace(a,"a",a); let c=replace(b,"a",b); replace(c,"a",c)`,
		"M1 map of texts":      `map(1..9000, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" + text(#))`,
		"M1 join":              `let a=map(1..9000, "aaaaaaaaaaaaaaaaaaaa"); join(map(1..9000, join(a)))`,
		"M2 not":               strings.Repeat("!", 4092) + "true",
		"M2 not, long":         strings.Repeat("!", 800_000) + "true",
		"M2 minus":             strings.Repeat("-", 4095) + "1",
		"M2 brackets":          strings.Repeat("(", 4096),
		"M2 lists":             nest(2000, "[", "1", "]"),
		"M2 ternary":           strings.Repeat("true?1:", 580) + "1",
		"M3 quadratic in":      `let r=1..2000; count(r, count(r, # in r) >= 0)`,
		"M3 nested sums":       `let r=1..1000; sum(r,sum(r,sum(r,#)))`,
		"M3 uniq":              `uniq(1..90000)`,
		"M3 deep loops":        `any(1..9999, any(1..9999, any(1..9999, any(1..9999, # < 0))))`,
		"M3 big body":          `count(1..9999, ` + strings.Repeat("#==1 or ", 200) + `#==2)`,
		"M3 count without":     `let r=map(1..9000, false); map(1..9000, count(r))`,
		"M3 sort":              `let t=replace("aaaaaaaaaaaaaaaa","a","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"); map(1..2000, sortBy(1..2000, t+text(#)))`,
		"M3 keys":              `let g=groupBy(1..5000, #); map(1..5000, keys(g))`,
		"M3 zones":             `map(1..9999, hour(now(), "Zone/" + text(#)))`,
		"M3 dates":             `map(1..9999, date("not a date at all" + text(#)))`,
		"M3 wide range":        `1..2000000`,
		"M3 endless range":     `-9223372036854775807..9223372036854775807`,
		"M3 range of ranges":   `map(1..9000, 1..9000)`,
		"M3 slices":            `let r=1..9999; map(r, r[0:9998])`,
		"M3 split":             `let t=replace("aaaaaaaaaaaaaaaa","a","a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,"); map(1..9999, split(t, ","))`,
		"M3 contains":          `let t=replace("aaaaaaaaaaaaaaaa","a","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"); count(1..9999, t+t+t contains "b")`,
		"M4 max":               lets(40, shared, "max(z%d)"),
		"M4 min":               lets(40, shared, "min(z%d)"),
		"M4 mean":              lets(40, shared, "mean(z%d)"),
		"M4 equal":             lets(40, shared, "z%[1]d == z%[1]d"),
		"M4 not equal":         lets(40, shared, "z%[1]d != z%[1]d"),
		"M4 flatten":           lets(40, shared, "flatten(z%d)"),
		"M4 toJSON":            lets(40, shared, "toJSON(z%d)"),
		"M4 string":            lets(40, shared, "string(z%d)"),
		"M4 text":              lets(40, shared, "text(z%d)"),
		"M4 join":              lets(40, shared, `join(z%d, "")`),
		"M4 result":            lets(40, shared, "z%d"),
		"M4 in":                lets(40, shared, "1 in z%d"),
		"M4 list in":           lets(40, shared, "z%[1]d in z%[1]d"),
		"M4 less":              lets(40, shared, "z%[1]d < z%[1]d"),
		"M4 sum":               lets(40, shared, "sum(z%d)"),
		"M4 sort":              lets(40, shared, "sortBy(z%d, #)"),
		"M4 group":             lets(40, shared, "groupBy(z%d, #)"),
		"M4 add":               lets(40, shared, "z%[1]d + z%[1]d"),
		"M4 call":              lets(40, shared, "upper(z%d)"),
		"M4 negate":            lets(40, shared, "-z%d"),
		"M4 bool":              lets(40, shared, "z%d ? 1 : 2"),
		"M4 maps":              lets(40, "{a: z%[2]d, b: z%[2]d}", "z%d"),
		"M4 group keys":        lets(40, "{a: z%[2]d, b: z%[2]d}", "keys(z%d)"),
		"M4 index":             lets(40, shared, "z%[1]d[z%[1]d]"),
		"M5 method":            `lead.created_at.Year()`,
		"M5 method of now":     `now().Add(1)`,
		"M5 env":               `$env["lead"]`,
		"M5 env field":         `$env.lead.score`,
		"M5 internal":          `__load(0)`,
		"M5 internal name":     `__rt`,
		"M5 get env":           `get($env, "lead")`,
		"M6 infinite":          `1/0`,
		"M6 wrap":              `9223372036854775807+1`,
		"M6 wrap times":        `9223372036854775807*3`,
		"M6 int":               `int(1e300)`,
		"M6 NaN":               `float("NaN")`,
		"M6 huge":              `1e308*10`,
		"M6 power":             `2 ** 99999`,
		"M7 pattern":           `lead.full_name matches "(x{0,10}){0,100}z"`,
		"M7 dynamic pattern":   `lead.full_name matches "(" + lead.full_name`,
		"M7 in a loop":         `let t=replace("aaaaaaaaaaaaaaaa","a","xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"); count(1..9999, t matches "(x{0,9}){0,9}z")`,
		"M7 nested repeats":    `lead.full_name matches "((((a{0,9}){0,9}){0,9}){0,9}){0,9}"`,
		"shared by ?:":         nest(200, "(", "1", "?:1)"),
		"shared by comparison": nest(200, "1<(", "1", ")<1"),
		"overloads":            nest(200, "trim(", "lead.email", `)`),
		"nested pipes":         "lead.email" + strings.Repeat(" | upper()", 400),
		"deep access":          "event.data" + strings.Repeat(".a", 400),
		"deep index":           "vars.list" + strings.Repeat("[0]", 400),
		"deep chain":           "event.data" + strings.Repeat("?.a", 400),
		"nested predicates":    nest(150, "any(vars.list, ", "true", ")"),
		"nested maps":          nest(150, "map(vars.list, ", "#", ")"),
		"nested ands":          nest(150, "(lead.score > 1 && ", "true", ")"),
		"nested ors":           nest(150, "(lead.phone > \"a\" || ", "true", ")"),
		"nested nots":          nest(200, "!(", "lead.score > 1", ")"),
		"if else":              strings.Repeat("if true {1} else ", 200) + "{1}",
		"sequence":             strings.Repeat("1;", 2000) + "1",
		"bytes":                `b"abc"`,
		"nul":                  "lead.score > 5\x00",
		"not text":             "lead.score > \xff",
		"unclosed text":        `"` + strings.Repeat("a", 4000),
		"escapes":              `"` + strings.Repeat(`\u0041`, 600) + `"`,
		"comment":              "/*" + strings.Repeat("*", 4000),
	}
	return h
}

func TestHostileExpressionsEndSoon(t *testing.T) {
	for name, src := range hostile() {
		t.Run(name, func(t *testing.T) {
			quick(t, func() {
				p, issues := leadEnv().Formula(src)
				require.NotEqual(t, p == nil, len(issues) == 0)
				if p != nil {
					_, _ = p.Value(leadScope(), rule.NewBudget())
				}
			})
			quick(t, func() {
				p, _ := leadEnv().Condition(src)
				if p != nil {
					_, _ = p.Holds(leadScope(), rule.NewBudget())
				}
			})
		})
	}
}

// quick fails when f takes more processor time than hostileTime twice: the
// first time may be the garbage collector's.
func quick(t *testing.T, f func()) {
	t.Helper()
	limit := hostileTime
	if raceEnabled || runtime.GOOS == "js" {
		limit *= 30
	}
	var took time.Duration
	for range 2 {
		start := cpuTime()
		f()
		if took = cpuTime() - start; took <= limit {
			return
		}
	}
	require.LessOrEqual(t, took, limit)
}

func TestHostileExpressionsStaySmall(t *testing.T) {
	const most = 48 << 20 // bytes allocated in all, freed or not
	for name, src := range hostile() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if p, _ := leadEnv().Formula(src); p != nil {
			_, _ = p.Value(leadScope(), rule.NewBudget())
		}
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(most), name)
		if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
			t.Logf("%s: %d MB", name, n>>20)
		}
	}
}

func TestOneBudgetCoversManyEvaluations(t *testing.T) {
	p, issues := leadEnv().Formula(`count(1..5000, # > 3)`)
	require.Empty(t, issues)
	b := rule.NewBudget()
	var err error
	for i := 0; i < 100 && err == nil; i++ {
		_, err = p.Value(leadScope(), b)
	}
	require.ErrorContains(t, err, rule.CodeLimit)
	_, err = p.Value(leadScope(), rule.NewBudget())
	require.NoError(t, err)
}
