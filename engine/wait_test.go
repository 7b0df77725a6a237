package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

func reply(change func(*crm.Event)) crm.Event {
	ev := crm.Event{ID: "m1", Type: "message.received", Kind: "reply", Resource: crm.User, Record: "C-1", At: dawn.Add(time.Minute)}
	if change != nil {
		change(&ev)
	}
	return ev
}

func TestMatchesTheAwaitedEventAndNoOther(t *testing.T) {
	p := compiled(t, `node start record_updated`,
		`node w wait_event event="message.received" kind="reply" about="contact" timeout="PT1H" where="event.actor != \"bot\" && deal.amount > 1"`, `start.out -> w`)
	run := begun(t, p, deal(5)).Run
	require.Equal(t, []string{"user:C-1|message.received"}, run.WaitKeys())
	for name, c := range map[string]struct {
		change func(*crm.Event)
		log    flow.Position
		want   bool
	}{
		"it":                                 {nil, flow.Position{Gen: "g", Seq: 11}, true},
		"another kind":                       {func(e *crm.Event) { e.Kind = "opened" }, flow.Position{Gen: "g", Seq: 11}, false},
		"another type":                       {func(e *crm.Event) { e.Type = "message.sent" }, flow.Position{Gen: "g", Seq: 11}, false},
		"another contact":                    {func(e *crm.Event) { e.Record = "C-2" }, flow.Position{Gen: "g", Seq: 11}, false},
		"another resource":                   {func(e *crm.Event) { e.Resource = crm.Lead }, flow.Position{Gen: "g", Seq: 11}, false},
		"filter fails":                       {func(e *crm.Event) { e.Actor = "bot" }, flow.Position{Gen: "g", Seq: 11}, false},
		"made by the run itself":             {func(e *crm.Event) { e.Cause.Run = run.ID }, flow.Position{Gen: "g", Seq: 11}, false},
		"the event that began the run":       {func(e *crm.Event) { e.ID = "e1" }, flow.Position{Gen: "g", Seq: 11}, false},
		"before since":                       {nil, flow.Position{Gen: "g", Seq: 10}, false},
		"other log generation, later":        {nil, flow.Position{Gen: "h", Seq: 2}, true},
		"other log generation, earlier":      {func(e *crm.Event) { e.At = dawn }, flow.Position{Gen: "h", Seq: 99}, false},
		"on the deadline":                    {func(e *crm.Event) { e.At = dawn.Add(time.Hour) }, flow.Position{Gen: "g", Seq: 11}, true},
		"a moment after the deadline":        {func(e *crm.Event) { e.At = dawn.Add(time.Hour + 1) }, flow.Position{Gen: "g", Seq: 11}, false},
		"position unknown, later by time":    {nil, flow.Position{}, true},
		"position unknown, not later by one": {func(e *crm.Event) { e.At = dawn }, flow.Position{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := deal(5)
			w.Log = c.log
			require.Equal(t, c.want, Matches(p, run, run.Tokens[0], reply(c.change), w))
		})
	}
	require.False(t, Matches(p, run, run.Tokens[0], reply(nil), deal(0)), "the filter reads the live record")
}

func TestOwnRecordsRevisionDecidesAcrossLogGenerations(t *testing.T) {
	since := flow.Position{Gen: "g", Seq: 900, Rev: 7, At: dawn.Add(time.Hour)}
	require.True(t, counts(since, flow.Position{Gen: "h", Seq: 1, Rev: 8, At: dawn}, true))
	require.False(t, counts(since, flow.Position{Gen: "h", Seq: 1, Rev: 7, At: dawn.Add(2 * time.Hour)}, true))
	require.True(t, counts(since, flow.Position{Gen: "h", Seq: 1, Rev: 2, At: dawn.Add(2 * time.Hour)}, false), "another record's revision says nothing")
	require.True(t, counts(since, flow.Position{Gen: "g", Seq: 901, Rev: 1, At: dawn}, true))
}

func TestSinceStandsWhereTheAuthorChose(t *testing.T) {
	for since, want := range map[string]uint64{"start": 10, "action": 20, "now": 30} {
		p := compiled(t, `node start record_updated`, `node a add_tag tag="x"`,
			`node w wait_event event="deal.paid" since="`+since+`"`, `start.out -> a`, `a.out -> w`)
		w := deal(5)
		run := Begin(p, "start", updated("e1"), w)
		w.Log.Seq = 20
		run = Advance(p, run, w, Resume{}).Run
		w.Log.Seq = 30
		run = Advance(p, run, w, Returned{Visit: 2, Result: result("out")}).Run
		require.Equal(t, want, run.Tokens[0].Wait.Since.Seq, since)
	}
}

func TestWaitIsDecidedOnce(t *testing.T) {
	p := compiled(t, `node start record_updated`, `node w wait_event event="deal.paid" timeout="PT1H"`, `node a end outcome="paid"`, `node b end outcome="late"`,
		`start.out -> w`, `w.event -> a`, `w.timeout -> b`)
	run := begun(t, p, deal(5)).Run
	ev := crm.Event{ID: "p1", Type: "deal.paid", Resource: crm.Deal, Record: "D-1", At: dawn, Data: map[string]any{"sum": 3.0}}
	late := deal(5)
	late.Now = dawn.Add(2 * time.Hour)
	won, ok := Resolve(p, run, 2, Decision{Event: &ev}, late)
	require.True(t, ok)
	require.Equal(t, flow.Ready, won.State)
	require.Equal(t, flow.Waiting, run.State, "the given run is not changed")
	require.NotNil(t, run.Tokens[0].Wait)
	_, ok = Resolve(p, won, 2, Decision{Timeout: true}, late)
	require.False(t, ok)
	end := Advance(p, won, late, Resume{}).Run
	require.Equal(t, "paid", end.End)
	require.Equal(t, map[string]any{"sum": 3.0}, end.Outputs["w"]["event"].(map[string]any)["data"])

	_, ok = Resolve(p, run, 2, Decision{Finished: &Finished{By: "u-1"}}, late)
	require.False(t, ok, "an event wait is not finished by people")
	_, ok = Resolve(p, run, 9, Decision{Timeout: true}, late)
	require.False(t, ok, "no such visit")
	out, ok := Resolve(p, run, 2, Decision{Timeout: true}, late)
	require.True(t, ok)
	require.Equal(t, "late", Advance(p, out, late, Resume{}).Run.End)
}

func TestDueListsTheWaitsThatAreOverInTheirOrder(t *testing.T) {
	p := compiled(t, `node start record_updated routing={"out":"all"}`, `node a wait_duration for="PT2H"`, `node b wait_duration for="PT1H"`,
		`node c wait_duration for="PT3H"`, `start.out -> a`, `start.out -> b`, `start.out -> c`)
	run := begun(t, p, deal(5)).Run
	require.Empty(t, Due(run, dawn.Add(time.Hour-1)))
	due := Due(run, dawn.Add(2*time.Hour))
	require.Len(t, due, 2)
	require.Equal(t, "b", due[0].Node)
	require.Equal(t, "a", due[1].Node)
}
