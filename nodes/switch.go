package nodes

import (
	"context"
	"strings"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "switch", Group: Special, Title: "Switch",
		Summary: "Goes one way for each value of a field.",
		Line:    "by {value}",
		Icon:    "shuffle",
		Pure:    true,
		New:     func() Node { return new(switchOn) },
		Example: `{"value": "{{ record.source }}", "cases": [{"name": "web", "value": "web"}, {"name": "phone", "value": "phone"}]}`,
	})
}

type switchOn struct {
	Value any
	Cases []Case
}

func (n *switchOn) Form(f *Form) {
	f.Value(&n.Value, "value", "Look at").Required().Hint("A field such as {{ record.status }}, or a formula that starts with =.")
	f.Cases(&n.Cases, "cases", "Values", "value").Required().Max(50).Hint("Each value has a name, which becomes a way out.")
}

func (n *switchOn) Ports() []Port { return casePorts(n.Cases) }

func (n *switchOn) Run(context.Context, Host) (Result, error) {
	for _, c := range n.Cases {
		if same(n.Value, c.Value) {
			return Leave(c.Name, Output{"value": n.Value}), nil
		}
	}
	return Leave(elsePort, Output{"value": n.Value}), nil
}

// same compares a value with a row's: numbers by value, and a number with the
// text that spells it.
func same(a, b any) bool {
	switch a.(type) {
	case map[string]any:
		return false
	}
	if _, isObject := b.(map[string]any); isObject {
		return false
	}
	if crm.Equal(a, b) {
		return true
	}
	x, ok := scalar(a)
	y, ok2 := scalar(b)
	return ok && ok2 && strings.TrimSpace(x) == strings.TrimSpace(y)
}

var _ Porter = (*switchOn)(nil)
