package nodes

import (
	"context"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "manual_start", Group: Triggers, Title: "Start by hand",
		Summary: "Starts a run when a person presses the button for one or many records.",
		Icon:    "mouse-pointer-click",
		Ports:   []Port{{outPort, "The chosen record."}},
		Pure:    true,
		New:     func() Node { return new(manualStart) },
		Example: `{}`,
	})
}

type manualStart struct{ When Filter }

func (n *manualStart) Form(f *Form) {
	f.Filter(&n.When, "when", "Only if").Hint("Records for which this does not hold are refused.")
}

func (n *manualStart) Listen(crm.Resource) Listen { return Listen{Manual: true, When: n.When} }

func (n *manualStart) Run(ctx context.Context, h Host) (Result, error) { return started(ctx, h) }

var _ Trigger = (*manualStart)(nil)
