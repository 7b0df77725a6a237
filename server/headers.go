package server

import (
	"net/http"
	"strings"

	"millrace.dev/flow"
)

// DefaultCSP is what pages may do: load from this server only, run its scripts
// and its WebAssembly, and nothing else. Inline style attributes are allowed
// because go-app sets them; inline styles cannot run code.
const DefaultCSP = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; " +
	"img-src 'self' data:; style-src 'self'; style-src-attr 'unsafe-inline'; font-src 'self'; manifest-src 'self'; " +
	"worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// apiCSP is for answers that are never a page.
const apiCSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsCSP is for the API's documentation page: text and one style sheet.
const docsCSP = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// headers sets the security headers of every answer. A route may tighten them.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", apiCSP)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.https {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// apiHeaders keep answers of the API out of every cache.
func apiHeaders(h http.Header) { h.Set("Cache-Control", "no-store") }

// crossOrigin refuses what another site made the browser send.
func (s *Server) crossOrigin(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, refuse(flow.CodeForbidden, "This request comes from another site."))
}

// nothing answers paths under /api/ that no route has.
func (s *Server) nothing(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, refuse(flow.CodeNotFound, "The API has no %s %s.", r.Method, r.URL.Path))
}

// pages answers everything that is not the API: the app.
func (s *Server) pages(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.fail(w, r, refuse(codeMethod, "Pages are only read."))
		return
	}
	if s.app == nil || strings.HasPrefix(r.URL.Path, "/debug/") {
		s.fail(w, r, refuse(flow.CodeNotFound, "There is no such page."))
		return
	}
	w.Header().Set("Content-Security-Policy", s.csp)
	s.app.ServeHTTP(w, r)
}
