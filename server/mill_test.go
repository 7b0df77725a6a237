package server

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/bus"
	"millrace.dev/crm"
	"millrace.dev/engine/host"
	"millrace.dev/engine/runner"
	"millrace.dev/flow"
)

// newMill is a world whose runs are really moved.
func newMill(t *testing.T) *world {
	t.Helper()
	return newWorld(t, func(c *Config) {
		ctx := context.Background()
		b, err := bus.Open(ctx, bus.Config{})
		require.NoError(t, err)
		r := runner.New(runner.Config{Store: c.Store, Bus: b, Outside: host.Providers{Capture: true}})
		require.NoError(t, r.Start(ctx))
		c.Runner = r
		t.Cleanup(func() { require.NoError(t, b.Close()) }) // newWorld has stopped the runner by then
	})
}

// publish imports a flow in written form, and publishes it.
func (w *world) publish(src string) flow.Flow {
	w.t.Helper()
	file, problems := flow.ParseWritten(src)
	require.Empty(w.t, problems)
	var f flow.Flow
	w.must(201, &f, crm.Admin, "POST", "/api/flows/import", string(file.Encode()))
	w.must(201, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/publish", `{"draft_rev":1}`)
	return f
}

const answerFlow = `
flow answer "Answer" deal
node start record_updated fields=["amount"] when="deal.amount > 10000"
node mail send_email to="sales@example.com" subject="Big: {{ deal.title }}" body="Look"
node answer wait_event event="message.received" kind="reply" timeout="PT24H"
node call create_task subject="Call" roles=["agent"]
node won change_status status="won"
start.out -> mail
mail.sent -> answer
answer.event -> won
answer.timeout -> call
won.out -> call
`

func TestARecordGoesThroughAFlowBeforeTheWatchersEyes(t *testing.T) {
	w := newMill(t)
	f := w.publish(answerFlow)
	c := w.watch(crm.Viewer, "flow:"+f.ID, 0)
	c.of("snapshot")
	var deal crm.Record
	w.must(201, &deal, crm.Agent, "POST", "/api/deals", `{"title":"Mill","amount":500000,"currency":"EUR"}`)
	began := time.Now()
	w.must(200, nil, crm.Agent, "PATCH", "/api/deals/"+deal.ID, `{"amount":1500000}`)
	p := progressIn(t, c.of("progress"))
	for p.State != flow.Waiting {
		p = progressIn(t, c.of("progress"))
	}
	require.Less(t, time.Since(began), 3*time.Second)
	require.Contains(t, w.ask(crm.Agent, "GET", "/api/messages", "").body, `"Big: Mill"`)
	a := w.must(409, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/state", `{"state":"inactive"}`)
	require.Contains(t, a.body, `"count":1`)

	w.must(202, nil, crm.Agent, "POST", "/api/events", fmt.Sprintf(`{"id":"e1","type":"message.received","kind":"reply","resource":"deal","record":%q}`, deal.ID))
	for p.State != flow.Done {
		p = progressIn(t, c.of("progress"))
	}
	w.must(200, &deal, crm.Viewer, "GET", "/api/deals/"+deal.ID, "")
	require.Equal(t, "won", deal.Fields["status"])
	var tasks Page[crm.Task]
	w.must(200, &tasks, crm.Agent, "GET", "/api/tasks?open=true", "")
	require.Len(t, tasks.Items, 1)
	w.must(200, nil, crm.Agent, "PATCH", "/api/tasks/"+tasks.Items[0].ID, `{"done":true}`)
	w.must(200, &tasks, crm.Agent, "GET", "/api/tasks?open=true", "")
	require.Empty(t, tasks.Items)

	var runs Page[flow.Run]
	w.must(200, &runs, crm.Viewer, "GET", "/api/runs?record="+deal.ID, "")
	require.Len(t, runs.Items, 1)
	var run flow.Run
	w.must(200, &run, crm.Viewer, "GET", "/api/runs/"+runs.Items[0].ID, "")
	require.Equal(t, flow.Done, run.State)
	require.Contains(t, w.ask(crm.Viewer, "GET", "/api/enrollments?flow="+f.ID, "").body, `"ok":true`)
	w.must(409, nil, crm.Admin, "POST", "/api/runs/"+run.ID+"/cancel", "")

	var counts Counts
	w.must(200, &counts, crm.Viewer, "GET", "/api/flows/"+f.ID+"/counts", "")
	require.Equal(t, map[flow.RunState]int{flow.Done: 1}, counts.ByState)
	require.Equal(t, NodeCount{Done: 1}, counts.ByNode["answer"])
}

func TestStartingByHandGoesPastTheConditionsButNotTheGuard(t *testing.T) {
	w := newMill(t)
	f := w.publish(answerFlow)
	var deal crm.Record
	w.must(201, &deal, crm.Agent, "POST", "/api/deals", `{"title":"Small","amount":100,"currency":"EUR"}`)
	var made Page[flow.Enrollment]
	w.must(202, &made, crm.Agent, "POST", "/api/flows/"+f.ID+"/start", `{"records":["`+deal.ID+`"]}`)
	require.True(t, made.Items[0].OK, made.Items[0].Reason)
	w.must(202, &made, crm.Agent, "POST", "/api/flows/"+f.ID+"/start", `{"records":["`+deal.ID+`"]}`)
	require.False(t, made.Items[0].OK)
	require.Equal(t, "already_active", made.Items[0].Reason)
	w.must(404, nil, crm.Agent, "POST", "/api/flows/"+f.ID+"/start", `{"records":["none"]}`)
}

func TestCustomFieldIsKnownToFlowsAtOnce(t *testing.T) {
	w := newMill(t)
	w.must(201, nil, crm.Admin, "POST", "/api/fields", `{"resource":"deal","name":"region","type":"text"}`)
	f := w.publish(`
flow north "North" deal
node start record_created when="deal.region == \"north\""
node mail send_email to="sales@example.com" subject="{{ deal.region }}" body="x"
start.out -> mail
`)
	w.must(201, nil, crm.Agent, "POST", "/api/deals", `{"title":"A","region":"north"}`)
	require.Eventually(t, func() bool {
		_, inside, err := w.server.runsOf(t.Context(), f.ID)
		ever, _, err2 := w.server.runsOf(t.Context(), f.ID)
		return err == nil && err2 == nil && ever == 1 && inside == 0
	}, 10*time.Second, 5*time.Millisecond)
}

var _ Runner = (*runner.Runner)(nil)

func TestTheSameEventIDAboutTwoRecordsIsTwoEvents(t *testing.T) {
	w := newMill(t)
	f := w.publish(answerFlow)
	for done := range 2 {
		var deal crm.Record
		w.must(201, &deal, crm.Agent, "POST", "/api/deals", `{"title":"Mill","amount":500000,"currency":"EUR"}`)
		w.must(200, nil, crm.Agent, "PATCH", "/api/deals/"+deal.ID, `{"amount":1500000}`)
		w.awaitRuns(f, flow.Waiting, 1)
		event := fmt.Sprintf(`{"id":"e1","type":"message.received","kind":"reply","resource":"deal","record":%q}`, deal.ID)
		w.must(202, nil, crm.Agent, "POST", "/api/events", event)
		require.Contains(t, w.must(202, nil, crm.Agent, "POST", "/api/events", event).body, `"duplicate":true`)
		w.awaitRuns(f, flow.Done, done+1)
	}
}

// awaitRuns waits until n runs of a flow are in a state.
func (w *world) awaitRuns(f flow.Flow, state flow.RunState, n int) {
	require.Eventually(w.t, func() bool {
		var runs Page[flow.Run]
		w.must(200, &runs, crm.Viewer, "GET", "/api/runs?state="+string(state)+"&flow="+f.ID, "")
		return len(runs.Items) == n
	}, 20*time.Second, 10*time.Millisecond)
}
