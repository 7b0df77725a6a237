package nodes

import (
	"context"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "status_changed", Group: Triggers, Title: "Status changed",
		Summary: "Starts a run when a record's status changes, from and to the values you choose.",
		Line:    "to {to}",
		Icon:    "tag",
		Ports:   []Port{{outPort, "The record in its new status."}},
		Pure:    true,
		New:     func() Node { return new(statusChanged) },
		Example: `{"to": ["open"]}`,
	})
}

type statusChanged struct {
	From, To []string
	Created  bool
	When     Filter
}

func (n *statusChanged) Form(f *Form) {
	f.Choices(&n.From, "from", "From").ChoicesOf("status").Hint("The status before. Leave it empty for any.")
	f.Choices(&n.To, "to", "To").ChoicesOf("status").Hint("The status after. Leave it empty for any.")
	f.Bool(&n.Created, "created", "New records too").Hint("A new record that already has such a status starts a run as well.")
	f.Filter(&n.When, "when", "Only if").Hint("A further condition on the record.")
}

func (n *statusChanged) Listen(r crm.Resource) Listen {
	l := Listen{Events: []string{event(r, "updated")}, Fields: []string{"status"}, When: n.When}
	if n.Created {
		l.Events = append(l.Events, event(r, "created"))
	}
	if len(n.From) > 0 {
		l.From = map[string][]string{"status": n.From}
	}
	if len(n.To) > 0 {
		l.To = map[string][]string{"status": n.To}
	}
	return l
}

func (n *statusChanged) Run(ctx context.Context, h Host) (Result, error) { return started(ctx, h) }

var _ Trigger = (*statusChanged)(nil)
