package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

var outboxCases = map[string]func(*testing.T, store.Store){
	"entries stay in revision order until they are trimmed": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"n": int64(0)}))
		for i := range 9 {
			done := write(t, s, update("D-1", "", fields{"n": int64(i + 1)}))
			inOrder(t, done.Pending, 1, int64(i+2))
		}
		require.NoError(t, s.Records().Trim(ctx(), crm.Deal, "D-1", 4))
		inOrder(t, pending(t, s, "D-1"), 5, 10)
		require.NoError(t, s.Records().Trim(ctx(), crm.Deal, "D-1", 4))
		inOrder(t, write(t, s, update("D-1", "", fields{"n": int64(99)})).Pending, 5, 11)
		require.NoError(t, s.Records().Trim(ctx(), crm.Deal, "D-1", 11))
		require.Empty(t, pending(t, s, "D-1"))
		inOrder(t, write(t, s, update("D-1", "", fields{"n": int64(100)})).Pending, 12, 12)
		require.NoError(t, s.Records().Trim(ctx(), crm.Deal, "nobody", 11))
	},
	"repeating an operation gives what is still pending": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "op", fields{"n": int64(0)}))
		write(t, s, update("D-1", "", fields{"n": int64(1)}))
		inOrder(t, write(t, s, create("D-1", "op", nil)).Pending, 1, 2)
		require.NoError(t, s.Records().Trim(ctx(), crm.Deal, "D-1", 2))
		require.Empty(t, write(t, s, create("D-1", "op", nil)).Pending)
	},
	"the eldest comes first and the young are left out": func(t *testing.T, s store.Store) {
		for i, id := range []string{"D-3", "D-1", "D-2"} {
			w := create(id, "", fields{"n": int64(0)})
			w.At = at(i)
			write(t, s, w)
		}
		young := create("D-0", "", nil)
		young.At = at(9)
		write(t, s, young)
		write(t, s, update("D-3", "", fields{"n": int64(1)}))
		boxes, err := s.Records().Unrelayed(ctx(), at(5), 10)
		require.NoError(t, err)
		require.Equal(t, []string{"D-3", "D-1", "D-2"}, []string{boxes[0].ID, boxes[1].ID, boxes[2].ID})
		require.Len(t, boxes, 3)
		require.Equal(t, crm.Deal, boxes[0].Resource)
		require.Len(t, boxes[0].Events, 2)
		boxes, err = s.Records().Unrelayed(ctx(), at(5), 1)
		require.NoError(t, err)
		require.Len(t, boxes, 1)
		boxes, err = s.Records().Unrelayed(ctx(), at(0), 10)
		require.NoError(t, err)
		require.Empty(t, boxes)
	},
	"trimming moves a record back in the queue": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"n": int64(0)}))
		late := update("D-1", "", fields{"n": int64(1)})
		late.At = at(30)
		write(t, s, late)
		require.NoError(t, s.Records().Trim(ctx(), crm.Deal, "D-1", 1))
		boxes, err := s.Records().Unrelayed(ctx(), at(30), 10)
		require.NoError(t, err)
		require.Empty(t, boxes)
		inOrder(t, pending(t, s, "D-1"), 2, 2)
	},
	"a deleted record is forgotten with its last entry": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "c", fields{"n": int64(0)}))
		write(t, s, remove("D-1", "d"))
		_, err := s.Records().Write(ctx(), create("D-1", "c2", nil))
		wantCode(t, flow.CodeConflict, err)
		require.NoError(t, s.Records().Trim(ctx(), crm.Deal, "D-1", 1))
		inOrder(t, pending(t, s, "D-1"), 2, 2)
		require.True(t, write(t, s, remove("D-1", "d")).Already)
		require.NoError(t, s.Records().Trim(ctx(), crm.Deal, "D-1", 2))
		_, err = s.Records().Write(ctx(), remove("D-1", "d"))
		wantCode(t, flow.CodeNotFound, err)
		require.False(t, write(t, s, create("D-1", "c", nil)).Already)
	},
	"a record with 256 entries refuses to change until it is trimmed": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"n": int64(0)}))
		for i := 1; i < store.MaxOutbox; i++ {
			write(t, s, update("D-1", "", fields{"n": int64(i)}))
		}
		_, err := s.Records().Write(ctx(), update("D-1", "op", fields{"n": int64(-1)}))
		wantCode(t, flow.CodeUnavailable, err)
		require.Empty(t, write(t, s, update("D-1", "", fields{"n": int64(store.MaxOutbox - 1)})).Pending)
		require.NoError(t, s.Records().Trim(ctx(), crm.Deal, "D-1", 1))
		require.False(t, write(t, s, update("D-1", "op", fields{"n": int64(-1)})).Already)
	},
	"racing writers and trimmers keep every event in order": func(t *testing.T, s store.Store) {
		write(t, s, create("D-1", "", fields{"n": int64(0)}))
		require.NoError(t, race(8, func(i int) error {
			for j := range 20 {
				done, err := s.Records().Write(ctx(), update("D-1", "", fields{"n": fmt.Sprint(i, j)}))
				if err != nil {
					return err
				}
				for k, ev := range done.Pending {
					if k > 0 && ev.Rev != done.Pending[k-1].Rev+1 {
						return fmt.Errorf("revision %d follows %d", ev.Rev, done.Pending[k-1].Rev)
					}
				}
				if j%5 == 0 {
					if err := s.Records().Trim(ctx(), crm.Deal, "D-1", done.Record.Rev-1); err != nil {
						return err
					}
				}
			}
			return nil
		}))
		left := pending(t, s, "D-1")
		require.Equal(t, int64(161), left[len(left)-1].Rev)
		inOrder(t, left, left[0].Rev, 161)
	},
}
