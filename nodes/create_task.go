package nodes

import (
	"context"
	"fmt"
	"time"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "create_task", Group: People, Title: "Create task",
		Summary: "Gives members something to do about the record.",
		Line:    "{subject}",
		Icon:    "clipboard-check",
		Ports:   []Port{{outPort, "The task exists, or nobody could be given it."}},
		New:     func() Node { return new(createTask) },
		Example: `{"subject": "Call {{ record.id }}", "body": "Ask how it went.", "teams": ["Sales"], "owner": true, "due": "P7D"}`,
	})
}

type createTask struct {
	Subject, Body string
	Due           time.Duration
	people
}

func (n *createTask) Form(f *Form) {
	f.Template(&n.Subject, "subject", "What to do").Required().Max(250)
	f.Template(&n.Body, "body", "Details").Rows(4).Max(10_000)
	n.form(f)
	f.Duration(&n.Due, "due", "Due in").Hint("Counted from when the run gets here.")
}

func (n *createTask) Check(in Inspection) { n.check(in, "members") }

func (n *createTask) Run(ctx context.Context, h Host) (Result, error) {
	members, err := n.find(ctx, h)
	if err != nil {
		return Result{}, err
	}
	if len(members) == 0 {
		return Skip(outPort, nobody), nil
	}
	about := h.Subject()
	task := crm.Task{
		ID: about.Key, Title: oneLine(n.Subject, 250), Body: n.Body,
		Resource: about.Record.Resource, Record: about.Record.ID, Run: about.Run,
		Assignees: ids(members), CreatedAt: h.Now(),
	}
	if n.Due > 0 {
		due := h.Now().Add(n.Due)
		task.Due = &due
	}
	if task, err = h.AddTask(ctx, task); err != nil {
		return Result{}, fmt.Errorf("creating a task: %w", err)
	}
	return Leave(outPort, Output{"task": task.ID, "assignees": task.Assignees}), nil
}

var _ Checker = (*createTask)(nil)
