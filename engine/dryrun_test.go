package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

func reference(t *testing.T) (*Plan, Start) {
	p := compiled(t,
		`node start record_updated fields=["amount"] when="deal.amount > 10000"`,
		`node mail send_email to="{{ owner.email }}" subject="Big deal" body="{{ deal.title }}"`,
		`node reply wait_event event="message.received" kind="reply" timeout="PT1H"`,
		`node call create_task subject="Call" owner=true`,
		`start.out -> mail`, `mail.sent -> reply`, `reply.timeout -> call`)
	return p, Start{At: dawn, Members: []crm.Member{{ID: "u-1", Name: "Ana", Email: "ana@example.com", Role: crm.Agent}},
		Record: crm.Record{Resource: crm.Deal, ID: "D-1", Fields: map[string]any{"title": "Hotel", "amount": int64(1200000), "currency": "EUR", "owner": "u-1"}}}
}

func TestDryRunPlaysTheTimeoutWithoutWaiting(t *testing.T) {
	p, start := reference(t)
	began := time.Now()
	r := DryRun(p, start, Script{})
	require.Less(t, time.Since(began), time.Second)
	require.Equal(t, []string{"+0s start out", "+0s mail sent", "+0s reply waiting", "+1h0m0s reply timeout", "+1h0m0s call out", "done end"}, r.Trace)
	require.Len(t, r.Effects, 2)
	require.Equal(t, "ana@example.com", r.Effects[0].Message.To)
	require.Equal(t, []string{"u-1"}, r.Effects[1].Task.Assignees)
	require.Empty(t, r.Rests)
}

func TestDryRunAnswersAtEachWait(t *testing.T) {
	p, start := reference(t)
	r := DryRun(p, start, Script{Answers: map[string]Answer{"reply": {After: 5 * time.Minute, Data: map[string]any{"text": "Yes"}}}})
	require.Equal(t, []string{"+0s start out", "+0s mail sent", "+0s reply waiting", "+5m0s reply event", "done end"}, r.Trace)
	r = DryRun(p, start, Script{Answers: map[string]Answer{"reply": {After: 2 * time.Hour}}})
	require.Contains(t, r.Trace, "+1h0m0s reply timeout")
	r = DryRun(p, start, Script{Answers: map[string]Answer{"mail": {Fail: &nodes.Error{Code: "smtp_down", Text: "down"}}}})
	require.Equal(t, flow.Incident, r.Run.State)
	require.Equal(t, "mail failed", r.Rests)
	require.Empty(t, r.Effects)
}

func TestDryRunTellsWhyTheRecordDoesNotComeIn(t *testing.T) {
	p, start := reference(t)
	ev := crm.Event{ID: "e1", Type: "deal.updated", Resource: crm.Deal, Record: "D-1", Changed: []string{"amount"},
		Before: map[string]any{"amount": int64(1)}, After: map[string]any{"amount": int64(900), "currency": "EUR"}}
	start.Event = &ev
	r := DryRun(p, start, Script{})
	require.False(t, r.Enrollment.OK)
	require.Equal(t, ReasonCondition, r.Enrollment.Reason)
	ev.After = start.Record.Fields
	require.Equal(t, flow.Done, DryRun(p, start, Script{}).Run.State)
	ev.Changed = []string{"title"}
	require.Equal(t, "No trigger listens to this event.", DryRun(p, start, Script{}).Enrollment.Detail)
}

func TestDryRunSeesChangesAndEventsFromOutside(t *testing.T) {
	p := compiled(t, `node start manual_start`, `node w wait_duration for="P2D"`, `node s stage name="Look" owner=true`,
		`node h call_url url="https://example.com/x" body="{}"`, `node set set_value name="x" value="= deal.amount"`,
		`start.out -> w`, `w.out -> s`, `s.done -> h`, `h.refused -> set`)
	_, start := reference(t)
	r := DryRun(p, start, Script{
		Happenings: []Happening{{After: 24 * time.Hour, Change: map[string]any{"amount": int64(700)}, By: "u-1"}},
		Answers:    map[string]Answer{"s": {After: time.Hour, By: "u-1"}, "h": {Status: 404, Body: "no"}},
	})
	require.Equal(t, []string{"+0s start out", "+0s w waiting", "+48h0m0s w out", "+48h0m0s s waiting", "+49h0m0s s done",
		"+49h0m0s h refused", "+49h0m0s set out", "done end"}, r.Trace)
	require.Equal(t, 7.0, r.Run.Vars["x"])

	r = DryRun(p, start, Script{Until: 24 * time.Hour})
	require.Equal(t, "w waits", r.Rests)
	r = DryRun(p, start, Script{})
	require.Equal(t, "s waits for people", r.Rests)
}

func TestDryRunOfADraftWithProblemsGoesUpToTheNodeThatHasThem(t *testing.T) {
	p, problems := parsed(t, `node start manual_start`, `node a add_tag tag="x"`, `node b send_email to="{{ deal.emial }}"`, `start.out -> a`, `a.out -> b`)
	require.True(t, problems.HasErrors())
	_, start := reference(t)
	r := DryRun(p, start, Script{})
	require.Equal(t, []string{"+0s start out", "+0s a out", "+0s b failed cannot_run", "incident"}, r.Trace)
}
