package store

import "context"

// Store keeps everything of one workspace.
type Store interface {
	Records() Records
	Runs() Runs
	// Shelf keeps the documents of one plain kind.
	Shelf(kind Kind) Shelf
	// Ping reports whether the store can be read and written.
	Ping(ctx context.Context) error
	Close() error
}
