package sqlite

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

func benchStore(b *testing.B) *DB {
	b.Helper()
	db, err := Open(context.Background(), b.TempDir()+"/store.db")
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	return db
}

// together runs do from 64 goroutines and reports writes a second.
func together(b *testing.B, do func(i int64) error) {
	var next atomic.Int64
	b.SetParallelism(32)
	b.ReportAllocs()
	b.ResetTimer()
	start := time.Now()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := do(next.Add(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "writes/s")
}

func BenchmarkShelfInsert(b *testing.B) {
	s := benchStore(b).Shelf(store.Guards)
	together(b, func(i int64) error {
		_, err := s.Insert(context.Background(), store.Doc{ID: fmt.Sprintf("f1|D-%d", i), Keys: map[string]string{"run": "r1"}, Body: []byte(`{"run":"r1"}`)})
		return err
	})
}

func BenchmarkRunInsertAndCAS(b *testing.B) {
	s := benchStore(b).Runs()
	wake := time.Now()
	together(b, func(i int64) error {
		r := flow.Run{ID: fmt.Sprintf("r%d", i/2), Flow: "f", Version: 1, Record: "D-1", State: flow.Ready, Started: wake, Updated: wake}
		if i%2 == 0 {
			_, err := s.Insert(context.Background(), r)
			return err
		}
		r.Rev, r.State = 1, flow.Waiting
		r.Tokens = []flow.Token{{Node: "n", Wait: &flow.Wait{Kind: flow.WaitDelay, Wake: &wake}}}
		_, err := s.CAS(context.Background(), r)
		return err
	})
}

func BenchmarkRecordCreate(b *testing.B) {
	s := benchStore(b).Records()
	together(b, func(i int64) error {
		id := fmt.Sprintf("D-%d", i)
		_, err := s.Write(context.Background(), store.Write{Resource: crm.Deal, ID: id, OpKey: id, Op: store.OpCreate, Change: func(r *crm.Record) error {
			r.Fields["title"], r.Fields["amount"], r.Fields["currency"] = "Deal of the day", int64(1500), "RON"
			return nil
		}})
		return err
	})
}

func BenchmarkRecordUpdate(b *testing.B) {
	s := benchStore(b).Records()
	write := func(op store.Op, id, key string, n int64) error {
		w, err := s.Write(context.Background(), store.Write{Resource: crm.Deal, ID: id, OpKey: key, Op: op, Change: func(r *crm.Record) error {
			r.Fields["title"], r.Fields["amount"] = "Deal of the day", n
			return nil
		}})
		if err == nil && w.Record.Rev%16 == 0 {
			err = s.Trim(context.Background(), crm.Deal, id, w.Record.Rev)
		}
		return err
	}
	for i := range 1000 {
		require.NoError(b, write(store.OpCreate, fmt.Sprint("D-", i), "", 0))
	}
	together(b, func(i int64) error { return write(store.OpUpdate, fmt.Sprint("D-", i%1000), fmt.Sprint(i), i) })
}

func BenchmarkRecordLoad(b *testing.B) {
	s := benchStore(b).Records()
	_, err := s.Write(context.Background(), store.Write{Resource: crm.Deal, ID: "D-1", Op: store.OpCreate, Change: func(r *crm.Record) error {
		r.Fields["title"], r.Fields["amount"] = "Deal of the day", int64(1)
		return nil
	}})
	require.NoError(b, err)
	together(b, func(int64) error {
		_, err := s.Load(context.Background(), crm.Deal, "D-1")
		return err
	})
}
