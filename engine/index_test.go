package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

func result(port string) nodes.Result { return nodes.Leave(port, nil) }

func found(x *Index, ev crm.Event) []string {
	var names []string
	for _, c := range x.Match(ev) {
		names = append(names, c.Trigger)
	}
	return names
}

func TestIndexFindsWhatTheEventAndItsValuesName(t *testing.T) {
	p := compiled(t,
		`node any record_updated`,
		`node amount record_updated fields=["amount"]`,
		`node both record_updated fields=["amount","stage"]`,
		`node open record_updated when="deal.status == \"open\" && deal.amount > 5"`,
		`node won record_updated fields=["status"] when="record.status == \"won\""`,
		`node to status_changed to=["won"]`,
		`node from status_changed from=["open"] to=["won","lost"]`,
		`node new record_created`,
		`node off record_updated disabled`,
		`node hand manual_start`,
	)
	x := NewIndex([]*Plan{p})
	ev := func(typ string, before, after map[string]any) crm.Event {
		return crm.Event{ID: "e", Type: typ, Resource: crm.Deal, Record: "D-1", Before: before, After: after, Changed: crm.Changed(before, after)}
	}
	require.Equal(t, []string{"amount", "any", "both"},
		found(x, ev("deal.updated", map[string]any{"amount": 1}, map[string]any{"amount": 2})))
	require.Equal(t, []string{"amount", "any", "both", "open"},
		found(x, ev("deal.updated", map[string]any{"amount": 1, "stage": "a", "status": "open"}, map[string]any{"amount": 2, "stage": "b", "status": "open"})))
	require.Equal(t, []string{"any", "from", "to", "won"},
		found(x, ev("deal.updated", map[string]any{"status": "open"}, map[string]any{"status": "won"})))
	require.Equal(t, []string{"any", "to", "won"},
		found(x, ev("deal.updated", map[string]any{"status": "lost"}, map[string]any{"status": "won"})))
	require.Equal(t, []string{"new"}, found(x, ev("deal.created", nil, map[string]any{"status": "won"})))
	require.Empty(t, found(x, ev("deal.deleted", map[string]any{"status": "won"}, nil)))
	other := ev("deal.updated", nil, map[string]any{"amount": 2})
	other.Resource = crm.Lead
	require.Empty(t, found(x, other))
}

func TestTwoTriggersOfOneFlowStartOneRun(t *testing.T) {
	p := compiled(t, `node a record_updated when="deal.amount > 100"`, `node b record_updated when="deal.amount > 1"`)
	groups := ByPlan(NewIndex([]*Plan{p}).Match(updated("e1")))
	require.Len(t, groups, 1)
	e, trigger := Consider(groups[0], updated("e1"), deal(5))
	require.True(t, e.OK)
	require.Equal(t, "b", trigger)
	e, _ = Consider(groups[0], updated("e1"), deal(0))
	require.Equal(t, ReasonCondition, e.Reason)
	require.NotEmpty(t, e.Detail)
}

func TestConditionsSeeTheRecordAsItWasRightAfterTheEvent(t *testing.T) {
	p := compiled(t, `node a record_updated when="deal.amount == 7 && prev.amount == 6"`)
	ev := updated("e1")
	ev.Before, ev.After = map[string]any{"amount": int64(600)}, map[string]any{"amount": int64(700)}
	e, _ := Consider(NewIndex([]*Plan{p}).Match(ev), ev, deal(99))
	require.True(t, e.OK, e.Detail)
}

func TestGuardsFollowTheSettings(t *testing.T) {
	run := func(settings string) (flow.Run, *Plan) {
		p := compiled(t, settings, `node start record_updated`)
		return Begin(p, "start", updated("e1"), deal(5)), p
	}
	r, p := run(`set allow_multiple true`)
	require.Equal(t, "key:D-1", GuardKey(p, r))
	require.Equal(t, []string{"key:D-1", "contact:C-1"}, GuardKeys(r))
	r, p = run(`set allow_multiple false`)
	require.Equal(t, "contact:C-1", GuardKey(p, r))
	r, p = run(`set key "deal.title + \"!\""`)
	require.Equal(t, "key:Hotel!", GuardKey(p, r))
}

func TestAdmissionFollowsTheReentryPolicy(t *testing.T) {
	for policy, want := range map[string][2]string{
		flow.OneActive: {ReasonActive, ""}, flow.OnceEver: {ReasonActive, ReasonOnce}, flow.Parallel: {"", ""}} {
		p := compiled(t, `set reentry "`+policy+`"`, `node start record_updated`)
		e := Enroll(p, updated("e1"), deal(5))
		require.True(t, e.OK)
		require.Equal(t, want[0], Admit(p, e, Standing{Blocking: "r1", Past: "r1"}).Reason, policy)
		require.Equal(t, want[1], Admit(p, e, Standing{Past: "r1"}).Reason, policy)
		require.Equal(t, ReasonDuplicate, Admit(p, e, Standing{Duplicate: true}).Reason, policy)
	}
}

func TestFlowDoesNotReactToItselfUnlessAllowed(t *testing.T) {
	ev := updated("e1")
	ev.Cause = crm.Cause{Root: "e0", Depth: 1, Links: []crm.Link{{Flow: "f", Record: "D-1"}}}
	for setting, ok := range map[string]bool{"set allow_self false": false, "set allow_self true": true} {
		p := compiled(t, setting, `node start record_updated`)
		e, _ := Consider(NewIndex([]*Plan{p}).Match(ev), ev, deal(5))
		require.Equal(t, ok, e.OK, setting)
	}
	p := compiled(t, `node start record_updated`)
	run := Begin(p, "start", ev, deal(5))
	require.Equal(t, crm.Cause{Root: "e0", Run: run.ID, Depth: 2, Links: []crm.Link{{Flow: "f", Record: "D-1"}, {Flow: "f", Record: "D-1"}}}, run.Cause)
}

func manyPlans(b *testing.B, n int) []*Plan {
	plans := []*Plan{compiled(b, `node start record_updated fields=["amount"] when="deal.stage == \"mine\""`)}
	for i := range n - 1 {
		plans = append(plans, compiled(b, fmt.Sprintf(`node start record_updated when="deal.status == \"open\" && deal.stage == \"s%d\""`, i)))
	}
	return plans
}

func BenchmarkIndexMatch(b *testing.B) {
	ev := updated("e1")
	ev.After = map[string]any{"amount": int64(5), "stage": "mine", "status": "open"}
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprintf("flows=%d", n), func(b *testing.B) {
			x := NewIndex(manyPlans(b, n))
			b.ReportAllocs()
			for b.Loop() {
				if len(x.Match(ev)) != 1 {
					b.Fatal("not found")
				}
			}
		})
	}
}
