package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"millrace.dev/flow"
)

// Codes of refusals that only HTTP knows; the others are flow.Code's.
const (
	codeNoIfMatch flow.Code = "precondition_required"
	codeTooLarge  flow.Code = "too_large"
	codeMedia     flow.Code = "media_type"
	codeRate      flow.Code = "too_many_requests"
	codeMethod    flow.Code = "method_not_allowed"
)

// statusOf maps every code to its HTTP status; a code that is not here is 500.
var statusOf = map[flow.Code]int{
	flow.CodeInvalid:      http.StatusUnprocessableEntity,
	flow.CodeNotFound:     http.StatusNotFound,
	flow.CodeConflict:     http.StatusConflict,
	flow.CodeStale:        http.StatusPreconditionFailed,
	flow.CodeForbidden:    http.StatusForbidden,
	flow.CodeUnauthorized: http.StatusUnauthorized,
	flow.CodeLimit:        http.StatusUnprocessableEntity,
	flow.CodeUnavailable:  http.StatusServiceUnavailable,
	flow.CodeInternal:     http.StatusInternalServerError,
	codeNoIfMatch:         http.StatusPreconditionRequired,
	codeTooLarge:          http.StatusRequestEntityTooLarge,
	codeMedia:             http.StatusUnsupportedMediaType,
	codeRate:              http.StatusTooManyRequests,
	codeMethod:            http.StatusMethodNotAllowed,
}

// Refusal is the body of every error answer: problem+json (RFC 9457) with the
// machine's code and what the author can fix.
type Refusal struct {
	// ErrorModel holds type, title, status and detail.
	huma.ErrorModel
	Code flow.Code `json:"code"`
	// Errors are the problems found, each at its place.
	Errors flow.Problems `json:"errors"`
	// CurrentRev is the stored revision when the caller's was stale.
	CurrentRev int64 `json:"current_rev,omitempty"`
	// Count is how many things stand in the way: the runs inside a flow.
	Count int `json:"count,omitempty"`

	cause      error
	retryAfter int // seconds, 0 for none
}

// Error is the code and the detail.
func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Detail }

// Unwrap is what the refusal was made from.
func (r *Refusal) Unwrap() error { return r.cause }

// headers are the answer's extra headers.
func (r *Refusal) headers() http.Header {
	h := http.Header{}
	if r.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(r.retryAfter))
	}
	return h
}

// ContentType makes it problem+json.
func (r *Refusal) ContentType(string) string { return "application/problem+json" }

// refuse makes a refusal from a code and a text for people.
func refuse(code flow.Code, format string, args ...any) *Refusal {
	status, known := statusOf[code]
	if !known {
		code, status = flow.CodeInternal, http.StatusInternalServerError
	}
	return &Refusal{
		ErrorModel: huma.ErrorModel{
			Type: "/docs#" + string(code), Title: http.StatusText(status), Status: status,
			Detail: fmt.Sprintf(format, args...),
		},
		Code: code, Errors: flow.Problems{},
	}
}

// with adds the problems to the refusal.
func (r *Refusal) with(ps ...flow.Problem) *Refusal {
	r.Errors = append(r.Errors, ps...)
	return r
}

// refusalOf turns any error into what the caller may see: an error without a
// code says nothing but "Internal error.".
func refusalOf(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	var e *flow.Error
	if errors.As(err, &e) && e.Code != flow.CodeInternal {
		r = refuse(e.Code, "%s", e.Text).with(e.Problems...)
		if e.Code == flow.CodeUnavailable {
			r.retryAfter = 2
		}
	} else {
		r = refuse(flow.CodeInternal, "Internal error.")
	}
	r.cause = err
	return r
}

// problemAt is one error-level problem at a JSON Pointer.
func problemAt(path, code, format string, args ...any) flow.Problem {
	return flow.Problem{Level: flow.LevelError, Code: code, Path: path, Text: fmt.Sprintf(format, args...)}
}

// write sends the refusal outside of huma.
func (r *Refusal) write(w http.ResponseWriter) {
	for k, v := range r.headers() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(r.Status)
	_ = json.NewEncoder(w).Encode(r) // the status is out: nothing is left to tell
}

func init() {
	huma.ValidateStrictCasing = true // "ROLE" is not "role"
	// huma makes its own errors through this variable: bad parameters, bodies
	// that do not fit their schema. It never echoes values: they may be secret.
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		r := refuse(codeOfStatus(status), "%s", sentence(msg))
		if status != http.StatusBadRequest { // a body that cannot be read is as wrong as one that does not fit
			r.Status, r.Title = status, http.StatusText(status)
		}
		for _, err := range errs {
			if err != nil {
				r.Errors = append(r.Errors, problemOf(err))
			}
		}
		return r
	}
}

func codeOfStatus(status int) flow.Code {
	if status == http.StatusBadRequest {
		return flow.CodeInvalid
	}
	for _, code := range []flow.Code{flow.CodeInvalid, flow.CodeNotFound, codeTooLarge, codeMedia} {
		if statusOf[code] == status {
			return code
		}
	}
	return flow.CodeInternal
}

func sentence(msg string) string {
	if msg == "validation failed" {
		return "The request does not fit: see errors."
	}
	return msg
}

// problemOf turns one of huma's validation errors into a problem.
func problemOf(err error) flow.Problem {
	d, ok := err.(huma.ErrorDetailer)
	if !ok {
		return problemAt("", "invalid", "%s", "This value cannot be read.")
	}
	detail := d.ErrorDetail()
	code := "invalid"
	switch {
	case detail.Message == "unexpected property":
		code = "unknown_key"
	case strings.HasPrefix(detail.Message, "expected required property"):
		code = "required"
	}
	return problemAt(pointerOf(detail.Location), code, "%s", detail.Message)
}

// pointerOf turns huma's "body.items[3].tags" into "/items/3/tags".
func pointerOf(location string) string {
	location = strings.TrimPrefix(location, "body")
	location = strings.NewReplacer("[", ".", "]", "").Replace(location)
	location = strings.Trim(location, ".")
	if location == "" {
		return ""
	}
	return flow.Pointer(strings.Split(location, ".")...)
}
