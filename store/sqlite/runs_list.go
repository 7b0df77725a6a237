package sqlite

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"
	"time"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// Due implements store.Runs.
func (s runs) Due(ctx context.Context, now, afterWake time.Time, afterID string, n int) ([]store.DueRun, error) {
	var due []store.DueRun
	err := s.db.read(ctx, func(c *conn) error {
		return c.query(ctx, func(row []driver.Value) error {
			due = append(due, store.DueRun{
				RunRef: store.RunRef{ID: asText(row[0]), Rev: asInt(row[1])}, Flow: asText(row[2]), Wake: asTime(row[3]),
			})
			return nil
		}, `SELECT id, rev, flow, wake FROM runs WHERE state = 'waiting' AND wake IS NOT NULL
			AND wake <= ? AND (wake, id) > (?, ?) ORDER BY wake, id LIMIT ?`,
			now, afterWake, afterID, limit(n, maxPage))
	})
	return due, err
}

// Waiting implements store.Runs.
func (s runs) Waiting(ctx context.Context, key, afterID string, n int) ([]store.RunRef, error) {
	var refs []store.RunRef
	err := s.db.read(ctx, func(c *conn) error {
		return c.query(ctx, func(row []driver.Value) error {
			refs = append(refs, store.RunRef{ID: asText(row[0]), Rev: asInt(row[1])})
			return nil
		}, `SELECT run, rev FROM run_waits JOIN runs ON id = run WHERE key = ? AND run > ? ORDER BY run LIMIT ?`,
			key, afterID, limit(n, maxPage))
	})
	return refs, err
}

// List implements store.Runs.
func (s runs) List(ctx context.Context, q store.RunQuery) ([]flow.Run, error) {
	sql, err := runsSQL(q)
	if err != nil {
		return nil, err
	}
	var docs [][]byte
	err = s.db.read(ctx, func(c *conn) error {
		return c.query(ctx, func(row []driver.Value) error {
			docs = append(docs, asBlob(row[0]))
			return nil
		}, sql.text.String(), sql.args...)
	})
	if err != nil {
		return nil, err
	}
	return decodeAll(docs, store.DecodeRun)
}

func runsSQL(q store.RunQuery) (*statement, error) {
	s := &statement{}
	state, err := inStates(q.States)
	if err != nil {
		return nil, err
	}
	s.add("SELECT doc FROM runs")
	if q.Flow == "" && q.Record == "" && !q.Down && strings.HasPrefix(state, " AND live") {
		s.add(" INDEXED BY runs_live") // the few that are open, not all by id
	}
	s.add(" WHERE 1" + state)
	if q.Flow != "" {
		s.add(" AND flow = ?", q.Flow)
	}
	if q.Record != "" {
		s.add(" AND record = ?", q.Record)
	}
	if !q.StaleBefore.IsZero() {
		s.add(" AND updated < ?", q.StaleBefore)
	}
	switch {
	case q.AfterID != "" && q.Down:
		s.add(" AND (started, id) < (SELECT started, id FROM runs WHERE id = ?)", q.AfterID)
	case q.AfterID != "":
		s.add(" AND id > ?", q.AfterID)
	}
	if q.Down {
		s.add(" ORDER BY started DESC, id DESC")
	} else {
		s.add(" ORDER BY id")
	}
	s.add(" LIMIT ?", limit(q.Limit, maxPage))
	return s, nil
}

// inStates is the condition for the states, "" for any. States that are not
// final have a column of their own with a small index.
func inStates(states []flow.RunState) (string, error) {
	column, quoted := "live", make([]string, len(states))
	for i, st := range states {
		if !slices.Contains(flow.RunStates, st) {
			return "", flow.Errorf(flow.CodeInvalid, "unknown run state %q", st)
		}
		if st.Final() {
			column = "state"
		}
		quoted[i] = "'" + string(st) + "'"
	}
	if len(states) == 0 {
		return "", nil
	}
	return " AND " + column + " IN (" + strings.Join(quoted, ", ") + ")", nil
}

// Counts implements store.Runs. It costs the same however many runs there are.
func (s runs) Counts(ctx context.Context, flowID string) ([]store.RunCount, error) {
	var counts []store.RunCount
	err := s.db.read(ctx, func(c *conn) error {
		return c.query(ctx, func(row []driver.Value) error {
			counts = append(counts, store.RunCount{Version: int(asInt(row[0])), State: flow.RunState(asText(row[1])), N: int(asInt(row[2]))})
			return nil
		}, "SELECT version, state, n FROM run_counts WHERE flow = ? AND n > 0 ORDER BY version, state", flowID)
	})
	return counts, err
}
