package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"millrace.dev/flow"
)

// usable makes the store's folder and checks that the path can be a store.
func usable(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return flow.Errorf(flow.CodeUnavailable,
			"the folder %s cannot be made (%v): make it, or choose another data folder", dir, err)
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return flow.Errorf(flow.CodeUnavailable, "the store %s is a folder: name a file in it", path)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return flow.Errorf(flow.CodeUnavailable,
			"the store %s cannot be written (%v): give this user write permission to the file and its folder, or choose another data folder",
			path, err)
	}
	return f.Close()
}

// badPath says why the file at path is no store.
func badPath(path string, err error) error {
	var coded *flow.Error
	if errors.As(err, &coded) {
		return flow.Errorf(coded.Code, "the store %s cannot be opened: %s", path, coded.Text)
	}
	if reason, ok := reasonOf(err); ok {
		return flow.Errorf(flow.CodeUnavailable, "the store %s cannot be opened: %s", path, reason)
	}
	return fmt.Errorf("opening the store %s: %w", path, err)
}

// explain gives a driver's error the code that callers act on.
func explain(doing string, err error) error {
	var coded *flow.Error
	if errors.As(err, &coded) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if reason, ok := reasonOf(err); ok {
		return flow.Errorf(flow.CodeUnavailable, "%s the store: %s", doing, reason)
	}
	return fmt.Errorf("%s the store: %w", doing, err)
}

// reasons say what to do about SQLite's primary result codes.
var reasons = map[int]string{
	lib.SQLITE_BUSY:     "another program is using it: stop that program (is a second Millrace running?)",
	lib.SQLITE_LOCKED:   "another program is using it: stop that program (is a second Millrace running?)",
	lib.SQLITE_FULL:     "the disk is full: free some space",
	lib.SQLITE_READONLY: "it is read-only: give this user write permission to the file and its folder",
	lib.SQLITE_PERM:     "it may not be used: give this user write permission to the file and its folder",
	lib.SQLITE_CANTOPEN: "it cannot be opened: give this user write permission to the file and its folder",
	lib.SQLITE_IOERR:    "the disk reports errors: check it, then restore the last backup",
	lib.SQLITE_CORRUPT:  "the file is damaged: restore the last backup",
	lib.SQLITE_NOTADB:   "the file is not a Millrace store: choose another path",
}

func reasonOf(err error) (string, bool) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return "", false
	}
	reason, ok := reasons[e.Code()&0xff]
	return reason, ok
}
