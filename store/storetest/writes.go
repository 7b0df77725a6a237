package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

var writeCases = map[string]func(*testing.T, store.Store){
	"creating makes revision 1 and a created event": func(t *testing.T, s store.Store) {
		w := create("D-1", "op1", fields{"title": "Big", "amount": int64(1500)})
		w.Cause = crm.Cause{Run: "r1", Depth: 1, Links: []crm.Link{{Flow: "f", Record: "D-9"}}}
		done := write(t, s, w)
		want := crm.Record{Resource: crm.Deal, ID: "D-1", Rev: 1, CreatedAt: at(0), UpdatedAt: at(0), Fields: fields{"title": "Big", "amount": int64(1500)}}
		require.Equal(t, want, done.Record)
		require.Equal(t, want, load(t, s, "D-1"))
		require.False(t, done.Already)
		cause := w.Cause
		cause.Root = "deal:D-1:1"
		require.Equal(t, []crm.Event{{
			ID: "deal:D-1:1", Type: "deal.created", Resource: crm.Deal, Record: "D-1", Rev: 1, At: at(0), Actor: "m1", After: want.Fields,
			Changed: []string{"amount", "title"}, Cause: cause,
		}}, done.Pending)
		require.Equal(t, done.Pending, pending(t, s, "D-1"))
	},
	"updating tells before, after and what changed": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "Big", "amount": int64(1), "stage": "new"}))
		done := write(t, s, update("D-1", "", fields{"amount": int64(2), "stage": nil}))
		require.Equal(t, int64(2), done.Record.Rev)
		require.Equal(t, at(0), done.Record.CreatedAt)
		require.Equal(t, at(1), done.Record.UpdatedAt)
		require.Len(t, done.Pending, 2)
		ev := done.Pending[1]
		require.Equal(t, "deal.updated", ev.Type)
		require.Equal(t, "deal:D-1:2", ev.ID)
		require.Equal(t, "deal:D-1:2", ev.Cause.Root)
		require.Equal(t, []string{"amount", "stage"}, ev.Changed)
		require.Equal(t, fields{"title": "Big", "amount": int64(1), "stage": "new"}, ev.Before)
		require.Equal(t, fields{"title": "Big", "amount": int64(2)}, ev.After)
		require.Equal(t, "m2", ev.Actor)
	},
	"an update that changes nothing makes no event, no revision, but is remembered": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "Big", "amount": int64(2), "tags": []any{"a"}}))
		done := write(t, s, update("D-1", "op", fields{"title": "Big", "amount": 2.0, "tags": []string{"a"}, "stage": nil}))
		require.Equal(t, int64(1), done.Record.Rev)
		require.Equal(t, at(0), done.Record.UpdatedAt)
		require.Empty(t, done.Pending)
		require.Equal(t, int64(1), load(t, s, "D-1").Rev)
		require.Len(t, pending(t, s, "D-1"), 1)
		write(t, s, update("D-1", "", fields{"title": "Other"}))
		require.True(t, write(t, s, update("D-1", "op", fields{"title": "Big"})).Already)
		require.Equal(t, "Other", load(t, s, "D-1").Text("title"))
	},
	"deleting hides the record and keeps its event": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "Big"}))
		done := write(t, s, remove("D-1", "del"))
		require.Len(t, done.Pending, 2)
		ev := done.Pending[1]
		require.Equal(t, "deal.deleted", ev.Type)
		require.Equal(t, int64(2), ev.Rev)
		require.Equal(t, fields{"title": "Big"}, ev.Before)
		require.Nil(t, ev.After)
		_, err := s.Records().Load(ctx(), crm.Deal, "D-1")
		wantCode(t, flow.CodeNotFound, err)
		list, err := s.Records().List(ctx(), store.RecordQuery{Resource: crm.Deal, Limit: 10})
		require.NoError(t, err)
		require.Empty(t, list)
		require.True(t, write(t, s, remove("D-1", "del")).Already)
		for _, w := range []store.Write{remove("D-1", "other"), update("D-1", "", fields{"title": "x"}), outside("D-1", "e1")} {
			_, err = s.Records().Write(ctx(), w)
			wantCode(t, flow.CodeNotFound, err)
		}
	},
	"an outside event takes the next revision and changes no field": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "Big"}))
		done := write(t, s, outside("D-1", "mail-7"))
		require.Equal(t, int64(2), done.Record.Rev)
		require.Equal(t, fields{"title": "Big"}, load(t, s, "D-1").Fields)
		require.Equal(t, int64(2), load(t, s, "D-1").Rev)
		require.Equal(t, crm.Event{
			ID: "mail-7", Type: "message.received", Kind: "reply", Resource: crm.Deal, Record: "D-1", Rev: 2, At: at(3),
			Actor: "api", Data: fields{"n": int64(7), "f": 1.5}, Cause: crm.Cause{Root: "mail-7"},
		}, done.Pending[1])
		require.True(t, write(t, s, outside("D-1", "mail-7")).Already)
		require.Len(t, pending(t, s, "D-1"), 2)
	},
	"creating an existing record is a conflict unless it is the same operation": func(t *testing.T, s store.Store) {
		first := write(t, s, create("D-1", "op1", fields{"title": "Big"}))
		again := write(t, s, create("D-1", "op1", fields{"title": "Other"}))
		require.True(t, again.Already)
		require.Equal(t, first.Record, again.Record)
		require.Equal(t, first.Pending, again.Pending)
		_, err := s.Records().Write(ctx(), create("D-1", "op2", nil))
		wantCode(t, flow.CodeConflict, err)
	},
	"writing what does not exist is not found": func(t *testing.T, s store.Store) {
		_, err := s.Records().Write(ctx(), update("D-1", "", fields{"title": "x"}))
		wantCode(t, flow.CodeNotFound, err)
		_, err = s.Records().Load(ctx(), crm.Deal, "D-1")
		wantCode(t, flow.CodeNotFound, err)
	},
	"a stale revision is refused, the right one taken, a repetition still Already": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "Big"}))
		w := update("D-1", "op", fields{"title": "Two"})
		w.IfRev = 9
		_, err := s.Records().Write(ctx(), w)
		wantCode(t, flow.CodeStale, err)
		w.IfRev = 1
		require.Equal(t, int64(2), write(t, s, w).Record.Rev)
		require.True(t, write(t, s, w).Already)
	},
	"an error of Change is returned as it is and nothing is stored": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "Big"}))
		mine := errors.New("mine")
		w := update("D-1", "op", nil)
		w.Change = func(r *crm.Record) error { r.Fields["title"] = "x"; return mine }
		_, err := s.Records().Write(ctx(), w)
		require.ErrorIs(t, err, mine)
		require.Equal(t, "Big", load(t, s, "D-1").Text("title"))
		require.False(t, write(t, s, update("D-1", "op", fields{"title": "y"})).Already)
	},
	"Change cannot touch the id, the resource, the revision or the birth": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "Big"}))
		w := update("D-1", "", nil)
		w.Change = func(r *crm.Record) error {
			*r = crm.Record{Resource: crm.Lead, ID: "X", Rev: 99, Fields: fields{"title": "New"}}
			return nil
		}
		done := write(t, s, w)
		require.Equal(t, crm.Record{Resource: crm.Deal, ID: "D-1", Rev: 2, CreatedAt: at(0), UpdatedAt: at(1), Fields: fields{"title": "New"}}, done.Record)
		require.Equal(t, done.Record, load(t, s, "D-1"))
	},
	"a malformed write is invalid": func(t *testing.T, s store.Store) {
		bad := map[string]store.Write{
			"resource": {Resource: "cow", ID: "1", Op: store.OpDelete},
			"id":       {Resource: crm.Deal, Op: store.OpDelete},
			"op":       {Resource: crm.Deal, ID: "1", Op: "eaten"},
			"change":   {Resource: crm.Deal, ID: "1", Op: store.OpUpdate},
			"event":    {Resource: crm.Deal, ID: "1", Op: store.OpEvent},
			"key":      {Resource: crm.Deal, ID: "1", Op: store.OpDelete, OpKey: "a\nb"},
		}
		for name, w := range bad {
			_, err := s.Records().Write(ctx(), w)
			require.Equal(t, flow.CodeInvalid, flow.CodeOf(err), name)
		}
		_, err := s.Records().Write(ctx(), create("D-1", "", fields{"title": make(chan int)}))
		wantCode(t, flow.CodeInvalid, err)
	},
	"numbers come back whole as int64 and others as float64": func(t *testing.T, s store.Store) {
		f := fields{"amount": int64(9_007_199_254_740_993), "rating": 4.5, "n": 3, "whole": 15.0, "tags": []string{"a", "b"}, "done": true, "title": "ł"}
		want := fields{"amount": int64(9_007_199_254_740_993), "rating": 4.5, "n": int64(3), "whole": int64(15), "tags": []any{"a", "b"}, "done": true, "title": "ł"}
		require.Equal(t, want, write(t, s, create("D-1", "", f)).Record.Fields)
		require.Equal(t, want, load(t, s, "D-1").Fields)
		require.Equal(t, want, pending(t, s, "D-1")[0].After)
	},
	"the time of a record's events never goes backwards": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"title": "Big"}))
		late := update("D-1", "", fields{"title": "Two"})
		late.At = at(50)
		write(t, s, late)
		done := write(t, s, update("D-1", "", fields{"title": "Three"}))
		require.Equal(t, at(50), done.Pending[2].At)
		require.Equal(t, at(50), done.Record.UpdatedAt)
		require.Equal(t, at(50), write(t, s, outside("D-1", "e")).Pending[3].At)
	},
	"the last 64 operation keys are remembered": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "op0", fields{"n": int64(0)}))
		for i := 1; i < 64; i++ {
			write(t, s, update("D-1", fmt.Sprint("op", i), fields{"n": int64(i)}))
		}
		for i := range 64 {
			require.True(t, write(t, s, update("D-1", fmt.Sprint("op", i), fields{"n": int64(-1)})).Already, i)
		}
		write(t, s, update("D-1", "op64", fields{"n": int64(64)}))
		require.True(t, write(t, s, update("D-1", "op1", fields{"n": int64(-1)})).Already)
		require.False(t, write(t, s, update("D-1", "op0", fields{"n": int64(-2)})).Already)
	},
	"each operation is applied exactly once under sixteen writers": exactlyOnce,
	"racing creations make one record":                             oneCreation,
	"racing updates lose nothing": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"n": int64(0)}))
		require.NoError(t, race(16, func(int) error {
			for range 8 {
				w := update("D-1", "", nil)
				w.Change = increment
				if _, err := s.Records().Write(ctx(), w); err != nil {
					return err
				}
			}
			return nil
		}))
		r := load(t, s, "D-1")
		require.Equal(t, int64(128), r.Fields["n"])
		require.Equal(t, int64(129), r.Rev)
	},
	"of racing writers with the same IfRev one wins": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"n": int64(0)}))
		var won atomic.Int64
		require.NoError(t, race(16, func(i int) error {
			w := update("D-1", "", fields{"n": int64(i + 1)})
			w.IfRev = 1
			_, err := s.Records().Write(ctx(), w)
			if flow.CodeOf(err) == flow.CodeStale {
				return nil
			}
			won.Add(1)
			return err
		}))
		require.Equal(t, int64(1), won.Load())
	},
}

