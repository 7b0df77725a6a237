package nodes

import (
	"context"
	"time"
)

func init() {
	Register(Spec{
		Type: "wait_duration", Group: Special, Title: "Wait",
		Summary: "Holds the run for a length of time.",
		Line:    "for {for}",
		Icon:    "timer",
		Ports:   []Port{{outPort, "The time is over."}},
		Pure:    true,
		Holds:   true,
		New:     func() Node { return new(waitDuration) },
		Example: `{"for": "PT24H"}`,
	})
}

type waitDuration struct{ For time.Duration }

func (n *waitDuration) Form(f *Form) {
	f.Duration(&n.For, "for", "How long").Required().Hint("From one second to 366 days. A day is 24 hours.")
}

func (n *waitDuration) Run(context.Context, Host) (Result, error) {
	return Leave(outPort, nil).After(n.For), nil
}
