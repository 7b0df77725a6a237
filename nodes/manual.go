package nodes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"millrace.dev/flow"
)

// Manual is the manual's page of a type in Markdown, "" for an unknown one.
func Manual(typ string) string {
	s, ok := Lookup(typ)
	if !ok {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n`%s` · %s\n\n%s\n", s.Title, s.Type, s.Group, s.Summary)
	if form := formOf(s); len(form) > 0 {
		b.WriteString("\n## Properties\n\n| Property | Name | Takes | Required | |\n|---|---|---|---|---|\n")
		for _, p := range form {
			fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", cell(p.Label), p.Name, cell(takes(p)), yes(p), cell(p.Help))
		}
	}
	b.WriteString("\n## Ways out\n\n")
	ports := PortsOf(flow.Node{Type: typ, Props: exampleProps(s)})
	for _, p := range ports {
		fmt.Fprintf(&b, "- **%s**: %s\n", p.Name, p.Text)
	}
	if len(ports) == 0 {
		b.WriteString("None: nothing follows this node.\n")
	}
	if !s.Pure {
		b.WriteString("- **error**: " + errorText + " Unconnected, the run stops here for a person to decide.\n")
	}
	b.WriteString("\n## Example\n\n```json\n")
	b.WriteString(exampleJSON(s))
	b.WriteString("\n```\n")
	return b.String()
}

// ManualIndex is the manual's list of all types by palette group, in Markdown;
// each links to "<type>".
func ManualIndex() string {
	var b strings.Builder
	b.WriteString("# Nodes\n")
	group := Group("")
	for _, s := range All() {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(&b, "\n## %s\n\n", capital(string(group)))
		}
		fmt.Fprintf(&b, "- [%s](%s): %s\n", s.Title, s.Type, s.Summary)
	}
	return b.String()
}

// takes says in words what a property takes.
func takes(p *Prop) string {
	what := map[PropKind]string{
		KindText: "text", KindTemplate: "text with {{fields}}", KindDuration: "length of time", KindNumber: "number",
		KindBool: "yes or no", KindValue: "any value", KindValues: "new values by field", KindCondition: "condition",
		KindFilter: "condition on an event", KindField: "field", KindFields: "fields", KindNode: "node", KindMember: "member",
		KindMembers: "members", KindTeams: "teams", KindEvent: "event", KindList: "list of texts with {{fields}}",
		KindCases: "rows of a name and a " + map[string]string{"if": "condition", "value": "value"}[p.CaseKey],
	}[p.Kind]
	if p.Kind == KindChoice || p.Kind == KindChoices {
		what = "`" + strings.Join(p.Choices, "`, `") + "`"
		if len(p.Choices) == 0 {
			what = "values of `" + p.ChoicesOf + "`"
		}
	}
	if p.Default != nil {
		what += fmt.Sprintf(" (%v unless set)", p.Default)
	}
	return what
}

func yes(p *Prop) string {
	switch {
	case p.Required && p.When != nil:
		return fmt.Sprintf("when %s is %s", p.When.Prop, strings.Join(p.When.Values, " or "))
	case p.Required:
		return "yes"
	}
	return ""
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func exampleProps(s Spec) map[string]any {
	props := map[string]any{}
	_ = json.Unmarshal([]byte(s.Example), &props) // a test keeps examples valid
	return props
}

// exampleJSON is the example as it stands in a flow file.
func exampleJSON(s Spec) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	props := exampleProps(s)
	props["type"] = s.Type
	_ = enc.Encode(props)
	return strings.TrimSpace(b.String())
}
