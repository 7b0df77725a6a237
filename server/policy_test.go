package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
)

// pathOf fills a pattern's wildcards.
func pathOf(pattern string) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = "GET", pattern
	}
	return method, strings.NewReplacer("{id}", "none", "{n}", "1", "{visit}", "1").Replace(path)
}

func TestEveryRouteAnswersEveryRoleAsThePolicySays(t *testing.T) {
	w := newWorld(t)
	for _, pattern := range w.server.gate.patterns {
		method, path := pathOf(pattern)
		if path == "/api/" {
			path = "/api/no-such-route"
		}
		for _, role := range append([]crm.Role{""}, roles...) {
			t.Run(pattern+" as "+string(role), func(t *testing.T) {
				if role != "" {
					w.cookie[role] = w.signIn(w.member[role].ID) // logging out must not spoil the walk
				}
				a := w.ask(role, method, path, "")
				row := policy[pattern]
				switch {
				case row.everyone:
					require.NotContains(t, []int{401, 403}, a.status, a.body)
				case role == "":
					require.Equal(t, 401, a.status, a.body)
				case !row.allows(role):
					require.Equal(t, 403, a.status, a.body)
				case pattern == "GET /ws":
					require.Equal(t, 403, a.status, "without an Origin")
				default:
					require.NotContains(t, []int{401, 403, 500}, a.status, a.body)
				}
			})
		}
	}
}

func TestEveryPolicyRowIsARoute(t *testing.T) {
	w := newWorld(t)
	registered := map[string]bool{}
	for _, p := range w.server.gate.patterns {
		registered[p] = true
	}
	for pattern := range policy {
		require.True(t, registered[pattern], "%s is in the policy table but nowhere else", pattern)
	}
}

func TestRouteWithoutPolicyRowPanicsAtStart(t *testing.T) {
	w := newWorld(t)
	require.PanicsWithValue(t, "server: route GET /api/secrets has no row in the policy table", func() {
		w.server.gate.HandleFunc("GET /api/secrets", func(http.ResponseWriter, *http.Request) {})
	})
}

func TestNoRowMeansNobody(t *testing.T) {
	for _, role := range append([]crm.Role{""}, roles...) {
		require.False(t, access{}.allows(role))
	}
}

func TestViewerChangesNothing(t *testing.T) {
	for pattern, row := range policy {
		method, _, _ := strings.Cut(pattern, " ")
		if method != "GET" && row.allows(crm.Viewer) && !row.everyone {
			require.Contains(t, []string{"POST /api/logout", "POST /api/password", "POST /api/flows/check"}, pattern)
		}
	}
}

func TestMethodOverrideAndOddPathsOpenNothing(t *testing.T) {
	w := newWorld(t)
	f := w.flow(crm.Admin)
	before := w.fingerprint()
	for _, c := range []struct{ method, path, header string }{
		{"POST", "/api/flows/" + f.ID + "/clone", "X-HTTP-Method-Override"},
		{"DELETE", "/api/flows/x/../" + f.ID, ""},
		{"DELETE", "//api/flows/" + f.ID, ""},
		{"DELETE", "/API/FLOWS/" + f.ID, ""},
		{"DELETE", "/api/flows/" + f.ID + "/", ""},
		{"DELETE", "/api/flows/" + f.ID + ".", ""},
	} {
		a := w.ask(crm.Viewer, c.method, c.path, "", "If-Match", `"r1"`, "X-HTTP-Method-Override", "DELETE")
		require.GreaterOrEqual(t, a.status, 300, "%s %s: %s", c.method, c.path, a.body)
	}
	require.Equal(t, before, w.fingerprint())
}
