package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow"
	"millrace.dev/store"
)

func doc(id, flowID string) store.Doc {
	return store.Doc{ID: id, Keys: map[string]string{"flow": flowID, "record": "D-1"}, Body: []byte(`{"id":"` + id + `"}`)}
}

var shelfCases = map[string]func(*testing.T, store.Store){
	"a document comes back as it was, at revision 1": func(t *testing.T, s store.Store) {
		sh := s.Shelf(store.Enrollments)
		created, err := sh.Insert(ctx(), doc("f|e1", "f"))
		require.NoError(t, err)
		require.True(t, created)
		want := doc("f|e1", "f")
		want.Rev = 1
		got, err := sh.Load(ctx(), "f|e1")
		require.NoError(t, err)
		require.Equal(t, want, got)
		created, err = sh.Insert(ctx(), doc("f|e1", "g"))
		require.NoError(t, err)
		require.False(t, created)
		got, err = sh.Load(ctx(), "f|e1")
		require.NoError(t, err)
		require.Equal(t, want, got)
		_, err = sh.Load(ctx(), "none")
		wantCode(t, flow.CodeNotFound, err)
		_, err = s.Shelf(store.Guards).Load(ctx(), "f|e1")
		wantCode(t, flow.CodeNotFound, err)
	},
	"a replacement needs the stored revision and moves the keys": func(t *testing.T, s store.Store) {
		sh := s.Shelf(store.Enrollments)
		ok, err := sh.CAS(ctx(), doc("a", "f"))
		require.NoError(t, err)
		require.False(t, ok)
		_, err = sh.Insert(ctx(), doc("a", "f"))
		require.NoError(t, err)
		d := doc("a", "g")
		d.Rev = 2
		ok, err = sh.CAS(ctx(), d)
		require.NoError(t, err)
		require.False(t, ok)
		d.Rev = 1
		ok, err = sh.CAS(ctx(), d)
		require.NoError(t, err)
		require.True(t, ok)
		require.Empty(t, listed(t, sh, store.ShelfQuery{Key: "flow", Value: "f"}))
		require.Equal(t, []string{"a"}, listed(t, sh, store.ShelfQuery{Key: "flow", Value: "g"}))
		got, err := sh.Load(ctx(), "a")
		require.NoError(t, err)
		require.Equal(t, int64(2), got.Rev)
	},
	"deleting is final and may be repeated": func(t *testing.T, s store.Store) {
		sh := s.Shelf(store.Guards)
		_, err := sh.Insert(ctx(), store.Doc{ID: "a", Body: []byte("{}")})
		require.NoError(t, err)
		require.NoError(t, sh.Delete(ctx(), "a"))
		require.NoError(t, sh.Delete(ctx(), "a"))
		_, err = sh.Load(ctx(), "a")
		wantCode(t, flow.CodeNotFound, err)
		ok, err := sh.CAS(ctx(), store.Doc{ID: "a", Rev: 1})
		require.NoError(t, err)
		require.False(t, ok)
		created, err := sh.Insert(ctx(), store.Doc{ID: "a", Body: []byte("{}")})
		require.NoError(t, err)
		require.True(t, created)
	},
	"a list is by key, in id order, either way, and its cursor is exclusive": func(t *testing.T, s store.Store) {
		sh := s.Shelf(store.Enrollments)
		for i, id := range ids(10) {
			_, err := sh.Insert(ctx(), doc(id, fmt.Sprint("f", i%2)))
			require.NoError(t, err)
		}
		require.Equal(t, []string{"D-000", "D-002"}, listed(t, sh, store.ShelfQuery{Key: "flow", Value: "f0", Limit: 2}))
		require.Equal(t, []string{"D-004", "D-006"}, listed(t, sh, store.ShelfQuery{Key: "flow", Value: "f0", After: "D-002", Limit: 2}))
		require.Equal(t, []string{"D-008", "D-006"}, listed(t, sh, store.ShelfQuery{Key: "flow", Value: "f0", Down: true, Limit: 2}))
		require.Equal(t, []string{"D-004", "D-002"}, listed(t, sh, store.ShelfQuery{Key: "flow", Value: "f0", Down: true, After: "D-006", Limit: 2}))
		require.Equal(t, ids(10), listed(t, sh, store.ShelfQuery{}))
		require.Len(t, listed(t, sh, store.ShelfQuery{Key: "record", Value: "D-1"}), 10)
		_, err := sh.List(ctx(), store.ShelfQuery{Key: "moon", Limit: 1})
		require.Error(t, err)
	},
	"every shelf keeps every one of its keys": func(t *testing.T, s store.Store) {
		for kind, keys := range store.Keys {
			d := store.Doc{ID: "x", Body: []byte("{}")}
			for i, k := range keys {
				if d.Keys == nil {
					d.Keys = map[string]string{}
				}
				d.Keys[k] = fmt.Sprint("v", i)
			}
			_, err := s.Shelf(kind).Insert(ctx(), d)
			require.NoError(t, err, kind)
			for i, k := range keys {
				require.Equal(t, []string{"x"}, listed(t, s.Shelf(kind), store.ShelfQuery{Key: k, Value: fmt.Sprint("v", i)}), kind)
			}
			got, err := s.Shelf(kind).Load(ctx(), "x")
			require.NoError(t, err)
			d.Rev = 1
			require.Equal(t, d, got)
		}
	},
	"removing needs the stored revision": func(t *testing.T, s store.Store) {
		sh := s.Shelf(store.Guards)
		_, err := sh.Insert(ctx(), store.Doc{ID: "a", Body: []byte("{}")})
		require.NoError(t, err)
		for _, rev := range []int64{0, 2} {
			ok, err := sh.Remove(ctx(), "a", rev)
			require.NoError(t, err)
			require.False(t, ok)
		}
		ok, err := sh.Remove(ctx(), "a", 1)
		require.NoError(t, err)
		require.True(t, ok)
		ok, err = sh.Remove(ctx(), "a", 1)
		require.NoError(t, err)
		require.False(t, ok)
	},
	"a list by a key's value is in its order, pages through equal ones, and keeps to the prefix": func(t *testing.T, s store.Store) {
		sh := s.Shelf(store.Enrollments)
		for i, id := range ids(10) {
			d := doc(id, "f")
			d.Keys["recent"] = fmt.Sprintf("f|%d", 9-i/2)
			_, err := sh.Insert(ctx(), d)
			require.NoError(t, err)
		}
		_, err := sh.Insert(ctx(), store.Doc{ID: "other", Keys: map[string]string{"recent": "f2|0"}, Body: []byte("{}")})
		require.NoError(t, err)
		_, err = sh.Insert(ctx(), store.Doc{ID: "undated", Keys: map[string]string{"flow": "f"}, Body: []byte("{}")})
		require.NoError(t, err)
		var all []string
		q := store.ShelfQuery{By: "recent", Prefix: "f|", Down: true, Limit: 3}
		for {
			docs, err := sh.List(ctx(), q)
			require.NoError(t, err)
			for _, d := range docs {
				all = append(all, d.ID)
				q.After = d.Place("recent")
			}
			if len(docs) < q.Limit {
				break
			}
		}
		require.Equal(t, []string{"D-001", "D-000", "D-003", "D-002", "D-005", "D-004", "D-007", "D-006", "D-009", "D-008"}, all)
		require.Equal(t, []string{"D-008", "D-009"}, listed(t, sh, store.ShelfQuery{By: "recent", Key: "flow", Value: "f", Limit: 2}))
		require.Len(t, listed(t, sh, store.ShelfQuery{By: "recent"}), 11)
		_, err = sh.List(ctx(), store.ShelfQuery{By: "moon", Limit: 1})
		wantCode(t, flow.CodeInvalid, err)
	},
	"a document without a key is not listed by it": func(t *testing.T, s store.Store) {
		sh := s.Shelf(store.Messages)
		_, err := sh.Insert(ctx(), store.Doc{ID: "a", Keys: map[string]string{"all": ""}, Body: []byte("{}")})
		require.NoError(t, err)
		require.Equal(t, []string{"a"}, listed(t, sh, store.ShelfQuery{Key: "all"}))
		require.Empty(t, listed(t, sh, store.ShelfQuery{Key: "run"}))
		_, err = sh.Insert(ctx(), store.Doc{ID: "b", Keys: map[string]string{"moon": ""}})
		wantCode(t, flow.CodeInvalid, err)
	},
	"an unknown shelf and an empty id are refused": func(t *testing.T, s store.Store) {
		_, err := s.Shelf("moon").Insert(ctx(), store.Doc{ID: "a"})
		wantCode(t, flow.CodeInvalid, err)
		_, err = s.Shelf(store.Meta).Insert(ctx(), store.Doc{})
		wantCode(t, flow.CodeInvalid, err)
	},
	"of racing inserts exactly one wins": func(t *testing.T, s store.Store) {
		sh := s.Shelf(store.Guards)
		for round := range 20 {
			var won atomic.Int64
			require.NoError(t, race(16, func(i int) error {
				created, err := sh.Insert(ctx(), store.Doc{ID: fmt.Sprint("g", round), Body: []byte(`{}`)})
				if created {
					won.Add(1)
				}
				return err
			}))
			require.Equal(t, int64(1), won.Load())
		}
	},
	"of racing replacements exactly one wins each revision": func(t *testing.T, s store.Store) {
		sh := s.Shelf(store.Meta)
		_, err := sh.Insert(ctx(), store.Doc{ID: "a", Body: []byte("{}")})
		require.NoError(t, err)
		var wins atomic.Int64
		require.NoError(t, race(8, func(int) error {
			for range 40 {
				d, err := sh.Load(ctx(), "a")
				if err != nil {
					return err
				}
				ok, err := sh.CAS(ctx(), d)
				if err != nil {
					return err
				}
				if ok {
					wins.Add(1)
				}
			}
			return nil
		}))
		d, err := sh.Load(ctx(), "a")
		require.NoError(t, err)
		require.Equal(t, wins.Load()+1, d.Rev)
	},
}

func listed(t *testing.T, sh store.Shelf, q store.ShelfQuery) []string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 1000
	}
	docs, err := sh.List(ctx(), q)
	require.NoError(t, err)
	var ids []string
	for _, d := range docs {
		ids = append(ids, d.ID)
	}
	return ids
}
