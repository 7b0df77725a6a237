// Package storetest is what a store promises, as tests: every implementation
// passes Run. It looks at a store through its interfaces only, and never at
// how it keeps things.
//
// Reading order: run.go, then one file for each interface: records.go,
// writes.go, outbox.go, runs.go, shelves.go.
package storetest
