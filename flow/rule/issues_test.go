package rule_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow/rule"
)

var update = flag.Bool("update", false, "rewrite testdata/issues.txt")

// testdata/issues.txt holds sources, each on a line behind "condition", "formula"
// or "template", followed by the issues found in it.
func TestIssuesReadAsWritten(t *testing.T) {
	want, err := os.ReadFile("testdata/issues.txt")
	require.NoError(t, err)
	var got strings.Builder
	for _, line := range strings.Split(string(want), "\n") {
		kind, src, ok := strings.Cut(line, " > ")
		if !ok || strings.HasPrefix(line, " ") {
			if strings.HasPrefix(line, "#") {
				got.WriteString(line + "\n")
			}
			continue
		}
		got.WriteString(line + "\n")
		issues := issuesOf(t, kind, strings.ReplaceAll(src, "⏎", "\n"))
		require.NotEmpty(t, issues, line)
		for _, i := range issues {
			got.WriteString(indent(i.String()))
			require.Positive(t, i.Column)
			require.Positive(t, i.Line)
		}
		got.WriteString("\n")
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/issues.txt", []byte(got.String()), 0o644))
		return
	}
	require.Equal(t, string(want), got.String())
}

func issuesOf(t *testing.T, kind, src string) []rule.Issue {
	var issues []rule.Issue
	switch kind {
	case "condition":
		_, issues = leadEnv().Condition(src)
	case "formula":
		_, issues = leadEnv().Formula(src)
	case "template":
		_, issues = leadEnv().Template(src, "text")
	default:
		require.Fail(t, "unknown kind "+kind)
	}
	return issues
}

func indent(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") + "\n" }

func TestSourcesAreCappedBeforeTheParser(t *testing.T) {
	for _, c := range []struct {
		src, code string
	}{
		{strings.Repeat(" ", rule.MaxExpression-4) + "true", ""},
		{strings.Repeat(" ", rule.MaxExpression-3) + "true", "too_long"},
		{"\xff", "bad_text"}, {"true\x00", "bad_text"}, {" \n", "empty"}, {"", "empty"},
		{strings.Repeat("1+", 249) + "1", ""},
		{strings.Repeat("1+", 250) + "1", "too_complex"},
	} {
		p, issues := leadEnv().Formula(c.src)
		if c.code == "" {
			require.Empty(t, issues)
			continue
		}
		require.Nil(t, p)
		require.Equal(t, c.code, issues[0].Code)
	}
}

func TestTemplatesAreCapped(t *testing.T) {
	tag := "{{lead.id}}"
	for _, c := range []struct {
		src, code string
	}{
		{strings.Repeat("a", rule.MaxTemplate), ""},
		{strings.Repeat("a", rule.MaxTemplate+1), "too_long"},
		{strings.Repeat(tag, rule.MaxTags), ""},
		{strings.Repeat(tag, rule.MaxTags+1), "too_many_tags"},
		{"\xff", "bad_text"}, {"a\x00", "bad_text"},
	} {
		_, issues := leadEnv().Template(c.src, "text")
		if c.code == "" {
			require.Empty(t, issues)
			continue
		}
		require.Equal(t, c.code, issues[0].Code)
	}
	_, issues := leadEnv().Template("a", "printer")
	require.Equal(t, "unknown_sink", issues[0].Code)
}

func TestCaretsOfLongLinesStayShort(t *testing.T) {
	src := strings.Repeat("ă", 3000) + " {{ lead.scoer }} " + strings.Repeat("ț", 3000)
	_, issues := leadEnv().Template(src, "text")
	require.Len(t, issues, 1)
	require.Equal(t, 3010, issues[0].Column)
	lines := strings.Split(issues[0].Caret, "\n")
	require.Len(t, lines, 2)
	require.LessOrEqual(t, utf8.RuneCountInString(lines[0]), 100)
	require.Equal(t, "scoer", string([]rune(lines[0])[strings.Index(lines[1], "^"):][:5]))
}
