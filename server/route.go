package server

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"millrace.dev/flow"
)

// handle registers an API operation: with the gate, which knows who may use it,
// and in /openapi.json. Errors of fn become problem+json.
func handle[I, O any](s *Server, pattern, summary string, fn func(context.Context, *I) (*O, error), status ...int) {
	op := operation(pattern, summary)
	if len(status) > 0 {
		op.DefaultStatus = status[0]
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := fn(ctx, in)
		if err != nil {
			r := refusalOf(err)
			s.logCause(ctx, pattern, r)
			return nil, huma.ErrorWithHeaders(r, r.headers())
		}
		return out, nil
	})
}

// operation describes a route for OpenAPI.
func operation(pattern, summary string) huma.Operation {
	method, path, _ := strings.Cut(pattern, " ")
	words := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '{' || r == '}' })
	return huma.Operation{
		OperationID: strings.ToLower(method) + "-" + strings.Join(words, "-"),
		Method:      method, Path: path, Summary: summary, Tags: []string{words[1]},
		MaxBodyBytes: -1, BodyReadTimeout: -1, // the body was read and measured by admit
		RejectUnknownQueryParameters: true,
	}
}

// plain registers an API operation that needs the response itself, for cookies.
func (s *Server) plain(pattern, summary string, fn func(http.ResponseWriter, *http.Request, []byte) error) {
	op := operation(pattern, summary)
	s.api.OpenAPI().AddOperation(&op)
	s.gate.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body) // admit has bounded it
		if err == nil {
			err = fn(w, r, body)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// writeJSON answers with JSON outside of huma.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller is gone: nothing is left to tell
	return nil
}

// etag is the strong tag of a revision.
func etag(rev int64) string { return `"r` + strconv.FormatInt(rev, 10) + `"` }

// revOf reads an If-Match header: exactly one of our tags.
func revOf(ifMatch string) (int64, error) {
	if ifMatch == "" {
		return 0, refuse(codeNoIfMatch, "Send If-Match with the revision that you changed, so that nobody's work is lost.")
	}
	text, ok := strings.CutPrefix(ifMatch, `"r`)
	text, ok2 := strings.CutSuffix(text, `"`)
	rev, err := strconv.ParseInt(text, 10, 64)
	if !ok || !ok2 || err != nil || rev < 1 {
		return 0, refuse(flow.CodeInvalid, `If-Match must be the ETag that you were given, like "r7".`)
	}
	return rev, nil
}

// stale refuses a write that was made against an older revision.
func stale(current int64) *Refusal {
	r := refuse(flow.CodeStale, "Somebody else saved first. Load the newest and make your change again.")
	r.CurrentRev = current
	return r
}
