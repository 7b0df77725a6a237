package nodes

import (
	"fmt"
	"slices"
	"time"

	"millrace.dev/flow"
	"millrace.dev/flow/rule"
)

// settings checks a flow's own choices.
func settings(env rule.Env, s flow.Settings) (found flow.Problems) {
	add := func(p flow.Problem) {
		p.Level = flow.LevelError
		found = append(found, p)
	}
	policies := []string{"", flow.OneActive, flow.OnceEver, flow.Parallel}
	if !slices.Contains(policies, s.Reentry) {
		add(flow.Problem{
			Path: "/settings/reentry", Code: "not_a_choice", Suggestion: nearest(s.Reentry, policies[1:]),
			Text: fmt.Sprintf("%q does not say when a record may come again. Use one_active, once_ever or parallel.", s.Reentry),
		})
	}
	if s.Zone != "" && !zoneExists(s.Zone) {
		add(flow.Problem{
			Path: "/settings/zone", Code: "unknown_zone",
			Text: fmt.Sprintf("There is no time zone %q. Choose one such as Europe/Warsaw.", s.Zone),
		})
	}
	if s.Key != "" {
		_, issues := env.Formula(s.Key)
		for _, i := range issues {
			add(issueAt("/settings/key", i))
		}
	}
	return found
}

// zoneExists reports whether the time zone is known. A build without zone data,
// such as the browser's, trusts the author; the server's check decides.
func zoneExists(name string) bool {
	if _, err := time.LoadLocation("Europe/Warsaw"); err != nil {
		return true
	}
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
}

// issueAt is an issue of an expression or a template as a problem at a path.
func issueAt(path string, i rule.Issue) flow.Problem {
	return flow.Problem{Path: path, Code: i.Code, Text: i.Text, Column: i.Column, Caret: i.Caret, Suggestion: i.Suggestion}
}
