// Package rule reads the two small languages of authors: expressions ("is the
// connector taken?") and merge templates ("Hello {{ lead.first_name }}!").
//
// It is the only importer of expr-lang and bounds it (SAFETY.md §6): sources
// are capped before the parser sees them, the environment is typed from the
// resource schemas so that a misspelt field is an error at compile time, and
// every operator, function and field access of the checked tree is replaced by
// one of ours that is metered and knows what "no value" means. Work is counted,
// never timed, so a result depends on nothing but the scope. It never touches
// clock, network or storage: now() is the scope's clock.
//
// Reading order: env.go (what names exist), issue.go, compile.go (the stages),
// check.go (what authors may write), guard.go and truth.go (the rewriting),
// program.go, machine.go, operators.go, arithmetic.go, values.go, result.go,
// functions*.go, budget.go, error.go, plain.go (expr-lang's words for authors),
// facts.go (Uses, Equals), hints.go; then template.go, scan.go, sink.go, format.go.
package rule
