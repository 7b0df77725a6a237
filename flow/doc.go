// Package flow is the vocabulary: what authors draw (Flow, Draft, Version,
// Graph, Node, Connector), what the engine leaves behind (Enrollment, Run,
// Step, Wait, Progress), and what can be wrong with either (Problem, Error).
//
// It holds the JSON file form, the written form, structural validation, the
// limits and the legal moves of every state. It never runs anything, and knows
// no clock, store or network. Standard library only: it is compiled into the
// server and into the browser.
//
// Reading order: graph.go, flow.go, run.go, wait.go, progress.go, problem.go,
// limits.go; then file.go (JSON), written.go (text), validate.go.
package flow
