package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

func run(id string, state flow.RunState) flow.Run {
	return flow.Run{
		ID: id, Flow: "f1", Version: 3, Resource: crm.Deal, Record: "D-1", Title: "Big", State: state,
		Visits: 2, NodeVisits: map[string]int{"a": 2}, Vars: fields{"n": int64(7), "f": 0.5, "l": []any{int64(1), "x"}},
		Outputs: map[string]map[string]any{"a": {"amount": int64(1500)}},
		Event:   crm.Event{ID: "e1", Type: "deal.updated", Resource: crm.Deal, Record: "D-1", Rev: 4, At: at(0), After: fields{"amount": int64(9)}},
		Key:     "D-1", Cause: crm.Cause{Root: "e1"}, Started: at(0), Updated: at(0),
	}
}

// held gives the run a token that waits for each key; wake is nil for never.
func held(r flow.Run, wake *time.Time, keys ...string) flow.Run {
	r.State, r.Tokens = flow.Waiting, nil
	if len(keys) == 0 {
		keys = []string{""}
	}
	for i, k := range keys {
		w := &flow.Wait{Kind: flow.WaitEvent, Key: k, Port: "event", Output: fields{"n": int64(1)}}
		if i == 0 {
			w.Wake = wake
		}
		r.Tokens = append(r.Tokens, flow.Token{ID: i, Node: "a", Visit: i + 1, Wait: w})
	}
	return r
}

func minute(n int) *time.Time { t := at(n); return &t }

func insert(t *testing.T, s store.Store, r flow.Run) flow.Run {
	t.Helper()
	created, err := s.Runs().Insert(ctx(), r)
	require.NoError(t, err)
	require.True(t, created)
	r.Rev = 1
	return r
}

func cas(t *testing.T, s store.Store, r flow.Run) flow.Run {
	t.Helper()
	ok, err := s.Runs().CAS(ctx(), r)
	require.NoError(t, err)
	require.True(t, ok)
	r.Rev++
	return r
}

var runCases = map[string]func(*testing.T, store.Store){
	"a run comes back as it was, at revision 1": func(t *testing.T, s store.Store) {
		r := held(run("r1", flow.Ready), minute(5), "k1", "k2")
		ended := at(9)
		r.Steps = []flow.Step{{Visit: 1, Node: "a", Type: "branch", State: flow.StepDone, At: at(0), Left: &ended, Output: fields{"x": int64(1)}}}
		want := insert(t, s, r)
		got, err := s.Runs().Load(ctx(), "r1")
		require.NoError(t, err)
		require.Equal(t, want, got)
		_, err = s.Runs().Load(ctx(), "r2")
		wantCode(t, flow.CodeNotFound, err)
	},
	"a second insert changes nothing": func(t *testing.T, s store.Store) {
		want := insert(t, s, run("r1", flow.Ready))
		other := run("r1", flow.Done)
		created, err := s.Runs().Insert(ctx(), other)
		require.NoError(t, err)
		require.False(t, created)
		got, err := s.Runs().Load(ctx(), "r1")
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, []store.RunCount{{Version: 3, State: flow.Ready, N: 1}}, counts(t, s, "f1"))
	},
	"a replacement needs the stored revision": func(t *testing.T, s store.Store) {
		r := insert(t, s, run("r1", flow.Ready))
		r.Visits = 3
		want := cas(t, s, r)
		got, err := s.Runs().Load(ctx(), "r1")
		require.NoError(t, err)
		require.Equal(t, want, got)
		ok, err := s.Runs().CAS(ctx(), r)
		require.NoError(t, err)
		require.False(t, ok)
		ok, err = s.Runs().CAS(ctx(), run("r2", flow.Ready))
		require.NoError(t, err)
		require.False(t, ok)
	},
	"of racing inserts exactly one wins": func(t *testing.T, s store.Store) {
		for round := range 20 {
			var won atomic.Int64
			require.NoError(t, race(16, func(i int) error {
				created, err := s.Runs().Insert(ctx(), run(fmt.Sprint("r", round), flow.Ready))
				if created {
					won.Add(1)
				}
				return err
			}))
			require.Equal(t, int64(1), won.Load())
		}
		require.Equal(t, []store.RunCount{{Version: 3, State: flow.Ready, N: 20}}, counts(t, s, "f1"))
	},
	"of racing replacements exactly one wins each revision": func(t *testing.T, s store.Store) {
		insert(t, s, run("r1", flow.Ready))
		var wins atomic.Int64
		winners := make([]atomic.Int64, 16*40+2)
		require.NoError(t, race(16, func(int) error {
			for range 40 {
				r, err := s.Runs().Load(ctx(), "r1")
				if err != nil {
					return err
				}
				r.Visits++
				ok, err := s.Runs().CAS(ctx(), r)
				if err != nil {
					return err
				}
				if ok {
					wins.Add(1)
					winners[r.Rev].Add(1)
				}
			}
			return nil
		}))
		r, err := s.Runs().Load(ctx(), "r1")
		require.NoError(t, err)
		require.Equal(t, wins.Load()+1, r.Rev)
		require.Equal(t, int(wins.Load())+2, r.Visits)
		for rev := int64(1); rev <= wins.Load(); rev++ {
			require.Equal(t, int64(1), winners[rev].Load(), "revision %d", rev)
		}
	},
	"counts follow every change of state, version and flow": func(t *testing.T, s store.Store) {
		var rs []flow.Run
		for i := range 6 {
			rs = append(rs, insert(t, s, run(fmt.Sprint("r", i), flow.Ready)))
		}
		other := run("x", flow.Done)
		other.Flow = "f2"
		insert(t, s, other)
		for i := range rs[:4] {
			rs[i] = cas(t, s, held(rs[i], nil, "k"))
		}
		rs[0].State, rs[0].Version = flow.Done, 4
		cas(t, s, rs[0])
		require.ElementsMatch(t, []store.RunCount{
			{Version: 3, State: flow.Ready, N: 2}, {Version: 3, State: flow.Waiting, N: 3}, {Version: 4, State: flow.Done, N: 1},
		}, counts(t, s, "f1"))
		require.Equal(t, []store.RunCount{{Version: 3, State: flow.Done, N: 1}}, counts(t, s, "f2"))
		require.Empty(t, counts(t, s, "f3"))
	},
	"counts stay right under racing writers": func(t *testing.T, s store.Store) {
		for i := range 8 {
			insert(t, s, run(fmt.Sprint("r", i), flow.Ready))
		}
		states := []flow.RunState{flow.Ready, flow.Waiting, flow.Incident}
		require.NoError(t, race(8, func(w int) error {
			for i := range 40 {
				r, err := s.Runs().Load(ctx(), fmt.Sprint("r", (w+i)%8))
				if err != nil {
					return err
				}
				r.State = states[(w+i)%3]
				if _, err := s.Runs().CAS(ctx(), r); err != nil {
					return err
				}
			}
			return nil
		}))
		want := map[flow.RunState]int{}
		list, err := s.Runs().List(ctx(), store.RunQuery{Flow: "f1", Limit: 100})
		require.NoError(t, err)
		for _, r := range list {
			want[r.State]++
		}
		got := map[flow.RunState]int{}
		for _, c := range counts(t, s, "f1") {
			got[c.State] += c.N
		}
		require.Equal(t, want, got)
	},
}

func counts(t *testing.T, s store.Store, flowID string) []store.RunCount {
	t.Helper()
	c, err := s.Runs().Counts(ctx(), flowID)
	require.NoError(t, err)
	return c
}
