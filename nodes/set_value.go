package nodes

import (
	"context"
	"regexp"
)

func init() {
	Register(Spec{
		Type: "set_value", Group: Special, Title: "Set a value",
		Summary: "Remembers a value under a name for later nodes of the same run.",
		Line:    "{name} = {value}",
		Icon:    "variable",
		Ports:   []Port{{outPort, "The value is remembered."}},
		Pure:    true,
		New:     func() Node { return new(setValue) },
		Example: `{"name": "greeting", "value": "Hello {{ owner.name | \"there\" }}"}`,
	})
}

type setValue struct {
	Name  string
	Value any
}

var validVar = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (n *setValue) Form(f *Form) {
	f.Text(&n.Name, "name", "Name").Required().Max(40).Hint("Small letters, digits and _. Later nodes read it as vars.name.")
	f.Value(&n.Value, "value", "Value").Required().Hint("A text, a field such as {{ record.source }}, or a formula that starts with =.")
}

func (n *setValue) Check(in Inspection) {
	if name := in.Text("name"); name != "" && !validVar.MatchString(name) {
		in.Report("name", "bad_name", "Use a small letter first, then small letters, digits and _.")
	}
}

func (n *setValue) Sets() []string {
	if !validVar.MatchString(n.Name) {
		return nil
	}
	return []string{n.Name}
}

func (n *setValue) Run(context.Context, Host) (Result, error) {
	res := Leave(outPort, Output{"value": n.Value})
	res.Set = map[string]any{n.Name: n.Value}
	return res, nil
}

var (
	_ Checker = (*setValue)(nil)
	_ Setter  = (*setValue)(nil)
)
