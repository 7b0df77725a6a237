// Package store says what Millrace keeps and what it may rely on: single
// documents changed by compare-and-set. No transaction over two documents,
// change stream, TTL or partial index is needed for correctness.
//
// Every implementation passes package storetest. Reading order: store.go,
// records.go, runs.go, shelves.go.
package store
