package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// blocked starts a write that holds the writer until the returned function is
// called, so that everything queued meanwhile is one group.
func blocked(t *testing.T, db *DB) (release func()) {
	t.Helper()
	begun, end := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- db.writer.do(context.Background(), func(*batch) error {
			close(begun)
			<-end
			return nil
		})
	}()
	<-begun
	return func() {
		close(end)
		require.NoError(t, <-done)
	}
}

func TestAFailingWriteFailsNobodyElse(t *testing.T) {
	db := memory(t)
	release := blocked(t, db)
	mine := errors.New("mine")
	results := make(chan error, 11)
	for i := range 10 {
		go func() {
			_, err := db.Shelf(store.Meta).Insert(context.Background(), store.Doc{ID: fmt.Sprint(i)})
			results <- err
		}()
	}
	failed := make(chan error, 2)
	go func() {
		failed <- db.writer.do(context.Background(), func(b *batch) error {
			_, err := b.exec("INSERT INTO shelf_meta (id, rev, body) VALUES ('half', 1, '')")
			return errors.Join(mine, err)
		})
	}()
	go func() {
		failed <- db.writer.do(context.Background(), func(*batch) error { panic("oh") })
	}()
	waitQueued(db, 12)
	release()
	for range 10 {
		require.NoError(t, <-results)
	}
	a, b := <-failed, <-failed
	require.True(t, errors.Is(a, mine) != errors.Is(b, mine))
	require.ErrorContains(t, errors.Join(a, b), "panic: oh")
	docs, err := db.Shelf(store.Meta).List(context.Background(), store.ShelfQuery{Limit: 100})
	require.NoError(t, err)
	require.Len(t, docs, 10, "the half of a failed write is undone")
}

func TestAWriteIsGivenUpWhileItWaitsAndNeverHappens(t *testing.T) {
	db := memory(t)
	release := blocked(t, db)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := db.Shelf(store.Meta).Insert(ctx, store.Doc{ID: "a"})
		done <- err
	}()
	waitQueued(db, 1)
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	release()
	_, err := db.Shelf(store.Meta).Load(context.Background(), "a")
	require.Equal(t, flow.CodeNotFound, flow.CodeOf(err))
}

func TestWhatIsQueuedIsCommittedByClose(t *testing.T) {
	path := t.TempDir() + "/store.db"
	db, err := Open(context.Background(), path)
	require.NoError(t, err)
	release := blocked(t, db)
	results := make(chan error, 5)
	for i := range 5 {
		go func() {
			_, err := db.Shelf(store.Meta).Insert(context.Background(), store.Doc{ID: fmt.Sprint(i)})
			results <- err
		}()
	}
	waitQueued(db, 5)
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	release()
	for range 5 {
		require.NoError(t, <-results)
	}
	require.NoError(t, <-closed)
	db, err = Open(context.Background(), path)
	require.NoError(t, err)
	docs, err := db.Shelf(store.Meta).List(context.Background(), store.ShelfQuery{Limit: 100})
	require.NoError(t, err)
	require.Len(t, docs, 5)
	require.NoError(t, db.Close())
}

func TestTheQueriesOfTheEngineUseAnIndex(t *testing.T) {
	db := memory(t)
	for name, sql := range map[string]string{
		"runs_due":       "SELECT id FROM runs WHERE state = 'waiting' AND wake IS NOT NULL AND wake <= 1 AND (wake, id) > (0, '') ORDER BY wake, id LIMIT 9",
		"runs_newest":    "SELECT doc FROM runs WHERE 1 ORDER BY started DESC, id DESC LIMIT 9",
		"runs_live":      "SELECT doc FROM runs INDEXED BY runs_live WHERE 1 AND live IN ('ready', 'queued') AND updated < 1 ORDER BY id LIMIT 9",
		"runs_flow":      "SELECT doc FROM runs WHERE 1 AND flow = 'f' ORDER BY started DESC, id DESC LIMIT 9",
		"runs_record":    "SELECT doc FROM runs WHERE 1 AND record = 'f' ORDER BY started DESC, id DESC LIMIT 9",
		"records_newest": "SELECT doc FROM records WHERE resource = 'deal' AND deleted = 0 ORDER BY created DESC, id DESC LIMIT 9",
		"records_email":  "SELECT doc FROM records WHERE resource = 'deal' AND deleted = 0 AND email = 'a' ORDER BY created DESC, id DESC LIMIT 9",
		"records_pending": "SELECT resource, id FROM records WHERE pending_at IS NOT NULL AND pending_at < 1 " +
			"ORDER BY pending_at, resource, id LIMIT 9",
		"shelf_enrollments_flow": "SELECT id FROM shelf_enrollments WHERE 1 AND key_flow = 'f' AND id > '' ORDER BY id LIMIT 9",
	} {
		plan := ""
		require.NoError(t, db.read(context.Background(), func(c *conn) error {
			return c.query(context.Background(), func(row []driver.Value) error { plan += asText(row[3]) + "\n"; return nil }, "EXPLAIN QUERY PLAN "+sql)
		}))
		require.Regexp(t, `INDEX `+name+`\b`, plan)
	}
}

// waitQueued returns once n writes are queued.
func waitQueued(db *DB, n int) {
	for len(db.writer.queue) < n {
		runtime.Gosched()
	}
}
