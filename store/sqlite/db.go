package sqlite

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// Memory is the path of a store that is gone with Close: a file in a folder of
// its own under the system's temporary one.
const Memory = ":memory:"

// stripes is how many records can be changed at the same time.
const stripes = 256

// DB is a store in one SQLite file. It is safe for concurrent use.
type DB struct {
	path    string
	temp    string // folder to remove on Close
	writer  *writer
	readers chan *conn
	opened  int // readers
	records records
	runs    runs
	shelves map[store.Kind]*shelf
	// locks serialise the changes of one record, so that a change is worked out
	// once and not again after losing to a neighbour.
	locks [stripes]chan struct{}
	once  sync.Once
	shut  chan struct{}
	err   error // of Close
}

var _ store.Store = (*DB)(nil)

// busyMillis is how long another program's lock is waited for.
var busyMillis = 5000

const (
	anyPragmas    = "PRAGMA busy_timeout = %d; PRAGMA temp_store = MEMORY;"
	writerPragmas = anyPragmas + "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;" +
		"PRAGMA cache_size = -32000; PRAGMA journal_size_limit = 67108864;"
	readerPragmas = anyPragmas + "PRAGMA query_only = ON; PRAGMA cache_size = -8000;"
)

// Open opens the store at path, making the file and its folder when they are
// missing; Memory gives a store for one test or demo. The error says what to do.
func Open(ctx context.Context, path string) (*DB, error) {
	db := &DB{path: path, shut: make(chan struct{})}
	if path == Memory {
		dir, err := os.MkdirTemp("", "millrace-")
		if err != nil {
			return nil, fmt.Errorf("making a temporary folder for the store: %w", err)
		}
		db.path, db.temp = filepath.Join(dir, "store.db"), dir
	}
	if err := db.open(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

func (db *DB) open(ctx context.Context) error {
	if err := usable(db.path); err != nil {
		return err
	}
	c, err := dial(ctx, db.path, fmt.Sprintf(writerPragmas, busyMillis))
	if err != nil {
		return badPath(db.path, err)
	}
	if err := migrate(c); err != nil {
		_ = c.close()
		return badPath(db.path, err)
	}
	if db.temp != "" {
		if err := c.script("PRAGMA synchronous = OFF"); err != nil {
			return err
		}
	}
	db.writer = newWriter(c)
	n := min(max(runtime.NumCPU(), 2), 8)
	db.readers = make(chan *conn, n)
	for ; db.opened < n; db.opened++ {
		r, err := dial(ctx, db.path, fmt.Sprintf(readerPragmas, busyMillis))
		if err != nil {
			return badPath(db.path, err)
		}
		db.readers <- r
	}
	db.records, db.runs = records{db}, runs{db}
	db.shelves = make(map[store.Kind]*shelf, len(store.Keys))
	for kind := range store.Keys {
		db.shelves[kind] = newShelf(db, kind)
	}
	for i := range db.locks {
		db.locks[i] = make(chan struct{}, 1)
	}
	return nil
}

// uri is the driver's name of the file.
func uri(path string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()}).String()
}

// Records keeps the records.
func (db *DB) Records() store.Records { return db.records }

// Runs keeps the runs.
func (db *DB) Runs() store.Runs { return db.runs }

// Shelf keeps the documents of one kind. An unknown kind is refused by every
// method.
func (db *DB) Shelf(kind store.Kind) store.Shelf {
	if s, ok := db.shelves[kind]; ok {
		return s
	}
	return noShelf(kind)
}

// Ping reads, and commits an empty write.
func (db *DB) Ping(ctx context.Context) error {
	err := db.read(ctx, func(c *conn) error {
		_, err := number(c, "SELECT count(*) FROM run_counts WHERE flow = ''")
		return err
	})
	if err != nil {
		return err
	}
	return db.writer.do(ctx, func(*batch) error { return nil })
}

// Close commits what is queued and closes the file. A closed store answers
// flow.CodeUnavailable.
func (db *DB) Close() error {
	db.once.Do(func() {
		close(db.shut)
		var errs []error
		for range db.opened {
			errs = append(errs, (<-db.readers).close())
		}
		if db.writer != nil {
			db.writer.close()
			errs = append(errs, db.writer.conn.close())
		}
		if db.temp != "" {
			errs = append(errs, os.RemoveAll(db.temp))
		}
		db.err = errors.Join(errs...)
	})
	return db.err
}

// read lends a read connection.
func (db *DB) read(ctx context.Context, use func(*conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-db.shut:
		return errClosed()
	case <-ctx.Done():
		return ctx.Err()
	case c := <-db.readers:
		defer func() { db.readers <- c }()
		err := use(c)
		if err != nil && flow.CodeOf(err) == flow.CodeInternal && ctx.Err() == nil {
			return explain("reading", err)
		}
		return err
	}
}

// lock holds the record until the returned function is called.
func (db *DB) lock(ctx context.Context, key string) (func(), error) {
	l := db.locks[hash(key)%stripes]
	select {
	case l <- struct{}{}:
		return func() { <-l }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hash is FNV-1a.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := 0; i < len(s); i++ {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}
