package nodes

import "context"

func init() {
	Register(Spec{
		Type: "note", Group: Notes, Title: "Sticky note",
		Summary: "Keeps a remark for whoever reads the flow.",
		Line:    "{text}",
		Icon:    "sticky-note",
		Pure:    true,
		New:     func() Node { return new(note) },
		Example: `{"text": "Ask Maria before changing this part.", "color": "yellow"}`,
	})
}

// noteColors are the colours of notes and frames, as tokens of the style sheet.
var noteColors = []string{"yellow", "blue", "green", "pink", "grey"}

type note struct{ Text, Color string }

func (n *note) Form(f *Form) {
	f.Text(&n.Text, "text", "Text").Rows(4).Max(2000)
	f.Choice(&n.Color, "color", "Colour", noteColors...).Say("Yellow", "Blue", "Green", "Pink", "Grey")
}

// Run is never called: a note is not part of the logic.
func (n *note) Run(context.Context, Host) (Result, error) { return Result{}, nil }
