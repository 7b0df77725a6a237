// Package sqlite is the embedded store: one file, one process, no setup. It is
// the only importer of its driver.
//
// All writes go through one goroutine that commits them in groups, each writer
// getting its own answer after the commit; reads go to a few read-only
// connections beside it (WAL). An acknowledged write survives the end of the
// process, and every read that begins after it sees it. A power loss may take
// the last moments (synchronous=NORMAL), never the file.
//
// What is searched or sorted by is a real column beside the JSON document. It
// never interprets flows or records beyond that.
//
// Reading order: db.go (open, close), conn.go (one connection), writer.go
// (group commit), schema.go (tables), records.go, runs.go, shelves.go.
package sqlite
