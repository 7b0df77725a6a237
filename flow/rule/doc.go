// Package rule reads the two small languages of authors: expressions ("is the
// connector taken?") and merge templates ("Hello {{ lead.first_name }}!").
//
// It is the only importer of expr-lang and bounds it (SAFETY.md §6): sources
// are capped before the parser sees them, the environment is typed from the
// resource schemas so that a misspelt field is an error at compile time, every
// predicate ticks, texts are budgeted, results are checked. It never touches
// clock, network or storage: now() is the scope's clock.
//
// Reading order: env.go (what names exist), expression.go, guard.go,
// builtins.go, budget.go, template.go, sink.go.
package rule
