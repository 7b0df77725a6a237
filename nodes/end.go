package nodes

import (
	"cmp"
	"context"
)

func init() {
	Register(Spec{
		Type: "end", Group: Special, Title: "End",
		Summary: "Ends the whole run, with a name for how it ended.",
		Line:    "{outcome}",
		Icon:    "circle-stop",
		Pure:    true,
		New:     func() Node { return new(end) },
		Example: `{"outcome": "won"}`,
	})
}

type end struct{ Outcome string }

func (n *end) Form(f *Form) {
	f.Text(&n.Outcome, "outcome", "Outcome").Default("end").Max(60).Hint("Reports count runs by it.")
}

func (n *end) Run(context.Context, Host) (Result, error) {
	return Result{End: cmp.Or(n.Outcome, "end")}, nil
}
