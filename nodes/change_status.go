package nodes

import (
	"context"
	"strings"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "change_status", Group: Records, Title: "Change status",
		Summary: "Puts the record into another status.",
		Line:    "to {status}",
		Icon:    "arrow-right-left",
		Ports:   []Port{{outPort, "The record has the status."}},
		New:     func() Node { return new(changeStatus) },
		Example: `{"status": "open"}`,
	})
}

type changeStatus struct {
	Status string
	schema crm.Schema
}

func (n *changeStatus) Form(f *Form) {
	f.Template(&n.Status, "status", "New status").Required().Max(200).ChoicesOf("status")
	f.Schema(&n.schema)
}

func (n *changeStatus) Run(ctx context.Context, h Host) (Result, error) {
	status := strings.TrimSpace(n.Status)
	if status == "" {
		return Skip(outPort, "The new status came out empty."), nil
	}
	from := h.Subject().Record.Text("status")
	changed, err := change(ctx, h, n.schema, fixed(map[string]any{"status": status}))
	if err != nil {
		return Result{}, err
	}
	res := Leave(outPort, Output{"from": from, "to": status})
	if already(changed) {
		res.Note = "The record already had this status."
	}
	return res, nil
}
