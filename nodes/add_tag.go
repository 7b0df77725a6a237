package nodes

import (
	"context"
	"fmt"
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

type addTag struct{ Tag string }

func (n *addTag) Form(f *Form) {
	f.Template(&n.Tag, "tag", "Tag").Required().Max(60)
}

func (n *addTag) Run(ctx context.Context, h Host) (Result, error) {
	tag := strings.TrimSpace(n.Tag)
	if tag == "" {
		return Skip(outPort, "The tag came out empty."), nil
	}
	record := h.Subject().Record
	already := false
	_, err := h.Change(ctx, record.Resource, record.ID, func(r *crm.Record) error {
		tags, _ := texts(r.Fields["tags"])
		list, _ := tags.([]string)
		if already = slices.Contains(list, tag); already {
			return nil
		}
		all := make([]any, 0, len(list)+1)
		for _, t := range list {
			all = append(all, t)
		}
		if r.Fields == nil {
			r.Fields = map[string]any{}
		}
		r.Fields["tags"] = append(all, tag)
		return nil
	})
	if err != nil {
		return Result{}, fmt.Errorf("tagging %s %s: %w", record.Resource, record.ID, err)
	}
	res := Leave(outPort, Output{"tag": tag})
	if already {
		res.Note = "The record already had this tag."
	}
	return res, nil
}
