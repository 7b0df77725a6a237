package server

import (
	"net/http"

	"millrace.dev/crm"
)

// access says who may use a route.
type access struct {
	// roles may use it; none of them, and everyone is false: nobody.
	roles []crm.Role
	// everyone needs no session.
	everyone bool
	// own limits analysts to the flows that they own; the route checks it with
	// ownFlow, because only it knows which flow is meant.
	own bool
	// local routes answer loopback callers, or the metrics token.
	local bool
}

var (
	anyone  = access{everyone: true}
	members = access{roles: []crm.Role{crm.Admin, crm.Analyst, crm.Agent, crm.Viewer}}
	staff   = access{roles: []crm.Role{crm.Admin, crm.Analyst, crm.Agent}}
	workers = access{roles: []crm.Role{crm.Admin, crm.Agent}}
	authors = access{roles: []crm.Role{crm.Admin, crm.Analyst}}
	owners  = access{roles: []crm.Role{crm.Admin, crm.Analyst}, own: true}
	admins  = access{roles: []crm.Role{crm.Admin}}
	local   = access{everyone: true, local: true}
)

// policy is the one table of who may do what. A route that has no row here
// cannot be registered (New panics), and a role that is not in its row is
// refused.
var policy = withRecordRoutes(map[string]access{
	"POST /api/login":    anyone,
	"POST /api/logout":   members,
	"POST /api/password": members,
	"GET /api/me":        members,
	"GET /live":          anyone,

	"GET /api/flows":                           members,
	"POST /api/flows":                          authors,
	"POST /api/flows/check":                    members,
	"POST /api/flows/import":                   authors,
	"GET /api/flows/{id}":                      members,
	"PATCH /api/flows/{id}":                    owners,
	"DELETE /api/flows/{id}":                   owners,
	"POST /api/flows/{id}/clone":               authors,
	"POST /api/flows/{id}/state":               admins,
	"GET /api/flows/{id}/draft":                members,
	"PUT /api/flows/{id}/draft":                owners,
	"POST /api/flows/{id}/publish":             admins,
	"GET /api/flows/{id}/versions":             members,
	"GET /api/flows/{id}/versions/{n}":         members,
	"GET /api/flows/{id}/counts":               members,
	"POST /api/flows/{id}/start":               workers,
	"GET /api/flows/{id}/export":               members,
	"GET /api/runs":                            members,
	"GET /api/runs/{id}":                       members,
	"POST /api/runs/{id}/cancel":               admins,
	"POST /api/runs/{id}/retry":                admins,
	"POST /api/runs/{id}/skip":                 admins,
	"POST /api/runs/{id}/steps/{visit}/finish": workers,
	"GET /api/enrollments":                     members,

	"GET /api/schemas": members,
	"POST /api/fields": admins,
	"POST /api/events": workers,

	"GET /api/tasks":          members,
	"PATCH /api/tasks/{id}":   workers,
	"GET /api/messages":       staff,
	"GET /api/members":        members,
	"POST /api/members":       admins,
	"PATCH /api/members/{id}": admins,
	"GET /api/simulator":      members,
	"POST /api/simulator":     admins,

	"GET /ws":               members,
	"GET /livez":            anyone,
	"GET /readyz":           anyone,
	"GET /version":          anyone,
	"GET /metrics":          local,
	"GET /docs":             anyone,
	"GET /docs/docs.css":    anyone,
	"GET /openapi.json":     anyone,
	"GET /openapi-3.0.json": anyone,
	"GET /openapi.yaml":     anyone,
	"GET /openapi-3.0.yaml": anyone,
	"/api/":                 anyone, // answers 404, to keep the app's shell out of it
	"/":                     anyone, // the app's shell and its static files
})

// withRecordRoutes adds the five routes of each resource.
func withRecordRoutes(table map[string]access) map[string]access {
	for _, r := range crm.Resources {
		list := "/api/" + r.Plural()
		one := list + "/{id}"
		table["GET "+list] = members
		table["POST "+list] = workers
		table["GET "+one] = members
		table["PATCH "+one] = workers
		table["DELETE "+one] = workers
	}
	return table
}

// allows reports whether a role is in the row; "" is a caller without session.
func (a access) allows(role crm.Role) bool {
	for _, r := range a.roles {
		if r == role {
			return true
		}
	}
	return a.everyone
}

// gate is the mux that every route is registered at: it refuses routes without
// a policy row and wraps the others with what every request passes.
type gate struct {
	*http.ServeMux
	server *Server
	// patterns are the registered routes, for the route walk.
	patterns []string
}

// HandleFunc registers a route. It panics when the policy has no row for it.
func (g *gate) HandleFunc(pattern string, route func(http.ResponseWriter, *http.Request)) {
	row, ok := policy[pattern]
	if !ok {
		panic("server: route " + pattern + " has no row in the policy table")
	}
	g.patterns = append(g.patterns, pattern)
	g.ServeMux.HandleFunc(pattern, g.server.admit(pattern, row, route))
}
