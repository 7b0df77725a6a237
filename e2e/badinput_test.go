package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBadFlowsAreRefusedWithAClearProblemAndNothingIsStored(t *testing.T) {
	p := start(t, "serve", "--data", t.TempDir())
	c := p.signIn()
	tests := []struct {
		name, from, to string
		status         int
		code, says     string
	}{
		{"a dangling connector", `"to": "stop"`, `"to": "nowhere"`, 422, "dangling_connector", "nowhere"},
		{"a duplicate id", `"stop": {"type": "end"}`, `"stop": {"type": "end"}, "stop": {"type": "end"}`, 422, "duplicate", "twice"},
		{"an unknown type", `"type": "wait_duration"`, `"type": "wait_for_godot"`, 422, "unknown_type", "wait_for_godot"},
		{"a wrong expression", `"= (lead.score ?? 0) + 1"`, `"= (lead.scoer ?? 0) + 1"`, 422, "", "scoer"},
		{"an unknown key", `"schema": 1`, `"schema": 1, "author": "me"`, 422, "unknown_key", "author"},
		{"a body of 2 MiB", `"subject": "One"`, `"subject": "` + strings.Repeat("x", 2<<20) + `"`, 413, "too_large", "larger"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.t = t
			body := strings.Replace(countingFlow, tt.from, tt.to, 1)
			require.NotEqual(t, countingFlow, body)
			path := "/api/flows/import"
			if tt.status == 413 {
				path = "/api/flows/check"
			}
			status, out := c.do(http.MethodPost, path, body)
			require.Equal(t, tt.status, status, out)
			text := mustText(t, out)
			require.Contains(t, text, tt.code)
			require.Contains(t, text, tt.says)
			require.Empty(t, c.items("/api/flows"), "nothing is stored")
		})
	}
}

func TestAViewerCannotPublish(t *testing.T) {
	p := start(t, "demo", "--rate", "0")
	admin := p.signIn()
	flows := admin.items("/api/flows")
	require.NotEmpty(t, flows)
	id := flows[0]["id"].(string)
	draft := admin.must(http.MethodGet, "/api/flows/"+id+"/draft", nil)

	status, out := p.signInAsViewer().do(http.MethodPost, "/api/flows/"+id+"/publish", map[string]any{"draft_rev": draft["rev"]})
	require.Equal(t, http.StatusForbidden, status, out)
	require.Equal(t, "forbidden", out["code"])
	require.Equal(t, flows[0]["active"], admin.must(http.MethodGet, "/api/flows/"+id, nil)["active"], "nothing was published")
}
