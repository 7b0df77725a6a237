package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow"
	"millrace.dev/store"
)

var runListCases = map[string]func(*testing.T, store.Store){
	"due runs come in the order of their wake, after a place, up to now": due,
	"only waiting runs with a wake are due": func(t *testing.T, s store.Store) {
		insert(t, s, held(run("never", flow.Waiting), nil, "k"))
		ready := held(run("ready", flow.Waiting), minute(0))
		ready.State = flow.Ready
		insert(t, s, ready)
		r := insert(t, s, held(run("r", flow.Waiting), minute(1)))
		require.Equal(t, []string{"r"}, dueIDs(t, s, at(1), time.Time{}, "", 10))
		require.Empty(t, dueIDs(t, s, at(1).Add(-1), time.Time{}, "", 10))
		r = cas(t, s, held(r, minute(7))) // put off
		require.Empty(t, dueIDs(t, s, at(6), time.Time{}, "", 10))
		list, err := s.Runs().Due(ctx(), at(7), time.Time{}, "", 10)
		require.NoError(t, err)
		require.Equal(t, []store.DueRun{{RunRef: store.RunRef{ID: "r", Rev: 2}, Flow: "f1", Wake: at(7)}}, list)
		r.State, r.Tokens = flow.Done, nil
		cas(t, s, r)
		require.Empty(t, dueIDs(t, s, at(60), time.Time{}, "", 10))
	},
	"the earliest wait of several decides when a run is due": func(t *testing.T, s store.Store) {
		r := held(run("r", flow.Waiting), minute(9), "a", "b")
		r.Tokens[1].Wait.Wake = minute(4)
		insert(t, s, r)
		require.Equal(t, []string{"r"}, dueIDs(t, s, at(4), time.Time{}, "", 10))
	},
	"a run with several waits is found by each": func(t *testing.T, s store.Store) {
		r := insert(t, s, held(run("r1", flow.Ready), nil, "deal:D-1|message.received", "user:U-1|updated"))
		insert(t, s, held(run("r2", flow.Ready), nil, "user:U-1|updated"))
		require.Equal(t, []store.RunRef{{ID: "r1", Rev: 1}}, waiting(t, s, "deal:D-1|message.received", "", 10))
		require.Equal(t, []store.RunRef{{ID: "r1", Rev: 1}, {ID: "r2", Rev: 1}}, waiting(t, s, "user:U-1|updated", "", 10))
		require.Empty(t, waiting(t, s, "deal:D-1|message", "", 10))
		r = cas(t, s, held(r, nil, "user:U-1|updated"))
		require.Empty(t, waiting(t, s, "deal:D-1|message.received", "", 10))
		require.Equal(t, []store.RunRef{{ID: "r1", Rev: 2}, {ID: "r2", Rev: 1}}, waiting(t, s, "user:U-1|updated", "", 10))
		r.State = flow.Ready // one branch moves on, the other still waits
		r = cas(t, s, r)
		require.Equal(t, store.RunRef{ID: "r1", Rev: 3}, waiting(t, s, "user:U-1|updated", "", 10)[0])
		r.State = flow.Cancelled // an ended run waits for nothing
		cas(t, s, r)
		require.Equal(t, []store.RunRef{{ID: "r2", Rev: 1}}, waiting(t, s, "user:U-1|updated", "", 10))
	},
	"waiting runs are paged by id": func(t *testing.T, s store.Store) {
		for _, id := range ids(7) {
			insert(t, s, held(run(id, flow.Ready), nil, "k"))
		}
		var seen []string
		for after := ""; ; {
			page := waiting(t, s, "k", after, 3)
			if len(page) == 0 {
				break
			}
			for _, r := range page {
				seen, after = append(seen, r.ID), r.ID
			}
		}
		require.Equal(t, ids(7), seen)
	},
	"a list is by flow, by record, by state and by age": func(t *testing.T, s store.Store) {
		for i, st := range []flow.RunState{flow.Ready, flow.Waiting, flow.Done, flow.Ready} {
			r := run(fmt.Sprint("r", i), st)
			r.Updated = at(i)
			if i == 3 {
				r.Flow, r.Record = "f2", "D-2"
			}
			insert(t, s, r)
		}
		ready := []flow.RunState{flow.Ready}
		for _, c := range []struct {
			q    store.RunQuery
			want []string
		}{
			{store.RunQuery{Flow: "f1"}, []string{"r0", "r1", "r2"}},
			{store.RunQuery{Record: "D-2"}, []string{"r3"}},
			{store.RunQuery{States: ready}, []string{"r0", "r3"}},
			{store.RunQuery{States: ready, StaleBefore: at(3)}, []string{"r0"}},
			{store.RunQuery{States: ready, StaleBefore: at(0)}, nil},
			{store.RunQuery{Flow: "f1", States: []flow.RunState{flow.Done, flow.Waiting}}, []string{"r1", "r2"}},
			{store.RunQuery{Flow: "f1", Record: "D-2"}, nil},
			{store.RunQuery{}, []string{"r0", "r1", "r2", "r3"}},
		} {
			require.Equal(t, c.want, runIDs(t, s, c.q), "%+v", c.q)
		}
		_, err := s.Runs().List(ctx(), store.RunQuery{States: []flow.RunState{"'"}, Limit: 1})
		require.Error(t, err)
	},
	"the cursors of lists miss and repeat none, either way": func(t *testing.T, s store.Store) {
		started := map[string]int{"a": 3, "b": 1, "c": 2, "d": 3, "e": 1}
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			r := run(id, flow.Ready)
			r.Started = at(started[id])
			insert(t, s, r)
		}
		require.Equal(t, []string{"d", "a", "c", "e", "b"}, paged(t, s, store.RunQuery{Flow: "f1", Down: true, Limit: 2}))
		require.Equal(t, []string{"a", "b", "c", "d", "e"}, paged(t, s, store.RunQuery{Flow: "f1", Limit: 2}))
		require.Equal(t, []string{"d", "a", "c", "e", "b"}, paged(t, s, store.RunQuery{Record: "D-1", Down: true, Limit: 1}))
	},
}

