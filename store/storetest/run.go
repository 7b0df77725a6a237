package storetest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// Run tests every promise of package store on stores made by open, which
// returns an empty one each time and closes it when its test ends.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, g := range []struct {
		name  string
		cases map[string]func(*testing.T, store.Store)
	}{
		{"records", recordCases}, {"writes", writeCases}, {"outbox", outboxCases},
		{"runs", runCases}, {"run lists", runListCases}, {"shelves", shelfCases}, {"store", storeCases},
	} {
		t.Run(g.name, func(t *testing.T) {
			for name, test := range g.cases {
				t.Run(name, func(t *testing.T) { test(t, open(t)) })
			}
		})
	}
}

var storeCases = map[string]func(*testing.T, store.Store){
	"a healthy store answers a ping": func(t *testing.T, s store.Store) {
		require.NoError(t, s.Ping(ctx()))
	},
	"closing twice is no error and a closed store is unavailable": func(t *testing.T, s store.Store) {
		require.NoError(t, s.Close())
		require.NoError(t, s.Close())
		_, err := s.Shelf(store.Meta).Load(ctx(), "x")
		wantCode(t, flow.CodeUnavailable, err)
		_, err = s.Shelf(store.Meta).Insert(ctx(), store.Doc{ID: "x"})
		wantCode(t, flow.CodeUnavailable, err)
		require.Error(t, s.Ping(ctx()))
	},
	"a cancelled context stops reads and writes, and leaves nothing behind": func(t *testing.T, s store.Store) {
		gone, cancel := context.WithCancel(ctx())
		cancel()
		_, err := s.Shelf(store.Meta).Insert(gone, store.Doc{ID: "x"})
		require.ErrorIs(t, err, context.Canceled)
		_, err = s.Runs().Load(gone, "x")
		require.ErrorIs(t, err, context.Canceled)
		_, err = s.Records().Write(gone, create("D-1", "", nil))
		require.ErrorIs(t, err, context.Canceled)
		_, err = s.Shelf(store.Meta).Load(ctx(), "x")
		wantCode(t, flow.CodeNotFound, err)
		_, err = s.Records().Load(ctx(), crm.Deal, "D-1")
		wantCode(t, flow.CodeNotFound, err)
	},
}

func ctx() context.Context { return context.Background() }

// noon is the suite's clock; at adds minutes to it.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 123_000_000, time.UTC)

func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func wantCode(t *testing.T, code flow.Code, err error) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, flow.CodeOf(err), "%v", err)
}

// race runs do n times at once and returns the first error.
func race(n int, do func(i int) error) error {
	errs := make([]error, n)
	var start, end sync.WaitGroup
	start.Add(1)
	for i := range n {
		end.Add(1)
		go func() {
			defer end.Done()
			start.Wait()
			errs[i] = do(i)
		}()
	}
	start.Done()
	end.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

type fields = map[string]any

func set(f fields) func(*crm.Record) error {
	return func(r *crm.Record) error {
		if r.Fields == nil {
			r.Fields = fields{}
		}
		for k, v := range f {
			r.Fields[k] = v
		}
		return nil
	}
}

func create(id, key string, f fields) store.Write {
	return store.Write{Resource: crm.Deal, ID: id, OpKey: key, Op: store.OpCreate, Change: set(f), At: at(0), Actor: "m1"}
}

func update(id, key string, f fields) store.Write {
	return store.Write{Resource: crm.Deal, ID: id, OpKey: key, Op: store.OpUpdate, Change: set(f), At: at(1), Actor: "m2"}
}

func remove(id, key string) store.Write {
	return store.Write{Resource: crm.Deal, ID: id, OpKey: key, Op: store.OpDelete, At: at(2), Actor: "m3"}
}

func write(t *testing.T, s store.Store, w store.Write) store.Written {
	t.Helper()
	done, err := s.Records().Write(ctx(), w)
	require.NoError(t, err)
	return done
}

func load(t *testing.T, s store.Store, id string) crm.Record {
	t.Helper()
	r, err := s.Records().Load(ctx(), crm.Deal, id)
	require.NoError(t, err)
	return r
}

// pending are the record's outbox entries.
func pending(t *testing.T, s store.Store, id string) []crm.Event {
	t.Helper()
	boxes, err := s.Records().Unrelayed(ctx(), at(1_000_000), 1000)
	require.NoError(t, err)
	for _, b := range boxes {
		if b.ID == id {
			return b.Events
		}
	}
	return nil
}

func ids(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("D-%03d", i)
	}
	return list
}
