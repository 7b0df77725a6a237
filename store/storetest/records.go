package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/store"
)

var recordCases = map[string]func(*testing.T, store.Store){
	"a list is newest first and its cursor misses and repeats none": func(t *testing.T, s store.Store) {
		for i, id := range ids(25) {
			w := create(id, "", fields{"title": id})
			w.At = at(i / 3) // several share a moment
			write(t, s, w)
		}
		var seen []string
		q := store.RecordQuery{Resource: crm.Deal, Limit: 4}
		for {
			page, err := s.Records().List(ctx(), q)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			require.LessOrEqual(t, len(page), 4)
			for _, r := range page {
				seen = append(seen, r.ID)
			}
			last := page[len(page)-1]
			q.Before, q.BeforeID = last.CreatedAt, last.ID
		}
		want := ids(25)
		for i, j := 0, len(want)-1; i < j; i, j = i+1, j-1 {
			want[i], want[j] = want[j], want[i]
		}
		require.Equal(t, want, seen)
	},
	"a list holds one resource only": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "x"}))
		w := create("D-1", "", fields{"full_name": "x"})
		w.Resource = crm.Lead
		write(t, s, w)
		list, err := s.Records().List(ctx(), store.RecordQuery{Resource: crm.Lead, Limit: 10})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, crm.Lead, list[0].Resource)
		_, err = s.Records().Load(ctx(), crm.Ticket, "D-1")
		require.Error(t, err)
	},
	"a list never holds more than 200": func(t *testing.T, s store.Store) {
		for _, id := range ids(205) {
			write(t, s, create(id, "", fields{"title": id}))
		}
		for _, limit := range []int{0, 1000} {
			list, err := s.Records().List(ctx(), store.RecordQuery{Resource: crm.Deal, Limit: limit})
			require.NoError(t, err)
			require.Len(t, list, 200)
		}
	},
	"a search finds the start of any word, ignoring case and diacritics": search,
	"a search follows the record's changes": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "Alpha", "email": "old@ex.ro"}))
		require.Equal(t, []string{"D-1"}, find(t, s, "alp old"))
		write(t, s, update("D-1", "", fields{"title": "Beta"}))
		require.Empty(t, find(t, s, "alp"))
		require.Equal(t, []string{"D-1"}, find(t, s, "bet"))
		write(t, s, update("D-1", "", fields{"email": nil}))
		require.Empty(t, find(t, s, "old"))
		write(t, s, remove("D-1", ""))
		require.Empty(t, find(t, s, "beta"))
	},
	"a filter compares one text field": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "a", "email": "a@x.ro", "stage": "new", "owner": "m1"}))
		write(t, s, create("D-2", "", fields{"title": "b", "email": "b@x.ro", "stage": "new", "owner": "m1"}))
		write(t, s, create("D-3", "", fields{"title": "c", "stage": "old", "owner": "m2"}))
		for _, c := range []struct {
			field, value string
			want         []string
		}{
			{"email", "a@x.ro", []string{"D-1"}},
			{"email", "A@x.ro", nil},
			{"stage", "new", []string{"D-2", "D-1"}},
			{"owner", "m2", []string{"D-3"}},
			{"nothing", "m2", nil},
		} {
			list, err := s.Records().List(ctx(), store.RecordQuery{Resource: crm.Deal, Field: c.field, Value: c.value, Limit: 10})
			require.NoError(t, err)
			require.Equal(t, c.want, idsOf(list), "%s=%s", c.field, c.value)
		}
		_, err := s.Records().List(ctx(), store.RecordQuery{Resource: crm.Deal, Field: `x" OR 1`, Value: "1", Limit: 10})
		require.Error(t, err)
		write(t, s, update("D-1", "", fields{"email": "z@x.ro"}))
		list, err := s.Records().List(ctx(), store.RecordQuery{Resource: crm.Deal, Field: "email", Value: "z@x.ro", Limit: 10})
		require.NoError(t, err)
		require.Len(t, list, 1)
	},
	"a read sees every acknowledged write": func(t *testing.T, s store.Store) {
		require.NoError(t, race(8, func(i int) error {
			id := fmt.Sprint("D-", i)
			if _, err := s.Records().Write(ctx(), create(id, "", fields{"n": int64(0)})); err != nil {
				return err
			}
			for n := range 50 {
				done, err := s.Records().Write(ctx(), update(id, "", fields{"n": int64(n + 1)}))
				if err != nil {
					return err
				}
				got, err := s.Records().Load(ctx(), crm.Deal, id)
				if err != nil {
					return err
				}
				if got.Rev != done.Record.Rev {
					return fmt.Errorf("wrote revision %d and read %d", done.Record.Rev, got.Rev)
				}
			}
			return nil
		}))
	},
}

func search(t *testing.T, s store.Store) {
	for i, f := range []fields{
		{"title": "Đặng Thị Hương — mua nhà"},
		{"title": "Łukasz Żółć", "email": "lukasz.zolc@przyklad.pl"},
		{"title": "Ștefan Brâncuși", "phone": "+40 721 111 222"},
		{"title": "Big DEAL 2026", "phone": "0721333444"},
	} {
		write(t, s, create(fmt.Sprint("D-", i), "", f))
	}
	for typed, want := range map[string]string{
		"dang": "D-0", "ĐẶNG": "D-0", "huong": "D-0", "nha thi": "D-0", "Hươ": "D-0",
		"lukasz": "D-1", "łuk": "D-1", "zol": "D-1", "lukasz.zolc@prz": "D-1", "przyklad": "D-1",
		"stefan": "D-2", "șTEF": "D-2", "brancusi": "D-2", "721 111": "D-2", "+40 721": "D-2", "4072": "D-2",
		"deal": "D-3", "big 20": "D-3", "0721": "D-3",
		"eal": "", "ukasz": "", "big stefan": "",
	} {
		var list []string
		if want != "" {
			list = []string{want}
		}
		require.Equal(t, list, find(t, s, typed), "%q", typed)
	}
	require.Len(t, find(t, s, " "), 4)
}

func find(t *testing.T, s store.Store, typed string) []string {
	t.Helper()
	list, err := s.Records().List(ctx(), store.RecordQuery{Resource: crm.Deal, Search: typed, Limit: 50})
	require.NoError(t, err)
	return idsOf(list)
}

func idsOf(list []crm.Record) []string {
	var ids []string
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}
