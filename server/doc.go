// Package server is Millrace's face to the network: the HTTP API, sessions and
// roles, the live websocket, health, metrics and the API's own documentation.
//
// It never decides how a run moves (engine), never writes a record past the
// Runner, and never trusts what comes in: every body is strict JSON, every
// route has a row in the policy table, every error leaves as problem+json.
//
// Reading order: server.go (New, what is wired), policy.go (who may do what),
// admit.go (what every request passes), body.go, refusal.go, session.go,
// login.go; then one file per noun: flows.go, drafts.go, publish.go, runs.go,
// records.go, …; then live.go, hub.go and socket.go.
//
// # The live websocket
//
// A client opens GET /ws with its session cookie and an Origin of the same
// host, and sends one JSON object per message, at most 4 KiB and 10 a second:
//
//	{"type":"watch","topic":"flow:<id>","since":0}
//	{"type":"unwatch","topic":"flow:<id>"}
//
// Topics are "live" (all flows the member sees), "flow:<id>", "run:<id>" and
// "records:<resource>". The server answers, per topic:
//
//	{"type":"snapshot","topic":…,"seq":N,"data":…}   the state at seq N
//	{"type":"progress","topic":…,"seq":N,"data":flow.Progress}
//	{"type":"event","topic":…,"seq":N,"data":crm.Event}
//	{"type":"counts","topic":…,"seq":N,"data":Counts}
//	{"type":"reload","topic":…}   since is too old: a snapshot follows
//	{"type":"refused","topic":…,"code":…}   no such topic, or not for this member
//	{"type":"ping"}               every 25 s
//
// Numbers grow within a topic, and may skip. A client that reconnects watches
// again with since set to the last seq it saw, and gets what it missed, in
// order, or "reload" and a snapshot. A progress that carries an older rev than
// the client has for that run is to be dropped. Changes of one run are merged
// to at most five frames a second.
//
// Close codes: 1001 the server stops (the reason holds a retry hint, try again
// in a few seconds), 1008 too many messages, 1009 message too long, 4003 the
// session ended or the role changed, 4008 the client reads too slowly
// (reconnect and resume).
package server
