package nodes

import (
	"context"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "update_record", Group: Records, Title: "Update record",
		Summary: "Writes new values into fields of the record.",
		Line:    "{set}",
		Icon:    "square-pen",
		Ports:   []Port{{outPort, "The record has the new values."}},
		New:     func() Node { return new(updateRecord) },
		Example: `{"set": {"source": "campaign {{ run.id }}", "tags": ["new"]}}`,
	})
}

type updateRecord struct {
	Set    map[string]any
	schema crm.Schema
}

func (n *updateRecord) Form(f *Form) {
	f.Values(&n.Set, "set", "New values").Required().Hint("A text, a field such as {{ owner.name }}, or a formula that starts with =. Amounts are in whole units, such as 1500.50.")
	f.Schema(&n.schema)
}

func (n *updateRecord) Run(ctx context.Context, h Host) (Result, error) {
	changed, err := change(ctx, h, n.schema, fixed(n.Set))
	if err != nil {
		return Result{}, err
	}
	res := Leave(outPort, Output{"changed": changed})
	if already(changed) {
		res.Note = "The record already had these values."
	}
	return res, nil
}
