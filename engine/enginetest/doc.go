// Package enginetest reads and plays scenarios: text files with flows in the
// written form, records, timed events, and what must come of them. The same
// text is played by the pure engine, by the browser's build of it, and by tests
// of the server, and all must leave the same trace.
//
//	What the scenario is about, in a line or more.
//
//	-- flow --
//	flow big-deal "Big deal" deal
//	node start record_updated fields=["amount"]
//	…
//	-- world --
//	clock 2026-01-05T09:00:00Z
//	member u-1 name="Ana" email="ana@example.com" teams=["sales"]
//	deal D-1 title="Hotel" amount=8000 owner="u-1"
//	-- script --
//	+0s update deal D-1 amount=12000
//	during mail event message.received deal D-1 kind=reply
//	+10m event message.received deal D-1 kind=reply
//	+1h end
//	-- trace --
//	-- effects --
//	-- enrollments --
//
// Values are JSON, or bare words for texts. Money is in major units. The verbs
// of a script are documented at Step. The last three sections are expectations;
// `go test ./engine/enginetest -update` rewrites them.
//
// Reading order: scenario.go, parse.go, play.go.
package enginetest
