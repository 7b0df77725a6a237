package rule_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow/rule"
)

func render(t *testing.T, src, sink string, s rule.Scope) (string, []string) {
	t.Helper()
	tpl, issues := leadEnv().Template(src, sink)
	require.Empty(t, issues, src)
	text, warnings, err := tpl.Render(s, rule.NewBudget())
	require.NoError(t, err, src)
	return text, warnings
}

func TestTemplatesAreFilledIn(t *testing.T) {
	for src, want := range map[string]string{
		``:                                              ``,
		`plain`:                                         `plain`,
		`Hi {{ lead.first_name }}!`:                     `Hi Ana!`,
		`{{lead.first_name}}{{lead.country}}`:           `AnaRO`,
		"{{\n\tlead.first_name\n}}":                     `Ana`,
		`{x} { {y} } }} {`:                              `{x} { {y} } }} {`,
		`{{ lead.phone | "none" }}`:                     `none`,
		`{{ lead.company | "none" }}`:                   `none`,
		`{{ lead.country | "none" }}`:                   `RO`,
		`{{ lead.phone | default:"x" }}`:                `x`,
		`{{ lead.phone | "say \"hi\" \\ | }} {" }}`:     `say "hi" \ | }} {`,
		`{{ lead.phone | "" }}`:                         ``,
		`{{ lead.score }}`:                              `51`,
		`{{ event.data.n }}`:                            `3`,
		`{{ lead.tags }}`:                               `vip, eu`,
		`{{ lead.created_at }}`:                         `2026-11-20 09:30 UTC`,
		`{{ lead.created_at | date:"02.01.2006" }}`:     `20.11.2026`,
		`{{ lead.phone | date:"02.01.2006" | "soon" }}`: `soon`,
		`{{ lead.phone | "soon" | date:"02.01.2006" }}`: `soon`,
		`{{ lead.country | date:"2006" }}`:              `RO`,
		`{{ steps.my-node.x }}`:                         `y`,
		`{{ steps["my-node"]["x"] }}`:                   `y`,
		`{{ event.data.who.name }}`:                     `Bo`,
		`{{ org.name | "nobody" }}`:                     `nobody`,
		`{{ record.first_name }}`:                       `Ana`,
		`Chào {{ vars.name }}`:                          `Chào ÀÉ bé`,
	} {
		text, warnings := render(t, src, "text", leadScope())
		require.Equal(t, want, text, src)
		require.Empty(t, warnings, src)
	}
}

func TestEmptyValuesAreLeftBlankWithAWarning(t *testing.T) {
	text, warnings := render(t, `[{{ lead.phone }}] [{{ lead.company }}] [{{lead.phone}}] [{{ org.name }}] [{{ vars.total }}]`, "text", leadScope())
	require.Equal(t, `[] [] [] [] [5]`, text)
	require.Equal(t, []string{"lead.phone has no value: left blank.", "lead.company has no value: left blank.", "org.name has no value: left blank."}, warnings)
	s := leadScope()
	s.Values["vars"].(map[string]any)["total"] = map[string]any{"a": 1}
	text, warnings = render(t, `[{{ vars.total }}]`, "text", s)
	require.Equal(t, `[]`, text)
	require.Equal(t, []string{"vars.total is a group of fields: left blank."}, warnings)
}

func TestNumbersAndTimesReadWell(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{0.0, "0"}, {-0.0, "0"}, {1.50, "1.5"}, {1200000.0, "1200000"}, {1e21, "1000000000000000000000"}, {math.Nextafter(0.3, 1), "0.3"}, {123456789012.34, "123456789012.34"},
		{0.000001, "0.000001"}, {-2.25, "-2.25"}, {7, "7"}, {int64(9007199254740993), "9007199254740993"},
		{true, "true"}, {"x", "x"}, {nil, ""}, {[]any{1.0, "a", nil, []any{2}}, "1, a"}, {[]string{"a", "b"}, "a, b"}, {map[string]any{"a": 1}, ""},
		{time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), "2026-03-01"},
		{time.Date(2026, 3, 1, 7, 5, 9, 0, time.UTC), "2026-03-01 07:05 UTC"},
		{time.Time{}, ""}, {90 * time.Minute, "1h30m0s"}, {"a\xffb", "a\uFFFDb"},
	} {
		require.Equal(t, c.want, rule.Text(c.v), "%#v", c.v)
	}
}

