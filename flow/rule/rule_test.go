package rule_test

import (
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow/rule"
)

var at = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC) // a Sunday

func leadEnv() rule.Env {
	return rule.NewEnv(crm.BuiltIn(), crm.Lead).
		WithVars("total", "list", "flag", "name", "mixed").
		WithSteps("call", "my-node")
}

// leadScope is what the engine hands in for a lead without phone, owner field,
// contact and organization.
func leadScope() rule.Scope {
	lead := crm.BuiltIn()[crm.Lead].View(crm.Record{
		Resource: crm.Lead, ID: "L1", CreatedAt: at.Add(-48 * time.Hour), UpdatedAt: at,
		Fields: map[string]any{
			"full_name": "Ana Pop", "first_name": "Ana", "email": "ana@example.com", "status": "new", "score": 51.0,
			"company": "", "country": "RO", "tags": []string{"vip", "eu"},
		},
	})
	return rule.Scope{Now: at, Values: map[string]any{
		"lead": lead, "record": lead, "prev": map[string]any{"status": "old"},
		"event": map[string]any{
			"id": "e1", "type": "lead.updated", "kind": "", "changed": []string{"score"}, "actor": "m1", "at": at,
			"data": map[string]any{"n": 3.0, "who": map[string]any{"name": "Bo"}, "items": []any{map[string]any{"price": 2.5}, map[string]any{"price": 1.0}}},
		},
		"run":   map[string]any{"id": "r1", "started_at": at},
		"owner": map[string]any{"id": "m1", "name": "Minh", "email": "minh@example.com"},
		"vars":  map[string]any{"total": 5.0, "list": []any{3.0, 1.0, 2.0}, "name": "ÀÉ bé", "mixed": []any{1.0, "a", nil}},
		"steps": map[string]map[string]any{"call": {"status": 200.0, "body": nil}, "my-node": {"x": "y"}},
		"org":   nil, "contact": nil,
	}}
}
