//go:build !js

package main

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/store"
	"millrace.dev/store/sqlite"
)

func clockShelf(t *testing.T) store.Shelf {
	db, err := sqlite.Open(t.Context(), sqlite.Memory)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db.Shelf(store.Meta)
}

// putClock stores how far a clock was, ago.
func putClock(t *testing.T, meta store.Shelf, r reached) {
	body, err := json.Marshal(r)
	require.NoError(t, err)
	_, err = meta.Insert(t.Context(), store.Doc{ID: clockDoc, Body: body})
	require.NoError(t, err)
}

func TestAWorkspaceThatNeverRanFasterHasTheWallsClock(t *testing.T) {
	meta := clockShelf(t)
	for range 5 { // restarts add nothing
		c, err := openClock(t.Context(), meta, 1)
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), c.Now(), 50*time.Millisecond)
		require.Equal(t, time.UTC, c.Now().Location())
	}
}

func TestAFastClockThatCrashedGoesOnBehindAllThatItTold(t *testing.T) {
	meta := clockShelf(t)
	stored := time.Now().Add(24 * time.Hour)
	putClock(t, meta, reached{At: stored, Wall: time.Now().Add(-4 * time.Second), Speed: 60})
	told := stored.Add(4 * 60 * time.Second)
	c, err := openClock(t.Context(), meta, 1)
	require.NoError(t, err)
	require.False(t, c.Now().Before(told))
	require.WithinDuration(t, told, c.Now(), time.Minute)

	again, err := openClock(t.Context(), meta, 1)
	require.NoError(t, err)
	require.False(t, again.Now().Before(c.Now().Add(-time.Millisecond)))
}

func TestAClockThatStoodStillLongLosesNotMoreThanAMinute(t *testing.T) {
	stored := time.Now().Add(24 * time.Hour)
	for name, wall := range map[string]time.Time{"long ago": time.Now().Add(-time.Hour), "the wall's was set back": time.Now().Add(time.Hour)} {
		meta := clockShelf(t)
		putClock(t, meta, reached{At: stored, Wall: wall, Speed: 60})
		c, err := openClock(t.Context(), meta, 60)
		require.NoError(t, err)
		require.WithinDuration(t, stored.Add(time.Hour), c.Now(), time.Minute, name)
	}
}

func TestTheClockIsStoredAtOnceAndAtTheEnd(t *testing.T) {
	meta := clockShelf(t)
	c, err := openClock(t.Context(), meta, 60)
	require.NoError(t, err)
	first := loadReached(t, meta)
	require.EqualValues(t, 60, first.Speed)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, c.keep(ctx, meta))
	require.True(t, loadReached(t, meta).At.After(first.At))
}

func loadReached(t *testing.T, meta store.Shelf) (r reached) {
	doc, err := meta.Load(t.Context(), clockDoc)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(doc.Body, &r))
	return r
}
