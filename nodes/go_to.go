package nodes

import "context"

func init() {
	Register(Spec{
		Type: "go_to", Group: Special, Title: "Go to node",
		Summary: "Sends the run to another node of this flow.",
		Line:    "{node}",
		Icon:    "corner-up-left",
		Pure:    true,
		New:     func() Node { return new(goTo) },
		Example: `{"node": "wait"}`,
	})
}

type goTo struct{ Node string }

func (n *goTo) Form(f *Form) {
	f.Node(&n.Node, "node", "Node").Required().Hint("Where the run goes on. Put a wait on the way back, or it would spin.")
}

func (n *goTo) Run(context.Context, Host) (Result, error) { return Result{GoTo: n.Node}, nil }
