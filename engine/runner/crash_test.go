package runner

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// crashDir tells a child process, which is this test binary once more, where to
// work until it is killed.
const crashDir = "MILLRACE_TEST_CRASH_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := live(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		select {} // until the parent kills us
	}
	os.Exit(m.Run())
}

const (
	crashRecords = 500
	// crashEvery is how many runs a life sees ending before it is killed.
	crashEvery = 20
)

// counting changes the record twice and sends one mail: each exactly once.
const counting = `
flow counting "Counting" lead
node start record_created
node once update_record set={"score":"= (lead.score ?? 0) + 1"}
node mail send_email to="{{ lead.email }}" subject="Hello" body="Welcome"
node again update_record set={"source":"= (lead.source ?? \"\") + \"x\""}
node task create_task subject="Call" members=["m-1"]
start.out -> once
once.out -> mail
mail.sent -> again
again.out -> task
`

// live is one life of the child: it creates what the lives before did not, and
// says "enough" when it may be killed.
func live(dir string) error {
	p := &place{dir: dir, t: fatal{}}
	p.cfg.Outside.Capture = true
	p.open()
	var ended atomic.Int64
	_, err := p.runner.Live(func(g flow.Progress) {
		if g.State == flow.Done && ended.Add(1) == crashEvery {
			fmt.Println("enough")
		}
	}, func(crm.Event) {})
	if err != nil {
		return err
	}
	next := make(chan int)
	var writers sync.WaitGroup
	for range 16 {
		writers.Go(func() {
			for i := range next {
				createCounted(p, i)
			}
		})
	}
	for i := range crashRecords {
		next <- i
	}
	close(next)
	writers.Wait()
	return nil
}

func createCounted(p *place, i int) {
	id := fmt.Sprintf("L-%03d", i)
	p.create(crm.Lead, id, map[string]any{"full_name": id, "email": id + "@example.com"})
}

// fatal is the testing.TB of the child.
type fatal struct{ testing.TB }

func (fatal) Helper() {}
func (fatal) Errorf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}
func (fatal) FailNow() { os.Exit(1) }

func TestAKilledProcessLosesNothingAndRepeatsNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes")
	}
	dir := t.TempDir()
	wall := func(c *Config) { c.Clock = nil }
	p := newPlace(t, dir, wall)
	p.put(store.Members, "m-1", crm.Member{ID: "m-1", Name: "Ana"})
	p.publish(counting)
	p.close()
	for range 3 {
		lifeAndDeath(t, dir)
	}
	p.open()
	require.Less(t, p.count("counting", flow.Done), crashRecords, "the lives were too long to test anything")
	for i := range crashRecords {
		createCounted(p, i)
	}
	p.awaitCount("counting", flow.Done, crashRecords)
	for i := range crashRecords {
		rec := p.record(crm.Lead, fmt.Sprintf("L-%03d", i))
		require.EqualValues(t, 1, rec.Fields["score"], rec.ID)
		require.Equal(t, "x", rec.Text("source"), rec.ID)
		require.Equal(t, int64(3), rec.Rev, rec.ID)
	}
	require.Len(t, p.messages(), crashRecords)
	tasks, err := p.store.Shelf(store.Tasks).List(p.ctx(), store.ShelfQuery{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, tasks, crashRecords)
	require.Len(t, p.runs("counting"), crashRecords)
	require.Len(t, p.enrollments("counting"), crashRecords)
	p.await(func() bool { return p.guards() == 0 })
}

// lifeAndDeath starts a child and kills it in the middle of its work.
func lifeAndDeath(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	said := lines.Scan() && lines.Text() == "enough"
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.True(t, said, "the child died by itself: %s", stderr.String())
}
