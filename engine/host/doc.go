// Package host is the server's nodes.Host: what a node asks for happens here, to
// our own records through the store, to the outside through providers.
//
// Every effect carries the visit's key. Our own records change exactly once per
// key; mail and HTTP are at least once, with the key as Message-ID and
// Idempotency-Key. Without a configured provider messages go to the sink: they
// are kept as captured and sent nowhere.
//
// It is the only home of outbound mail and HTTP, never decides where a run
// goes, and never retries: the engine does.
//
// Reading order: host.go, send.go, smtp.go, call.go, env.go.
package host
