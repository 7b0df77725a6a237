package nodes

import (
	"context"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "record_created", Group: Triggers, Title: "Record created",
		Summary: "Starts a run when a new record appears.",
		Line:    "{when}",
		Icon:    "file-plus",
		Ports:   []Port{{outPort, "The new record."}},
		Pure:    true,
		New:     func() Node { return new(recordCreated) },
		Example: `{"when": "record.source == \"web\""}`,
	})
}

type recordCreated struct{ When Filter }

func (n *recordCreated) Form(f *Form) {
	f.Filter(&n.When, "when", "Only if").Hint("A condition on the new record. Leave it empty to take every one.")
}

func (n *recordCreated) Listen(r crm.Resource) Listen {
	return Listen{Events: []string{event(r, "created")}, When: n.When}
}

func (n *recordCreated) Run(ctx context.Context, h Host) (Result, error) { return started(ctx, h) }

var _ Trigger = (*recordCreated)(nil)
