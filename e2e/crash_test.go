package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// countingFlow changes a lead twice, with a mail and a wait between: score ends
// at 2 when every change happened exactly once.
const countingFlow = `{
  "schema": 1, "flow": "counting", "name": {"en": "Counting"}, "resource": "lead",
  "nodes": {
    "start": {"type": "record_created"},
    "one": {"type": "update_record", "set": {"score": "= (lead.score ?? 0) + 1"}},
    "mail": {"type": "send_email", "to": "{{ lead.email }}", "subject": "One", "body": "One"},
    "hold": {"type": "wait_duration", "for": "PT2S"},
    "two": {"type": "update_record", "set": {"score": "= (lead.score ?? 0) + 1"}},
    "stop": {"type": "end"}
  },
  "connectors": {
    "c1": {"from": "start.out", "to": "one"}, "c2": {"from": "one.out", "to": "mail"},
    "c3": {"from": "mail.sent", "to": "hold"}, "c4": {"from": "hold.out", "to": "two"},
    "c5": {"from": "two.out", "to": "stop"}
  }
}`

// publish imports a flow file and publishes it.
func (c *client) publish(file string) (id string) {
	c.t.Helper()
	id = c.must(http.MethodPost, "/api/flows/import", file)["id"].(string)
	draft := c.must(http.MethodGet, "/api/flows/"+id+"/draft", nil)
	c.must(http.MethodPost, "/api/flows/"+id+"/publish", map[string]any{"draft_rev": draft["rev"]})
	return id
}

// all pages through a list.
func (c *client) all(path string) []map[string]any {
	c.t.Helper()
	var all []map[string]any
	for cursor := ""; ; {
		page := c.must(http.MethodGet, path+"&limit=200&cursor="+cursor, nil)
		items, _ := page["items"].([]any)
		for _, v := range items {
			all = append(all, v.(map[string]any))
		}
		if cursor, _ = page["next"].(string); cursor == "" {
			return all
		}
	}
}

func TestKillNineInTheMiddleOf500RunsLosesAndRepeatsNothing(t *testing.T) {
	const leads = 500
	dir := t.TempDir()
	p := start(t, "serve", "--data", dir)
	c := p.signIn()
	id := c.publish(countingFlow)
	c.createLeads(leads)
	require.Eventually(t, func() bool { return c.state(id, "waiting") > 50 }, soon, 5*time.Millisecond)
	p.kill()

	p = start(t, "serve", "--data", dir)
	c = p.signIn()
	require.Eventually(t, func() bool { return c.state(id, "done") == leads }, 6*soon, 100*time.Millisecond,
		"every run finishes")
	for _, lead := range c.all("/api/leads?") {
		fields := lead["fields"].(map[string]any)
		require.EqualValues(t, 2, fields["score"], "%s was changed twice or not at all", fields["full_name"])
	}
	mails := map[any]int{}
	for _, m := range c.all("/api/messages?") {
		mails[m["to"]]++
	}
	require.Len(t, mails, leads)
	for to, n := range mails {
		require.Equal(t, 1, n, "mails to %s", to)
	}
}

// createLeads makes n leads over a few connections.
func (c *client) createLeads(n int) {
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := worker; i < n; i += 8 {
				status, out := c.do(http.MethodPost, "/api/leads", map[string]any{
					"full_name": fmt.Sprintf("Lead %d", i), "email": fmt.Sprintf("lead%d@example.com", i)})
				if status >= 300 {
					c.t.Errorf("creating lead %d: %d %v", i, status, out)
					return
				}
			}
		})
	}
	wg.Wait()
}

// state counts the flow's runs in one state.
func (c *client) state(flow, state string) int {
	c.t.Helper()
	byState, _ := c.must(http.MethodGet, "/api/flows/"+flow+"/counts", nil)["by_state"].(map[string]any)
	n, _ := byState[state].(float64)
	return int(n)
}
