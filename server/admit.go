package server

import (
	"bufio"
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"millrace.dev/flow"
)

// admit wraps a route with what every request passes, in this order: counting
// and logging, panics, who is it, may they, is the body acceptable JSON, was
// this very request made before.
func (s *Server) admit(pattern string, row access, route http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := s.wall()
		watched := &watchedWriter{ResponseWriter: w, status: http.StatusOK}
		var who caller
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("panic in a route", "route", pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				if !watched.wrote {
					refuse(flow.CodeInternal, "Internal error.").write(watched)
				}
			}
			s.requestDone(r, pattern, who, watched, began)
		}()
		api := strings.HasPrefix(r.URL.Path, "/api/")
		if api {
			apiHeaders(w.Header())
		}
		var err error
		if who, err = s.enter(r, row); err != nil {
			s.fail(watched, r, err)
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), callerKey{}, who))
		if !api || r.Method == http.MethodGet || r.Method == http.MethodHead {
			route(watched, r)
			return
		}
		body, refusal := readBody(watched, r)
		if refusal != nil {
			refusal.write(watched)
			return
		}
		s.once(watched, r, pattern, body, route)
	}
}

// enter finds the caller and refuses those whom the row does not allow.
func (s *Server) enter(r *http.Request, row access) (caller, error) {
	if row.local && !s.mayMeasure(r) {
		return caller{}, refuse(flow.CodeNotFound, "There is no such page.")
	}
	if row.everyone {
		return caller{}, nil
	}
	who, err := s.identify(r)
	if err != nil {
		return caller{}, err
	}
	if who.session == "" {
		return who, refuse(flow.CodeUnauthorized, "Sign in first.")
	}
	if !row.allows(who.Role) {
		return who, refuse(flow.CodeForbidden, "The role %q may not do this.", who.Role)
	}
	return who, nil
}

// mayMeasure lets metrics be read from this machine or with the token.
func (s *Server) mayMeasure(r *http.Request) bool {
	if fromLoopback(r) {
		return true
	}
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && s.metricsToken != "" && subtle.ConstantTimeCompare([]byte(given), []byte(s.metricsToken)) == 1
}

// fail answers with an error, and logs it when it is the machine's.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	refusal := refusalOf(err)
	s.logCause(r.Context(), r.Method+" "+r.URL.Path, refusal)
	refusal.write(w)
}

// logCause logs why the machine failed; what the caller did wrong is in the
// request line.
func (s *Server) logCause(ctx context.Context, what string, r *Refusal) {
	if r.Status >= 500 && r.cause != nil && ctx.Err() == nil {
		s.log.Error("request failed", "what", what, "err", r.cause)
	}
}

// requestDone writes the request line. It names the route, never the query or a
// header: they may hold tokens.
func (s *Server) requestDone(r *http.Request, pattern string, who caller, w *watchedWriter, began time.Time) {
	took := s.wall().Sub(began)
	s.metrics.request(pattern, w.status, took)
	level := slog.LevelInfo
	if pattern == "GET /livez" || pattern == "GET /readyz" || pattern == "/" {
		level = slog.LevelDebug
	}
	s.log.Log(r.Context(), level, "request", "method", r.Method, "path", r.URL.Path, "status", w.status,
		"ms", took.Milliseconds(), "bytes", w.bytes, "member", who.ID)
}

// watchedWriter remembers what was answered.
type watchedWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
	wrote  bool
}

// WriteHeader remembers the status.
func (w *watchedWriter) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (w *watchedWriter) Write(b []byte) (int, error) {
	w.wrote = true
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack gives the connection to the websocket.
func (w *watchedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.wrote, w.status = true, http.StatusSwitchingProtocols
	return http.NewResponseController(w.ResponseWriter).Hijack()
}
