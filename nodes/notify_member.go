package nodes

import (
	"context"
	"fmt"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "notify_member", Group: People, Title: "Notify members",
		Summary: "Shows a notice to members inside Millrace.",
		Line:    "{text}",
		Icon:    "bell",
		Ports:   []Port{{outPort, "The notice is out, or nobody could be told."}},
		New:     func() Node { return new(notifyMember) },
		Example: `{"owner": true, "text": "{{ record.id }} needs a look."}`,
	})
}

type notifyMember struct {
	Text string
	people
}

func (n *notifyMember) Form(f *Form) {
	f.Template(&n.Text, "text", "Notice").Required().Rows(2).Max(500)
	n.form(f)
}

func (n *notifyMember) Check(in Inspection) { n.check(in, "members") }

func (n *notifyMember) Run(ctx context.Context, h Host) (Result, error) {
	members, err := n.find(ctx, h)
	if err != nil {
		return Result{}, err
	}
	if len(members) == 0 {
		return Skip(outPort, nobody), nil
	}
	about := h.Subject()
	told := ids(members)
	for _, id := range told {
		notice := crm.Message{
			ID: about.Key + ":" + id, Channel: "notice", To: id, Body: n.Text,
			Resource: about.Record.Resource, Record: about.Record.ID,
			Run: about.Run, Flow: about.Flow, Node: about.Node, At: h.Now(),
		}
		if _, err := h.Send(ctx, notice); err != nil {
			return Result{}, fmt.Errorf("notifying %s: %w", id, err)
		}
	}
	return Leave(outPort, Output{"members": told}), nil
}

var _ Checker = (*notifyMember)(nil)
