package nodes

import (
	"context"
	"fmt"
	"slices"

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
	changed, err := change(ctx, h, n.schema, n.Set)
	if err != nil {
		return Result{}, err
	}
	res := Leave(outPort, Output{"changed": changed})
	if len(changed) == 0 {
		res.Note = "The record already had these values."
	}
	return res, nil
}

// change writes values into the run's record as its schema wants them and lists
// the fields that differ now.
func change(ctx context.Context, h Host, schema crm.Schema, set map[string]any) (changed []string, err error) {
	record := h.Subject().Record
	_, err = h.Change(ctx, record.Resource, record.ID, func(r *crm.Record) error {
		before := crm.CloneFields(r.Fields)
		for _, name := range currencyFirst(sorted(set)) {
			field, ok := schema.Field(name)
			if !ok {
				return &Error{Code: "unknown_field", Text: fmt.Sprintf("There is no field %q any more.", name)}
			}
			v, err := stored(field, set[name], r.Text("currency"))
			if err != nil {
				return &Error{Code: "wrong_value", Text: capital(err.Error()) + "."}
			}
			if r.Fields == nil {
				r.Fields = map[string]any{}
			}
			r.Fields[name] = v
		}
		changed = crm.Changed(before, r.Fields)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("changing %s %s: %w", record.Resource, record.ID, err)
	}
	return changed, nil
}

// currencyFirst moves the currency to the front: amounts are converted by it.
func currencyFirst(names []string) []string {
	if i := slices.Index(names, "currency"); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, "currency")
	}
	return names
}
