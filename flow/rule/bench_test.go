package rule_test

import (
	"testing"

	"millrace.dev/flow/rule"
)

func BenchmarkSimpleCondition(b *testing.B) {
	benchmarkCondition(b, `lead.score > 50 && lead.status == "new"`)
}

func BenchmarkListCondition(b *testing.B) {
	benchmarkCondition(b, `any(lead.tags, # == "eu") && lower(lead.email) endsWith ".com"`)
}

func benchmarkCondition(b *testing.B, src string) {
	p, issues := leadEnv().Condition(src)
	if len(issues) > 0 {
		b.Fatal(issues)
	}
	s := leadScope()
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := p.Holds(s, rule.NewBudget()); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	e := leadEnv()
	b.ReportAllocs()
	for b.Loop() {
		if _, issues := e.Condition(`lead.score > 50 && lead.status == "new"`); len(issues) > 0 {
			b.Fatal(issues)
		}
	}
}

func BenchmarkTemplate(b *testing.B) {
	t, _ := leadEnv().Template(`Hi {{ lead.first_name | "you" }}, your score is {{lead.score}}.`, "html")
	s := leadScope()
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := t.Render(s, rule.NewBudget()); err != nil {
			b.Fatal(err)
		}
	}
}
