// Package bus carries hints between the parts of the engine: the ordered event
// log, the queue of tasks ("look at run X") and the live topics for watchers.
// It is the only importer of NATS.
//
// Nothing on the bus is the truth. Every message can be derived again from the
// store, so a bus whose disk was lost is opened empty and filled again.
//
// The bus never decides anything about flows and never reads the store. It has
// no leases: one process owns an embedded bus, so the sweeper, the relay and
// the reconciler each run once by construction. A deployment of several
// replicas on an external NATS needs the KV bucket MR_CTL here (lease.* with a
// TTL, member.*, flowgen), opened next to the streams in streams.go.
//
// Reading order: bus.go, streams.go, subject.go, event.go, task.go, feed.go,
// deliver.go, live.go.
package bus
