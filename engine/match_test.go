package engine

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"millrace.dev/crm"
)

// triggers are pieces for random listening flows.
var (
	watched = []string{``, ` fields=["stage"]`, ` fields=["status","amount"]`}
	when    = []string{``, `deal.status == \"open\"`, `deal.status == \"open\" && deal.stage == \"a\"`, `record.stage == \"b\" || deal.status == \"won\"`,
		`event.actor == \"u-1\"`, `deal.amount > 5`, `\"won\" == deal.status && prev.status == \"open\"`, `not (deal.status == \"open\")`}
)

func TestIndexLosesNoFlowThatAcceptsTheEvent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var plans []*Plan
		for i := range rapid.IntRange(1, 6).Draw(t, "flows") {
			line := `node start record_updated` + rapid.SampledFrom(watched).Draw(t, "fields")
			if w := rapid.SampledFrom(when).Draw(t, "when"); w != "" {
				line += ` when="` + w + `"`
			}
			if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
				line = `node start status_changed from=["open"] to=["won","lost"]`
			}
			p := anyCompiled(t, line)
			p.flow = fmt.Sprint("f", i)
			plans = append(plans, p)
		}
		before, after := anyFields(t), anyFields(t)
		ev := crm.Event{ID: "e", Type: "deal.updated", Resource: crm.Deal, Record: "D-1", Before: before, After: after,
			Changed: crm.Changed(before, after), Actor: rapid.SampledFrom([]string{"u-1", "api"}).Draw(t, "actor")}
		w := deal(1)
		var want, got []string
		for _, p := range plans {
			l := &listener{Candidate: Candidate{Plan: p, Trigger: "start"}, node: p.nodes["start"]}
			if ok, _ := l.Accepts(w, ev); ok && l.fits(ev) {
				want = append(want, p.flow)
			}
		}
		for _, c := range NewIndex(plans).Match(ev) {
			if ok, _ := c.Accepts(w, ev); ok {
				got = append(got, c.Plan.flow)
			}
		}
		require.Equal(t, want, got)
	})
}

func anyFields(t *rapid.T) map[string]any {
	m := map[string]any{"currency": "EUR"}
	for name, values := range map[string][]any{"status": {nil, "open", "won", "lost"}, "stage": {nil, "a", "b"}, "amount": {nil, int64(100), int64(900)}} {
		if v := rapid.SampledFrom(values).Draw(t, name); v != nil {
			m[name] = v
		}
	}
	return m
}
