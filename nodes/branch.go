package nodes

import (
	"context"
	"fmt"
	"strings"
)

// elsePort is left by when no row of a branch or switch fits.
const elsePort = "else"

func init() {
	Register(Spec{
		Type: "branch", Group: Special, Title: "Branch",
		Summary: "Goes different ways depending on conditions.",
		Line:    "{cases}, else",
		Icon:    "git-branch",
		Pure:    true,
		New:     func() Node { return new(branch) },
		Example: `{"mode": "first", "cases": [{"name": "vip", "if": "\"vip\" in record.tags"}, {"name": "web", "if": "record.source == \"web\""}]}`,
	})
}

type branch struct {
	Mode  string
	Cases []Case
}

func (n *branch) Form(f *Form) {
	f.Choice(&n.Mode, "mode", "Take", "first", "all").
		Say("the first way whose condition holds", "every way whose condition holds").
		Hint("When no condition holds, the run leaves by \"else\".")
	f.Cases(&n.Cases, "cases", "Ways", "if").Required().Max(20).Hint("Each way has a name and a condition, tried from the top.")
}

func (n *branch) Ports() []Port { return casePorts(n.Cases) }

// casePorts makes a port of every named row, and the one for none of them.
func casePorts(cases []Case) []Port {
	ports := make([]Port, 0, len(cases)+1)
	for _, c := range cases {
		if c.Name != "" {
			ports = append(ports, Port{c.Name, fmt.Sprintf("The row %q fits.", c.Name)})
		}
	}
	return append(ports, Port{elsePort, "Nothing else fits."})
}

func (n *branch) Run(context.Context, Host) (Result, error) {
	var res Result
	var notes []string
	for _, c := range n.Cases {
		if c.If.Err != nil {
			return Result{}, &Error{Code: "condition", Text: fmt.Sprintf("deciding %q: %v", c.Name, c.If.Err), Cause: c.If.Err}
		}
		if c.If.Warning != "" {
			notes = append(notes, c.If.Warning)
		}
		if !c.If.Holds {
			continue
		}
		res.Ports = append(res.Ports, c.Name)
		if n.Mode != "all" {
			break
		}
	}
	if len(res.Ports) == 0 {
		res.Ports = []string{elsePort}
	}
	res.Note = strings.Join(notes, "; ")
	return res, nil
}

var _ Porter = (*branch)(nil)
