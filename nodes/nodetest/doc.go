// Package nodetest is what the tests of nodes stand on: a Host that keeps
// everything in memory and remembers what it was asked, and a way to run a node
// from the JSON that its author would write.
//
// It is for tests only: it never reaches the outside, and its clock stands
// still unless the test moves it.
//
// Reading order: host.go, run.go.
package nodetest
