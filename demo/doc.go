// Package demo fills a workspace with sample customers in four languages,
// publishes a few flows and keeps things happening.
//
// It speaks the public HTTP API only, so everything it does a customer's own
// program could do, and every demo tests the product. What it makes is
// determined by a seed. Names, phone numbers and addresses are from ranges
// reserved for examples; nothing it makes can reach a real person.
//
// Reading order: client.go, people.go, seed.go, simulator.go.
package demo