func TestEachSinkEscapes(t *testing.T) {
	evil := "<b a='\"&`=>\r\nBcc: x@y.z\t\x00\u202e{{lead.email}} ă/?#%+..\\"
	for sink, want := range map[string]string{
		"text":     "<b a='\"&`=>\nBcc: x@y.z\t{ {lead.email}} ă/?#%+..\\",
		"sms":      "<b a='\"&`=>\nBcc: x@y.z\t{ {lead.email}} ă/?#%+..\\",
		"html":     "&lt;b a=&#39;&#34;&amp;`=&gt;\nBcc: x@y.z\t{&#8203;{lead.email}} ă/?#%+..\\",
		"htmlattr": "&#x3C;b&#x20;a&#x3D;&#x27;&#x22;&#x26;&#x60;&#x3D;&#x3E;&#xA;Bcc&#x3A;&#x20;x&#x40;y&#x2E;z&#x9;&#x7B;&#x7B;lead&#x2E;email&#x7D;&#x7D;&#x20;ă&#x2F;&#x3F;&#x23;&#x25;&#x2B;&#x2E;&#x2E;&#x5C;",
		"url":      "%3Cb%20a%3D%27%22%26%60%3D%3E%0D%0ABcc%3A%20x%40y.z%09%00%E2%80%AE%7B%7Blead.email%7D%7D%20%C4%83%2F%3F%23%25%2B..%5C",
		"header":   "<b a='\"&`=>  Bcc: x@y.z  { {lead.email}} ă/?#%+..\\",
	} {
		s := leadScope()
		s.Values["vars"].(map[string]any)["name"] = evil
		text, _ := render(t, `[{{ vars.name }}]`, sink, s)
		require.Equal(t, "["+want+"]", text, sink)
	}
}

func TestURLPartsCannotClimb(t *testing.T) {
	for value, want := range map[string]string{"..": "%2E%2E", ".": "%2E", "a.b": "a.b", "../x": "..%2Fx"} {
		s := leadScope()
		s.Values["vars"].(map[string]any)["name"] = value
		text, _ := render(t, `https://h.test/{{ vars.name }}/x?y={{ vars.name }}`, "url", s)
		require.Equal(t, "https://h.test/"+want+"/x?y="+want, text)
	}
}

func TestHeadersStayOnOneLine(t *testing.T) {
	text, _ := render(t, "Hello\r\n{{ lead.first_name }}\u2028!", "header", leadScope())
	require.Equal(t, "Hello  Ana !", text)
}

func TestJSONTemplatesGiveJSON(t *testing.T) {
	s := leadScope()
	s.Values["vars"].(map[string]any)["name"] = "a\"b\\c\n\t\x01</script>{{x}}\u2028é\xff"
	src := `{"in": "<{{ vars.name }}>", "out": {{ vars.name }}, "esc": "\"{{ lead.country }}\\", "n": {{ lead.score }}, "nil": {{ lead.phone }},
 "list": {{ lead.tags }}, "obj": {{ event.data }}, "at": {{ event.at }}, "day": {{ event.at | date:"02.01" }}, "else": {{ lead.phone | "a\"b" }}, "empty": {{ lead.company }}}`
	text, warnings := render(t, src, "json", s)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &got), text)
	name := "a\"b\\c\n\t\x01</script>{{x}}\u2028é\uFFFD"
	require.Equal(t, map[string]any{
		"in": "<" + strings.ReplaceAll(name, "\x01", "\x01") + ">", "out": name, "esc": `"RO\`, "n": 51.0, "nil": nil,
		"list": []any{"vip", "eu"}, "at": "2026-11-22T09:30:00Z", "day": "22.11", "else": `a"b`, "empty": "",
		"obj": map[string]any{"n": 3.0, "who": map[string]any{"name": "Bo"}, "items": []any{map[string]any{"price": 2.5}, map[string]any{"price": 1.0}}},
	}, got)
	require.NotContains(t, text, "{{")
	require.NotContains(t, text, "</script")
	require.Equal(t, []string{"lead.phone has no value: left blank.", "lead.company has no value: left blank."}, warnings)
}

