// Package engine is the interpreter: a published version and what happened to a
// run go in, the run's next state and the effects it wants come out.
//
// It is pure. It knows no clock, store, network, goroutine or randomness, so
// the same inputs give the same outputs in any process: in the server, in the
// browser and in a test where 48 hours take a millisecond.
//
// The cycle is: Index.Match finds the flows that an event may start, Consider
// and Admit decide, Begin makes the run; Advance moves it until it wants a Call
// or is held; the host runs the Call's node and hands the result back to
// Advance; Matches and Resolve end a wait.
//
// Reading order: plan.go (a compiled version), world.go, index.go, enroll.go,
// begin.go, advance.go, visit.go, route.go, wait.go, retry.go, limits.go,
// operate.go, trace.go; then rehearsal.go and dryrun.go (everything in memory,
// on a virtual clock).
package engine
