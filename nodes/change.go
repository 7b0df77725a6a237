package nodes

import (
	"context"
	"fmt"
	"slices"

	"millrace.dev/crm"
)

// change writes values into the run's record as its schema wants them, and lists
// the fields that differ now: none when it had the values already, nil when an
// earlier try of this visit has done it. The record is read anew right before
// the write: set gets it as it is then, and may be asked again after a lost race.
func change(ctx context.Context, h Host, schema crm.Schema, set func(crm.Record) map[string]any) (changed []string, err error) {
	record := h.Subject().Record
	_, err = h.Change(ctx, record.Resource, record.ID, func(r *crm.Record) error {
		before := crm.CloneFields(r.Fields)
		if r.Fields == nil {
			r.Fields = map[string]any{}
		}
		values := set(*r)
		for _, name := range currencyFirst(sorted(values)) {
			field, ok := schema.Field(name)
			if !ok {
				return &Error{Code: "unknown_field", Text: fmt.Sprintf("There is no field %q any more.", name)}
			}
			v, wrong := stored(field, values[name], r.Text("currency"))
			if wrong != nil {
				return &Error{Code: "wrong_value", Text: wrong.Error(), Cause: *wrong}
			}
			r.Fields[name] = v
		}
		changed = append([]string{}, crm.Changed(before, r.Fields)...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("changing %s %s: %w", record.Resource, record.ID, err)
	}
	return changed, nil
}

// already reports whether a change found nothing to do.
func already(changed []string) bool { return changed != nil && len(changed) == 0 }

// fixed sets the same values whatever the record holds.
func fixed(values map[string]any) func(crm.Record) map[string]any {
	return func(crm.Record) map[string]any { return values }
}

// currencyFirst moves the currency to the front: amounts are converted by it.
func currencyFirst(names []string) []string {
	if i := slices.Index(names, "currency"); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, "currency")
	}
	return names
}
