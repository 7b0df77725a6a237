// Package runner drives the engine on the server: events in, runs moved, nothing
// lost. The interpreter decides what happens; the runner sees to it that it
// happens exactly once, in order, after any crash.
//
// One rule everywhere: state by compare-and-set, then the hint on the bus, then
// the acknowledgement of what caused it. A crash between any two is repaired by
// the bus handing the cause out again, or by the reconciler.
//
// The runner holds nothing that it could not read again from the store: its
// maps are caches, its counters are bounds. It never interprets a graph (package
// engine), never talks to a provider (engine/host) and never writes a record
// except through Write.
//
// Reading order: runner.go, plans.go (what is published), relay.go (records →
// event log), match.go, admit.go, guards.go, loops.go, waits.go (event log →
// runs), desk.go (quota), activate.go, move.go (runs → effects), sweep.go,
// reconcile.go, operate.go, live.go.
package runner
