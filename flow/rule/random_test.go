package rule_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"millrace.dev/flow/rule"
)

// truths are atoms of three-valued logic with their value: nil is unknown.
var truths = map[string]*bool{
	`lead.score > 5`: ptr(true), `lead.status == "new"`: ptr(true), `true`: ptr(true), `!vars.flag`: ptr(true),
	`lead.score < 5`: ptr(false), `lead.status == "x"`: ptr(false), `false`: ptr(false), `vars.flag`: ptr(false),
	`lead.phone > "a"`: nil, `vars.flag <= 2`: nil, `org.size < 9`: nil,
}

func ptr(b bool) *bool { return &b }

// logic draws a boolean expression and its value by the tables of Kleene.
func logic(depth int) *rapid.Generator[logicCase] {
	atoms := make([]string, 0, len(truths))
	for a := range truths {
		atoms = append(atoms, a)
	}
	return rapid.Custom(func(t *rapid.T) logicCase {
		kind := rapid.IntRange(0, 3).Draw(t, "kind")
		if depth == 0 || kind == 0 {
			a := rapid.SampledFrom(atoms).Draw(t, "atom")
			return logicCase{a, truths[a]}
		}
		x := logic(depth-1).Draw(t, "left")
		if kind == 1 {
			return logicCase{"!(" + x.src + ")", negate(x.value)}
		}
		y := logic(depth-1).Draw(t, "right")
		if kind == 2 {
			return logicCase{"(" + x.src + ") and (" + y.src + ")", both(x.value, y.value)}
		}
		return logicCase{"(" + x.src + ") || (" + y.src + ")", negate(both(negate(x.value), negate(y.value)))}
	})
}

type logicCase struct {
	src   string
	value *bool
}

func negate(b *bool) *bool {
	if b == nil {
		return nil
	}
	return ptr(!*b)
}

func both(a, b *bool) *bool {
	switch {
	case a != nil && !*a, b != nil && !*b:
		return ptr(false)
	case a == nil || b == nil:
		return nil
	}
	return ptr(true)
}

func TestUnknownFollowsThreeValuedLogic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := logic(4).Draw(t, "case")
		p, issues := leadEnv().Condition(c.src)
		require.Empty(t, issues)
		b := rule.NewBudget()
		got, err := p.Holds(leadScope(), b)
		require.NoError(t, err)
		require.Equal(t, c.value != nil && *c.value, got, c.src)
		require.Equal(t, c.value == nil, len(b.Warnings()) > 0, c.src)
	})
}

// anything draws expressions that mostly compile, from the whole language.
func anything(depth int) *rapid.Generator[string] {
	leaves := []string{
		`1`, `2.5`, `-3`, `"a"`, `""`, `true`, `nil`, `[]`, `[1, 2]`, `["b", "a"]`, `{a: 1}`, `1..3`, `lead.score`, `lead.email`, `lead.phone`, `lead.tags`, `lead.created_at`,
		`vars.total`, `vars.list`, `vars.flag`, `vars.mixed`, `vars.name`, `event.data`, `event.data.items`, `steps.call`, `event.changed`, `org`, `prev.score`, `now()`, `days(2)`,
	}
	unary := []string{"-(%s)", "+(%s)", "!(%s)", "(%s)[0]", "(%s)[1:]", "(%s).a", "(%s)?.price", "[%s]", "{k: %s}", "any(%s, # == 1)", "all(%s, # != nil)", "one(%s, # in [1])",
		"none(%s, # > 1)", "map(%s, #)", "filter(%s, # != 2)", "find(%s, # == 3)", "findIndex(%s, # == 3)", "count(%s, # == 1)", "count(%s)", "sum(%s)", "sum(%s, 2)", "sortBy(%s, #)",
		"groupBy(%s, #)", "map(%s, [#, #index])", "(%s) matches \"a+\"", "(let q = %s; q)"}
	for _, f := range rule.Functions() {
		unary = append(unary, f.Name+"(%s)")
	}
	binary := []string{"+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "and", "or", "in", "not in", "contains", "startsWith", "endsWith", "??", ".."}
	return rapid.Custom(func(t *rapid.T) string {
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		if depth == 0 || kind == 0 {
			return rapid.SampledFrom(leaves).Draw(t, "leaf")
		}
		x := anything(depth-1).Draw(t, "x")
		if kind < 3 {
			return strings.ReplaceAll(rapid.SampledFrom(unary).Draw(t, "unary"), "%s", x)
		}
		y := anything(depth-1).Draw(t, "y")
		switch kind {
		case 3:
			return fmt.Sprintf("(%s) ? (%s) : (%s)", x, y, anything(depth-1).Draw(t, "z"))
		case 4:
			f := rapid.SampledFrom(rule.Functions()).Draw(t, "function")
			return fmt.Sprintf("%s(%s, %s)", f.Name, x, y)
		}
		return fmt.Sprintf("(%s) %s (%s)", x, rapid.SampledFrom(binary).Draw(t, "operator"), y)
	})
}

// Every failure is one of ours, with a text made for it: nothing reaches the
// virtual machine that it would panic on.
func TestEveryFailureIsExplained(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := anything(3).Draw(t, "src")
		p, issues := leadEnv().Formula(src)
		for _, i := range issues {
			require.NotContains(t, i.Text, "interface", src)
		}
		if p == nil {
			return
		}
		_, err := p.Value(leadScope(), nil)
		var coded *rule.Error
		if errors.As(err, &coded) {
			require.NotContains(t, coded.Text, "values at hand", src)
			require.NotContains(t, coded.Text, "%!", src)
		}
	})
}
