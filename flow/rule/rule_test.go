package rule_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow/rule"
)

var at = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func leadEnv() rule.Env {
	return rule.NewEnv(crm.BuiltIn(), crm.Lead).WithVars("total", "list", "flag", "name", "deep").WithSteps("call", "my-node")
}

func leadScope() rule.Scope {
	lead := map[string]any{
		"full_name": "Ana Pop", "first_name": "Ana", "email": "ana@example.com", "status": "new", "score": 51.0,
		"phone": nil, "company": "", "tags": []any{"vip", "eu"}, "country": "RO", "id": "L1", "created_at": at.Add(-48 * time.Hour),
	}
	return rule.Scope{Now: at, Values: map[string]any{
		"lead": lead, "record": lead, "prev": nil,
		"event":   map[string]any{"id": "e1", "type": "lead.updated", "changed": []string{"score"}, "at": at, "data": map[string]any{"n": 3.0, "who": map[string]any{"name": "Bo"}}},
		"owner":   map[string]any{"id": "m1", "name": "Minh", "email": "minh@example.com"},
		"vars":    map[string]any{"total": 5.0, "list": []any{3.0, 1.0, 2.0}},
		"steps":   map[string]map[string]any{"call": {"status": 200.0}, "my-node": {"x": "y"}},
		"contact": nil, "org": nil,
	}}
}

func TestConditions(t *testing.T) {
	for src, want := range map[string]bool{
		`lead.score > 50`:                             true,
		`lead.score > 50 && lead.status == "new"`:     true,
		`lead.phone == nil`:                           true,
		`lead.email != nil`:                           true,
		`"vip" in lead.tags`:                          true,
		`any(lead.tags, # == "eu")`:                   true,
		`steps["my-node"].x == "y"`:                   true,
		`steps.call.status == 200`:                    true,
		`org.name == "x"`:                             false,
		`record.status in ["new", "open"]`:            true,
		`"score" in event.changed`:                    true,
		`lead.created_at < now() - days(1)`:           true,
		`len(lead.tags) > 0 and not (lead.score < 3)`: true,
		`event.data.who.name startsWith "B"`:          true,
	} {
		p, issues := leadEnv().Condition(src)
		require.Empty(t, issues, src)
		got, err := p.Holds(leadScope(), rule.NewBudget())
		require.NoError(t, err, src)
		require.Equal(t, want, got, src)
	}
}

func TestTypo(t *testing.T) {
	_, issues := leadEnv().Condition(`lead.scoer > 50`)
	require.Len(t, issues, 1)
	require.Equal(t, "lead.score", issues[0].Suggestion)
	t.Log("\n" + issues[0].String())
}

func TestTemplateQuick(t *testing.T) {
	tp, issues := leadEnv().Template(`Hi {{ lead.first_name | "you" }}, {{lead.score}} {x} {{ lead.phone }}{{ lead.created_at | date:"02.01.2006" }}`, "text")
	require.Empty(t, issues)
	s, w, err := tp.Render(leadScope(), nil)
	require.NoError(t, err)
	require.Equal(t, "Hi Ana, 51 {x} 20.11.2026", s)
	require.Equal(t, []string{"lead.phone has no value: left blank."}, w)
}
