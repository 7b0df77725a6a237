package rule

import (
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr/file"
)

// Error codes of evaluation.
const (
	CodeLimit     = "expr_limit"    // a limit of SAFETY.md §2 was passed
	CodeNil       = "nil_value"     // arithmetic on a field that has no value
	CodeType      = "type_mismatch" // a value is of another type than the operation needs
	CodeNumber    = "bad_number"    // division by zero, overflow, not a finite number
	CodeArgument  = "bad_argument"  // a function cannot use this value
	CodeExpansion = "template_limit"
)

// Error is why an evaluation failed.
type Error struct {
	// Code is one of the Code constants.
	Code string
	// Text tells a business person what went wrong.
	Text string
	// Column is the 1-based rune position in the source, 0 when unknown.
	Column int
}

// Error is the code and the text.
func (e *Error) Error() string { return e.Code + ": " + e.Text }

func limitError(text string) *Error { return &Error{Code: CodeLimit, Text: text} }

func errorf(code, format string, args ...any) *Error {
	return &Error{Code: code, Text: fmt.Sprintf(format, args...)}
}

// codedError turns what the virtual machine reports into an Error. It never
// prints a value: a value that was not checked may be endless (SAFETY.md M8).
func codedError(err error) *Error {
	column := 0
	var at *file.Error
	if errors.As(err, &at) {
		column = at.From + 1
	}
	var own *Error
	if errors.As(err, &own) {
		c := *own
		c.Column = column
		return &c
	}
	if at != nil && strings.HasPrefix(at.Message, "memory budget exceeded") {
		return &Error{Code: CodeLimit, Text: "The lists made here are too long.", Column: column}
	}
	return &Error{Code: CodeType, Text: "This cannot be computed with the values at hand.", Column: column}
}
