// Command engine prints what the engine does on this machine: runs per second,
// CPU per run, latency, memory and start time, for the five-step reference flow
// on an embedded store and bus. It is what `make bench-engine` runs.
//
// Compare ratios on one machine, never absolute numbers between machines.
//
// Reading order: main.go, load.go, measure.go, table.go.
package main
