// Package store says what Millrace keeps and what it may rely on: single
// documents changed by compare-and-set. No transaction over two documents,
// change stream, TTL or partial index is needed for correctness.
//
// Numbers inside values of type any come back by one rule (json.go): whole ones
// as int64, so that money stays one, all others as float64.
//
// Every implementation passes package storetest. Reading order: store.go,
// records.go, runs.go, shelves.go; then what implementations share: apply.go
// (what a write does), words.go (search), json.go.
package store
