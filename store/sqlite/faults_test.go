package sqlite

import (
	"bytes"
	"context"
	"database/sql/driver"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow"
	"millrace.dev/store"
)

func TestAFullDiskFailsWritesClearlyUntilThereIsRoom(t *testing.T) {
	db := memory(t)
	pages := func(max int) {
		require.NoError(t, db.writer.conn.script(fmt.Sprintf("PRAGMA max_page_count = %d", max)))
	}
	_, err := db.Shelf(store.Meta).Insert(context.Background(), store.Doc{ID: "before", Body: []byte("{}")})
	require.NoError(t, err)
	pages(1) // SQLite makes it the pages there are
	var full error
	for i := 0; full == nil && i < 100; i++ {
		_, full = db.Shelf(store.Meta).Insert(context.Background(), store.Doc{ID: fmt.Sprint(i), Body: bytes.Repeat([]byte("x"), 50_000)})
	}
	require.Equal(t, flow.CodeUnavailable, flow.CodeOf(full))
	require.ErrorContains(t, full, "free some space")
	_, err = db.Shelf(store.Meta).Load(context.Background(), "before")
	require.NoError(t, err, "reading goes on")
	pages(1_000_000)
	_, err = db.Shelf(store.Meta).Insert(context.Background(), store.Doc{ID: "after", Body: bytes.Repeat([]byte("x"), 50_000)})
	require.NoError(t, err)
}

func TestALongReadStopsWhenItsContextEnds(t *testing.T) {
	db := memory(t)
	for range 5 {
		ctx, cancel := context.WithCancel(context.Background())
		rows := 0
		err := db.read(ctx, func(c *conn) error {
			return c.query(ctx, func([]driver.Value) error {
				if rows++; rows == 3 {
					cancel()
				}
				return nil
			}, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")
		})
		cancel()
		require.ErrorIs(t, err, context.Canceled)
		for range db.opened { // the connection is as good as new
			require.NoError(t, db.Ping(context.Background()))
		}
	}
}

func TestWaitingForAConnectionEndsWithTheContext(t *testing.T) {
	db := memory(t)
	taken := make([]*conn, db.opened)
	for i := range taken {
		taken[i] = <-db.readers
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := db.Runs().Load(ctx, "r")
		done <- err
	}()
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	for _, c := range taken {
		db.readers <- c
	}
}

func TestReadersCannotWrite(t *testing.T) {
	db := memory(t)
	require.Error(t, db.read(context.Background(), func(c *conn) error {
		_, err := c.exec("DELETE FROM runs")
		return err
	}))
}