func due(t *testing.T, s store.Store) {
	for i, id := range []string{"e", "d", "c", "b", "a"} {
		insert(t, s, held(run(id, flow.Waiting), minute(i/2)))
	}
	require.Equal(t, []string{"d", "e", "b", "c", "a"}, dueIDs(t, s, at(9), time.Time{}, "", 10))
	require.Equal(t, []string{"d", "e", "b", "c"}, dueIDs(t, s, at(1), time.Time{}, "", 10))
	require.Equal(t, []string{"d", "e"}, dueIDs(t, s, at(9), time.Time{}, "", 2))
	require.Equal(t, []string{"b", "c"}, dueIDs(t, s, at(9), at(0), "e", 2))
	require.Equal(t, []string{"c", "a"}, dueIDs(t, s, at(9), at(1), "b", 2))
}

func dueIDs(t *testing.T, s store.Store, now, after time.Time, afterID string, n int) []string {
	t.Helper()
	list, err := s.Runs().Due(ctx(), now, after, afterID, n)
	require.NoError(t, err)
	var ids []string
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}

func waiting(t *testing.T, s store.Store, key, after string, n int) []store.RunRef {
	t.Helper()
	refs, err := s.Runs().Waiting(ctx(), key, after, n)
	require.NoError(t, err)
	return refs
}

func runIDs(t *testing.T, s store.Store, q store.RunQuery) []string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 1000
	}
	list, err := s.Runs().List(ctx(), q)
	require.NoError(t, err)
	var ids []string
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}

func paged(t *testing.T, s store.Store, q store.RunQuery) []string {
	t.Helper()
	var seen []string
	for {
		page := runIDs(t, s, q)
		if len(page) == 0 {
			return seen
		}
		require.LessOrEqual(t, len(page), q.Limit)
		seen = append(seen, page...)
		q.AfterID = page[len(page)-1]
	}
}
