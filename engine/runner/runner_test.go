package runner

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// reference is the five-step flow of the benches.
const reference = `
flow reference "Reference" lead
node start record_created
node rich branch cases=[{"name":"yes","if":"lead.score >= 50"}]
node mark set_value name="level" value="hot"
node write update_record set={"status":"= vars.level"}
node mail send_email to="{{ lead.email }}" subject="Hello {{ lead.full_name }}" body="Welcome"
start.out -> rich
rich.yes -> mark
mark.out -> write
write.out -> mail
`

func TestARunGoesFromItsTriggerToItsEnd(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reference)
	p.create(crm.Lead, "L-1", map[string]any{"full_name": "Ana", "email": "ana@example.com", "score": 70})
	run := p.awaitRun("reference", flow.Done)
	require.Equal(t, "hot", p.record(crm.Lead, "L-1").Text("status"))
	require.Len(t, p.messages(), 1)
	require.Equal(t, "Ana", run.Title)
	require.Len(t, run.Steps, 5)
	p.await(func() bool { return p.guards() == 0 })
	e := p.enrollments("reference")
	require.Len(t, e, 1)
	require.True(t, e[0].OK)
	require.Equal(t, run.ID, e[0].Run)
}

const reply = `
flow reply "Reply" deal
node start record_created
node mail send_email to="{{ deal.title }}@example.com" subject="Hello" body="There?"
node answer wait_event event="message.received" kind="reply" timeout="PT24H"
node won change_status status="won"
node lost change_status status="lost"
start.out -> mail
mail.sent -> answer
answer.event -> won
answer.timeout -> lost
`

func TestAWaitEndsByItsEvent(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	p.awaitRun("reply", flow.Waiting)
	p.tell(crm.Deal, "D-1", "m1", "message.received", "opened")
	p.settled()
	p.awaitRun("reply", flow.Waiting)
	p.tell(crm.Deal, "D-1", "m2", "message.received", "reply")
	p.awaitRun("reply", flow.Done)
	require.Equal(t, "won", p.record(crm.Deal, "D-1").Text("status"))
}

func TestAWaitEndsByTime(t *testing.T) {
	p := newPlace(t, "")
	p.publish(reply)
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	p.awaitRun("reply", flow.Waiting)
	p.clock.forward(24*time.Hour - time.Second)
	require.NoError(t, p.runner.sweep(p.ctx()))
	require.Equal(t, flow.Waiting, p.runs("reply")[0].State)
	p.clock.forward(time.Second)
	p.awaitRun("reply", flow.Done)
	require.Equal(t, "lost", p.record(crm.Deal, "D-1").Text("status"))
}

func TestAnOutsideEventKeepsItsOwnTime(t *testing.T) {
	p := newPlace(t, "")
	p.create(crm.Deal, "D-1", map[string]any{"title": "ana"})
	at := p.clock.Now().Add(time.Hour)
	_, err := p.runner.Write(p.ctx(), store.Write{Resource: crm.Deal, ID: "D-1", Op: store.OpEvent, OpKey: "m1",
		Event: &crm.Event{ID: "m1", Type: "message.received", At: at}})
	require.NoError(t, err)
	ev := lookUp(t, p, crm.Event{ID: "m1", Type: "message.received", Resource: crm.Deal, Record: "D-1"}).Event
	require.True(t, at.Equal(ev.At))
}
