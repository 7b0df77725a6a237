package sqlite

import (
	"context"
	"database/sql/driver"
	"strings"
	"time"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// runs implements store.Runs.
type runs struct{ db *DB }

// countKey names one number of runs.
type countKey struct {
	flow    string
	version int
	state   flow.RunState
}

func keyOf(r flow.Run) countKey { return countKey{r.Flow, r.Version, r.State} }

// Insert implements store.Runs.
func (s runs) Insert(ctx context.Context, r flow.Run) (created bool, err error) {
	r.Rev = 1
	doc, err := encode(r)
	if err != nil {
		return false, err
	}
	waits, wake := waitsOf(r), wakeOf(r)
	err = s.db.writer.do(ctx, func(b *batch) error {
		n, err := b.exec(`INSERT INTO runs (id, rev, flow, version, record, state, live, wake, started, updated, waits, doc)
			VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			r.ID, r.Flow, r.Version, r.Record, string(r.State), liveOf(r), wake, r.Started, r.Updated, join(waits), doc)
		if created = n == 1; err != nil || !created {
			return err
		}
		b.count(keyOf(r), 1)
		return b.addWaits(r.ID, waits)
	})
	return created, err
}

// Load implements store.Runs.
func (s runs) Load(ctx context.Context, id string) (flow.Run, error) {
	var doc []byte
	err := s.db.read(ctx, func(c *conn) error {
		return c.query(context.Background(), func(row []driver.Value) error {
			doc = asBlob(row[0])
			return nil
		}, "SELECT doc FROM runs WHERE id = ?", id)
	})
	switch {
	case err != nil:
		return flow.Run{}, err
	case doc == nil:
		return flow.Run{}, flow.Errorf(flow.CodeNotFound, "there is no run %s", id)
	}
	return store.DecodeRun(doc)
}

// CAS implements store.Runs.
func (s runs) CAS(ctx context.Context, r flow.Run) (ok bool, err error) {
	from := r.Rev
	r.Rev++
	doc, err := encode(r)
	if err != nil {
		return false, err
	}
	waits, wake := waitsOf(r), wakeOf(r)
	err = s.db.writer.do(ctx, func(b *batch) error {
		old, found, err := b.stored(r.ID, from)
		if ok = found; err != nil || !found {
			return err
		}
		_, err = b.exec(`UPDATE runs SET rev = ?, flow = ?, version = ?, record = ?, state = ?, live = ?, wake = ?,
			started = ?, updated = ?, waits = ?, doc = ? WHERE id = ?`,
			r.Rev, r.Flow, r.Version, r.Record, string(r.State), liveOf(r), wake, r.Started, r.Updated, join(waits), doc, r.ID)
		if err != nil {
			return err
		}
		if old.key != keyOf(r) {
			b.count(old.key, -1)
			b.count(keyOf(r), 1)
		}
		if old.waits == join(waits) {
			return nil
		}
		for _, key := range lines(old.waits) {
			if _, err := b.exec("DELETE FROM run_waits WHERE key = ? AND run = ?", key, r.ID); err != nil {
				return err
			}
		}
		return b.addWaits(r.ID, waits)
	})
	return ok, err
}

// storedRun is what a run's replacement has to undo.
type storedRun struct {
	key   countKey
	waits string
}

func (b *batch) stored(id string, rev int64) (r storedRun, found bool, err error) {
	err = b.query(context.Background(), func(row []driver.Value) error {
		r.key = countKey{asText(row[0]), int(asInt(row[1])), flow.RunState(asText(row[2]))}
		r.waits, found = asText(row[3]), true
		return nil
	}, "SELECT flow, version, state, waits FROM runs WHERE id = ? AND rev = ?", id, rev)
	return r, found, err
}

func (b *batch) addWaits(run string, keys []string) error {
	for _, key := range keys {
		if _, err := b.exec("INSERT OR IGNORE INTO run_waits (key, run) VALUES (?, ?)", key, run); err != nil {
			return err
		}
	}
	return nil
}

// count notes that the number of runs changed; flush writes it once a group.
func (b *batch) count(k countKey, by int64) {
	if b.moves == nil {
		b.moves = map[countKey]int64{}
	}
	b.moves[k] += by
}

func (b *batch) flush() error {
	for k, n := range b.moves {
		if n == 0 {
			continue
		}
		_, err := b.exec(`INSERT INTO run_counts (flow, version, state, n) VALUES (?1, ?2, ?3, ?4)
			ON CONFLICT DO UPDATE SET n = n + ?4`, k.flow, k.version, string(k.state), n)
		if err != nil {
			return err
		}
	}
	return nil
}

// waitsOf are the keys an unfinished run is found by; a finished one by none.
func waitsOf(r flow.Run) []string {
	if r.State.Final() {
		return nil
	}
	return r.WaitKeys()
}

// liveOf is the state of an unfinished run, nil for a finished one.
func liveOf(r flow.Run) any {
	if r.State.Final() {
		return nil
	}
	return string(r.State)
}

func join(keys []string) string { return strings.Join(keys, "\n") }

// wakeOf is when a waiting run is due, nil for never.
func wakeOf(r flow.Run) *time.Time {
	if r.State != flow.Waiting {
		return nil
	}
	return r.Wake()
}