func increment(r *crm.Record) error {
	n, _ := r.Fields["n"].(int64)
	r.Fields["n"] = n + 1
	return nil
}

func exactlyOnce(t *testing.T, s store.Store) {
	const docs, ops = 4, 40
	for _, id := range ids(docs) {
		write(t, s, create(id, "", fields{"n": int64(0)}))
	}
	var applied atomic.Int64
	require.NoError(t, race(16, func(writer int) error {
		for op := range ops { // every writer tries every operation, each in its own order
			for _, id := range ids(docs) {
				w := update(id, fmt.Sprint("op", (op+writer*7)%ops), nil)
				w.Change = increment
				done, err := s.Records().Write(ctx(), w)
				if err != nil {
					return err
				}
				if !done.Already {
					applied.Add(1)
				}
			}
		}
		return nil
	}))
	require.Equal(t, int64(docs*ops), applied.Load())
	for _, id := range ids(docs) {
		r := load(t, s, id)
		require.Equal(t, int64(ops), r.Fields["n"])
		require.Equal(t, int64(ops+1), r.Rev)
		inOrder(t, pending(t, s, id), 1, ops+1)
	}
}

func oneCreation(t *testing.T, s store.Store) {
	var won, lost atomic.Int64
	require.NoError(t, race(16, func(i int) error {
		_, err := s.Records().Write(ctx(), create("D-1", fmt.Sprint("op", i), fields{"n": int64(i)}))
		if flow.CodeOf(err) == flow.CodeConflict {
			lost.Add(1)
			return nil
		}
		won.Add(1)
		return err
	}))
	require.Equal(t, int64(1), won.Load())
	require.Equal(t, int64(15), lost.Load())
	require.Len(t, pending(t, s, "D-1"), 1)
}

// inOrder wants the events to have the revisions from..to, each once.
func inOrder(t *testing.T, events []crm.Event, from, to int64) {
	t.Helper()
	require.Len(t, events, int(to-from+1))
	for i, ev := range events {
		require.Equal(t, from+int64(i), ev.Rev)
	}
}

func outside(id, event string) store.Write {
	return store.Write{Resource: crm.Deal, ID: id, OpKey: event, Op: store.OpEvent, Actor: "api", At: at(3), Event: &crm.Event{
		ID: event, Type: "message.received", Kind: "reply", At: at(3).Add(-time.Hour), Data: fields{"n": int64(7), "f": 1.5},
	}}
}
