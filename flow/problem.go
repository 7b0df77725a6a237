package flow

import (
	"errors"
	"fmt"
	"strings"
)

// Level says what a problem stops.
type Level string

// Problem levels: an error blocks publishing, a warning does not.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
)

// Problem is something the author can fix, at a path.
type Problem struct {
	Level Level `json:"level"`
	// Code is stable, snake_case: "unknown_type", "dangling_connector", …
	Code string `json:"code"`
	// Path is a JSON Pointer into the flow file: "/nodes/mail/to".
	Path string `json:"path"`
	// Node and Connector name the place on the canvas, when there is one.
	Node      string `json:"node,omitempty"`
	Connector string `json:"connector,omitempty"`
	// Text tells what is wrong and what to do, for a business person.
	Text string `json:"text"`
	// Column is the 1-based rune column in an expression or template, 0 when the
	// whole value is meant; Caret is the source with a marker line under it.
	Column int    `json:"column,omitempty"`
	Caret  string `json:"caret,omitempty"`
	// Suggestion is a name that was probably meant.
	Suggestion string `json:"suggestion,omitempty"`
}

// String is the problem on one line: "/nodes/mail/to: required: Fill in …".
func (p Problem) String() string { return p.Path + ": " + p.Code + ": " + p.Text }

// Problems is what checking a flow finds.
type Problems []Problem

// HasErrors reports whether any of them blocks publishing.
func (ps Problems) HasErrors() bool {
	for _, p := range ps {
		if p.Level == LevelError {
			return true
		}
	}
	return false
}

// String is one problem a line.
func (ps Problems) String() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Pointer builds a JSON Pointer (RFC 6901) from its parts.
func Pointer(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	return b.String()
}

// Code is the machine's kind of an Error.
type Code string

// Error codes. An error without one is CodeInternal.
const (
	CodeInvalid      Code = "invalid"      // the input has Problems
	CodeNotFound     Code = "not_found"    // no such thing, or none the caller may see
	CodeConflict     Code = "conflict"     // the state of things forbids it
	CodeStale        Code = "stale"        // somebody else saved first
	CodeForbidden    Code = "forbidden"    // the role may not
	CodeUnauthorized Code = "unauthorized" // nobody is signed in
	CodeLimit        Code = "limit"        // a limit of limits.go was passed
	CodeUnavailable  Code = "unavailable"  // a store, bus or provider is down: try again
	CodeInternal     Code = "internal"
)

// Error is an error with a code that callers act on and a text for people.
type Error struct {
	Code     Code
	Text     string
	Problems Problems
}

// Error is the code and the text.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Text) }

// Errorf makes an Error.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}

// CodeOf finds the code of an error: CodeInternal when it has none, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
