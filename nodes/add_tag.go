package nodes

import (
	"context"
	"slices"
	"strings"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "add_tag", Group: Records, Title: "Add tag",
		Summary: "Adds a tag to the record, once.",
		Line:    "{tag}",
		Icon:    "tags",
		Ports:   []Port{{outPort, "The record has the tag."}},
		New:     func() Node { return new(addTag) },
		Example: `{"tag": "onboarded"}`,
	})
}

type addTag struct {
	Tag    string
	schema crm.Schema
}

func (n *addTag) Form(f *Form) {
	f.Template(&n.Tag, "tag", "Tag").Required().Max(crm.MaxTag)
	f.Schema(&n.schema)
}

func (n *addTag) Run(ctx context.Context, h Host) (Result, error) {
	tag := strings.Join(strings.Fields(n.Tag), " ")
	if tag == "" {
		return Skip(outPort, "The tag came out empty."), nil
	}
	changed, err := change(ctx, h, n.schema, func(r crm.Record) map[string]any {
		found, _ := texts(r.Fields["tags"])
		tags, _ := found.([]string)
		if slices.ContainsFunc(tags, func(t string) bool { return strings.EqualFold(t, tag) }) {
			return nil
		}
		return map[string]any{"tags": append(slices.Clone(tags), tag)}
	})
	if err != nil {
		return Result{}, err
	}
	res := Leave(outPort, Output{"tag": tag})
	if already(changed) {
		res.Note = "The record already had this tag."
	}
	return res, nil
}
