package nodes

import "context"

func init() {
	Register(Spec{
		Type: "frame", Group: Notes, Title: "Frame",
		Summary: "Draws a box around nodes that belong together.",
		Line:    "{name}",
		Icon:    "frame",
		Pure:    true,
		New:     func() Node { return new(frame) },
		Example: `{"name": "Follow-up", "width": 480, "height": 320}`,
	})
}

type frame struct {
	Name, Color   string
	Width, Height float64
}

func (n *frame) Form(f *Form) {
	f.Text(&n.Name, "name", "Name").Max(80)
	f.Number(&n.Width, "width", "Width").Default(480.0).Min(80).Max(10_000)
	f.Number(&n.Height, "height", "Height").Default(320.0).Min(80).Max(10_000)
	f.Choice(&n.Color, "color", "Colour", noteColors...).Say("Yellow", "Blue", "Green", "Pink", "Grey")
}

// Run is never called: a frame is not part of the logic.
func (n *frame) Run(context.Context, Host) (Result, error) { return Result{}, nil }