// Values are never scanned again, and no "{{" leaves, wherever its halves
// come from.
func TestNoDoubleBraceLeaves(t *testing.T) {
	for sink := range map[string]bool{"text": true, "html": true, "htmlattr": true, "url": true, "header": true, "json": true, "sms": true} {
		for _, v := range []string{"{{owner.email}}", "{", "{{{{", "{{x", "}}{{", "{ {"} {
			s := leadScope()
			s.Values["vars"].(map[string]any)["name"] = v
			for _, src := range []string{`{{ vars.name }}`, `{{ vars.name }}{x`, `{{ vars.name }}{{ vars.name }}`, `"{{ vars.name }}"`, `{{ lead.phone | "{{owner.email}}" }}`} {
				tpl, issues := leadEnv().Template(src, sink)
				require.Empty(t, issues)
				text, _, err := tpl.Render(s, nil)
				require.NoError(t, err)
				require.NotContains(t, text, "{{", "%s of %q in %s", src, v, sink)
				require.NotContains(t, text, "minh@example.com")
			}
		}
	}
}

func TestRenderedTextsAreCapped(t *testing.T) {
	s := leadScope()
	vars := s.Values["vars"].(map[string]any)
	vars["name"] = strings.Repeat("a", rule.MaxOutput/2)
	text, _ := render(t, `{{ vars.name }}{{ vars.name }}`, "text", s)
	require.Len(t, text, rule.MaxOutput)
	for sink, src := range map[string]string{"text": `{{ vars.name }}{{ vars.name }}!`, "html": `<b>{{ vars.name }}{{ vars.name }}`, "json": `[{{ vars.name }}, {{ vars.name }}]`} {
		tpl, _ := leadEnv().Template(src, sink)
		_, _, err := tpl.Render(s, nil)
		var coded *rule.Error
		require.True(t, errors.As(err, &coded))
		require.Equal(t, rule.CodeExpansion, coded.Code)
	}
	vars["name"] = strings.Repeat("<", rule.MaxOutput/3) // grows when escaped
	tpl, _ := leadEnv().Template(`{{ vars.name }}`, "html")
	_, _, err := tpl.Render(s, nil)
	require.ErrorContains(t, err, rule.CodeExpansion)
}

func TestHostileTemplatesEndSoon(t *testing.T) {
	for _, src := range []string{
		strings.Repeat("{{", 32<<10), strings.Repeat("{{ lead.scoer }}", 4000), strings.Repeat("{{ lead.id", 6000), "{{ lead" + strings.Repeat(".a", 30000) + "}}",
		`{{ lead.id | "` + strings.Repeat(`\"`, 30000), "{{" + strings.Repeat(" ", 60000) + "}}", strings.Repeat("{{ lead.id | ", 5000), strings.Repeat("}}", 30000), strings.Repeat("{", 65535),
		"{{ " + strings.Repeat("a", 60000) + " }}", strings.Repeat("{{ vars.total }}\n", 3000), `{{ lead` + strings.Repeat(`["a"]`, 12000) + `}}`,
		`{{define "a"}}{{template "a"}}{{end}}{{template "a"}}`, `{{range $i := 10000}}{{end}}`, `{{printf "%1000000d" 1}}`, `{{.Drop "db"}}`,
	} {
		quick(t, func() {
			tpl, _ := leadEnv().Template(src, "html")
			if tpl != nil {
				_, _, _ = tpl.Render(leadScope(), nil)
			}
		})
	}
	s := leadScope()
	big := make([]any, 100_000)
	for i := range big {
		big[i] = map[string]any{"a": big}
	}
	s.Values["vars"].(map[string]any)["list"] = big // endless
	quick(t, func() {
		for _, sink := range []string{"text", "json"} {
			tpl, _ := leadEnv().Template(`{{ vars.list }}`, sink)
			_, _, err := tpl.Render(s, nil)
			if sink == "json" {
				require.ErrorContains(t, err, rule.CodeLimit)
			}
		}
		p, _ := leadEnv().Formula(`vars.list`)
		_, err := p.Value(s, nil)
		require.ErrorContains(t, err, rule.CodeLimit)
	})
}

func TestTemplatesReadEveryResource(t *testing.T) {
	for _, r := range crm.Resources {
		e := rule.NewEnv(crm.BuiltIn(), r)
		for _, n := range e.Names() {
			if n.Type == rule.TypeGroup {
				continue
			}
			tpl, issues := e.Template(fmt.Sprintf(`{{ %s | "-" }}`, n.Path), "text")
			require.Empty(t, issues, n.Path)
			text, _, err := tpl.Render(rule.Scope{}, nil)
			require.NoError(t, err)
			require.Equal(t, "-", text)
		}
	}
}
