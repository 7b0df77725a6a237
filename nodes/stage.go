package nodes

import "context"

func init() {
	Register(Spec{
		Type: "stage", Group: People, Title: "Stage",
		Summary: "Shows the record on the board until people have done their work.",
		Line:    "{name}",
		Icon:    "columns-3",
		Ports:   []Port{{"done", "Somebody finished the stage."}},
		Holds:   true,
		New:     func() Node { return new(stage) },
		Example: `{"name": "Diagnosis", "teams": ["Service"], "owner": true}`,
	})
}

type stage struct {
	Name string
	people
}

func (n *stage) Form(f *Form) {
	f.Text(&n.Name, "name", "Stage").Required().Max(80).Hint("The title of the column on the board.")
	n.form(f)
}

func (n *stage) Run(ctx context.Context, h Host) (Result, error) {
	members, err := n.find(ctx, h)
	if err != nil {
		return Result{}, err
	}
	res := Leave("done", Output{"stage": n.Name, "assignees": ids(members)})
	res.Hold = &Hold{Stage: &Stage{Title: n.Name, Assignees: ids(members)}}
	if len(members) == 0 {
		res.Note = "Nobody is assigned: any member may finish the stage."
	}
	return res, nil
}
