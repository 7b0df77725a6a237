package nodes

import (
	"context"
	"fmt"
)

// UnknownSpec stands in for a type that this build lacks, so that a flow that
// uses it can be opened, shown and kept. It is not in the catalogue: Check calls
// it unknown_type, and it is never run.
func UnknownSpec(typ string) Spec {
	return Spec{
		Type: typ, Group: Special, Title: typ,
		Summary: "This version of Millrace does not know this node; it is kept as it is.",
		Icon:    "circle-help",
		New:     func() Node { return unknown{typ} },
	}
}

type unknown struct{ typ string }

func (unknown) Form(*Form) {}

func (u unknown) Run(context.Context, Host) (Result, error) {
	return Result{}, &Error{Code: "unknown_type", Text: fmt.Sprintf("There is no node type %q in this version.", u.typ)}
}
