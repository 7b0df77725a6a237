package sqlite

import (
	"bufio"
	"context"
	"database/sql/driver"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/store"
)

// victim is the environment variable that makes this test's binary write to the
// store it names until it is killed.
const victim = "MILLRACE_TEST_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victim); path != "" {
		writeUntilKilled(path)
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled says "ok <writer> <n>" after each acknowledged write: update
// n of record D-<writer>.
func writeUntilKilled(path string) {
	db, err := Open(context.Background(), path)
	if err != nil {
		fmt.Println("failed", err)
		return
	}
	var out sync.Mutex
	var wg sync.WaitGroup
	for writer := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			id := fmt.Sprint("D-", writer)
			for n := 1; ; n++ {
				op := store.OpUpdate
				if n == 1 {
					op = store.OpCreate
				}
				_, err := db.Records().Write(context.Background(), store.Write{
					Resource: crm.Deal, ID: id, OpKey: fmt.Sprint(n), Op: op,
					Change: func(r *crm.Record) error { r.Fields["n"] = int64(n); return nil },
				})
				if err == nil {
					_ = db.Records().Trim(context.Background(), crm.Deal, id, int64(n)-3)
				}
				out.Lock()
				if err != nil {
					fmt.Println("failed", err)
				} else {
					fmt.Println("ok", writer, n)
				}
				out.Unlock()
			}
		}()
	}
	wg.Wait()
}

func TestNoAcknowledgedWriteIsLostWhenTheProcessIsKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	for life := range 3 {
		acked := killAfter(t, path, 400*(life+1))
		db, err := Open(context.Background(), path)
		require.NoError(t, err)
		for id, n := range acked {
			r, err := db.Records().Load(context.Background(), crm.Deal, id)
			require.NoError(t, err)
			require.GreaterOrEqual(t, r.Fields["n"], n, id)
			require.Equal(t, r.Fields["n"], r.Rev, "each write is one revision")
			events, err := db.records.outbox(context.Background(), crm.Deal, id, 1<<62)
			require.NoError(t, err)
			require.Equal(t, r.Rev, events[len(events)-1].Rev, "each write has its event")
			_, err = db.Records().Write(context.Background(), store.Write{Resource: crm.Deal, ID: id, Op: store.OpDelete})
			require.NoError(t, err)
			require.NoError(t, db.Records().Trim(context.Background(), crm.Deal, id, 1<<62))
		}
		broken := ""
		require.NoError(t, db.read(context.Background(), func(c *conn) error {
			return c.query(context.Background(), func(row []driver.Value) error { broken = asText(row[0]); return nil }, "PRAGMA integrity_check")
		}))
		require.Equal(t, "ok", broken)
		require.NoError(t, db.Close())
	}
}

// killAfter kills a writing process after so many acknowledgements and returns
// the last one of each record.
func killAfter(t *testing.T, path string, acks int) map[string]int64 {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+path)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	acked := map[string]int64{}
	lines := bufio.NewScanner(out)
	for seen := 0; lines.Scan(); seen++ {
		word := strings.Fields(lines.Text())
		if len(word) != 3 { // cut off by the kill
			continue
		}
		require.Equal(t, "ok", word[0], lines.Text())
		n, err := strconv.ParseInt(word[2], 10, 64)
		require.NoError(t, err)
		acked["D-"+word[1]] = n
		if seen == acks {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // "signal: killed"
	require.NotEmpty(t, acked)
	return acked
}
