package nodes

import (
	"context"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "record_updated", Group: Triggers, Title: "Record updated",
		Summary: "Starts a run when a record changes.",
		Line:    "{fields}",
		Icon:    "file-pen",
		Ports:   []Port{{outPort, "The record after the change."}},
		Pure:    true,
		New:     func() Node { return new(recordUpdated) },
		Example: `{"fields": ["status"], "when": "record.status != prev.status"}`,
	})
}

type recordUpdated struct {
	Fields []string
	When   Filter
}

func (n *recordUpdated) Form(f *Form) {
	f.Fields(&n.Fields, "fields", "Fields to watch").Hint("A change of any of these counts. Leave it empty to watch all.")
	f.Filter(&n.When, "when", "Only if").Hint("A condition on the record after the change; prev is the record before it.")
}

func (n *recordUpdated) Listen(r crm.Resource) Listen {
	return Listen{Events: []string{event(r, "updated")}, Fields: n.Fields, When: n.When}
}

func (n *recordUpdated) Run(ctx context.Context, h Host) (Result, error) { return started(ctx, h) }

var _ Trigger = (*recordUpdated)(nil)
