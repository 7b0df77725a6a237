package nodes

import "time"

// PropKind says how a property is edited and what JSON it takes.
type PropKind string

// Property kinds, with their JSON in flow files.
const (
	KindText      PropKind = "text"      // string, used as it is
	KindTemplate  PropKind = "template"  // string with {{fields}}
	KindChoice    PropKind = "choice"    // one of Choices
	KindNumber    PropKind = "number"    // number
	KindBool      PropKind = "bool"      // true or false
	KindDuration  PropKind = "duration"  // ISO 8601: "PT24H", "P3D"
	KindValue     PropKind = "value"     // any JSON; a string may be a template, or a formula when it starts with "="
	KindValues    PropKind = "values"    // object: field of Resource → value, as KindValue
	KindCondition PropKind = "condition" // expression, evaluated on entry
	KindFilter    PropKind = "filter"    // expression, evaluated against an event
	KindField     PropKind = "field"     // name of one of the record's fields
	KindFields    PropKind = "fields"    // list of field names
	KindNode      PropKind = "node"      // id of a node of this flow
	KindCases     PropKind = "cases"     // list of {"name", "if"} or {"name", "value"}
	KindMembers   PropKind = "members"   // list of member ids
	KindTeams     PropKind = "teams"     // list of team names
	KindEvent     PropKind = "event"     // event type, "message.received"
	KindList      PropKind = "list"      // list of strings, each a template
)

// Prop describes one property: the panel, the checks and the JSON Schema read
// nothing else.
type Prop struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Kind     PropKind `json:"kind"`
	Required bool     `json:"required,omitempty"`
	Help     string   `json:"help,omitempty"`
	Rows     int      `json:"rows,omitempty"` // lines of a text area, 0 for one line
	Max      int      `json:"max,omitempty"`  // runes of a text, or the largest number
	Min      int      `json:"min,omitempty"`
	Choices  []string `json:"choices,omitempty"`
	Default  any      `json:"default,omitempty"`
	// When shows the property only while another one has one of the values.
	When *When `json:"when,omitempty"`
	// Sink says where a template's output goes, which decides the escaping:
	// "text", "html", "url", "header", "json", "sms".
	Sink string `json:"sink,omitempty"`
	// CaseKey is "if" or "value" for KindCases.
	CaseKey string `json:"case_key,omitempty"`

	target any
}

// When is a property's visibility rule.
type When struct {
	Prop   string   `json:"prop"`
	Values []string `json:"values"`
}

// Case is one row of a KindCases property after evaluation.
type Case struct {
	Name string
	If   Cond
	// Value is the row's value, for switch.
	Value any
}

// Form collects a node's properties in screen order. Its methods follow package
// flag: a pointer to the field, the property's name, its label.
type Form struct{ props []*Prop }

func (f *Form) add(kind PropKind, target any, name, label string) *Prop {
	p := &Prop{Name: name, Label: label, Kind: kind, target: target}
	f.props = append(f.props, p)
	return p
}

// Props lists the declared properties in order.
func (f *Form) Props() []*Prop { return f.props }

// Text declares a literal text.
func (f *Form) Text(p *string, name, label string) *Prop { return f.add(KindText, p, name, label) }

// Template declares a text with {{fields}}.
func (f *Form) Template(p *string, name, label string) *Prop {
	t := f.add(KindTemplate, p, name, label)
	t.Sink = "text"
	return t
}

// Choice declares one of the given values; the first is the default.
func (f *Form) Choice(p *string, name, label string, values ...string) *Prop {
	c := f.add(KindChoice, p, name, label)
	c.Choices = values
	return c
}

// Number declares a number.
func (f *Form) Number(p *float64, name, label string) *Prop {
	return f.add(KindNumber, p, name, label)
}

// Bool declares a yes or no.
func (f *Form) Bool(p *bool, name, label string) *Prop { return f.add(KindBool, p, name, label) }

// Duration declares a length of time, from one second to flow.MaxDelay.
func (f *Form) Duration(p *time.Duration, name, label string) *Prop {
	return f.add(KindDuration, p, name, label)
}

// Value declares any value: fixed, a field, or a formula ("= deal.amount * 2").
func (f *Form) Value(p *any, name, label string) *Prop { return f.add(KindValue, p, name, label) }

// Values declares new values for fields of the flow's resource.
func (f *Form) Values(p *map[string]any, name, label string) *Prop {
	return f.add(KindValues, p, name, label)
}

// Condition declares an expression that is evaluated when the node is entered.
func (f *Form) Condition(p *Cond, name, label string) *Prop {
	return f.add(KindCondition, p, name, label)
}

// Filter declares an expression that is evaluated against events.
func (f *Form) Filter(p *Filter, name, label string) *Prop { return f.add(KindFilter, p, name, label) }

// Field declares the name of one field of the flow's resource.
func (f *Form) Field(p *string, name, label string) *Prop { return f.add(KindField, p, name, label) }

// Fields declares names of fields of the flow's resource.
func (f *Form) Fields(p *[]string, name, label string) *Prop {
	return f.add(KindFields, p, name, label)
}

// Node declares the id of another node of the flow.
func (f *Form) Node(p *string, name, label string) *Prop { return f.add(KindNode, p, name, label) }

// Cases declares named rows, each with a condition ("if") or a value ("value");
// each name is a port.
func (f *Form) Cases(p *[]Case, name, label, key string) *Prop {
	c := f.add(KindCases, p, name, label)
	c.CaseKey = key
	return c
}

// Members declares named members.
func (f *Form) Members(p *[]string, name, label string) *Prop {
	return f.add(KindMembers, p, name, label)
}

// Teams declares teams of members.
func (f *Form) Teams(p *[]string, name, label string) *Prop { return f.add(KindTeams, p, name, label) }

// Event declares an event type.
func (f *Form) Event(p *string, name, label string) *Prop { return f.add(KindEvent, p, name, label) }

// List declares a list of texts with {{fields}}.
func (f *Form) List(p *[]string, name, label string) *Prop { return f.add(KindList, p, name, label) }

// Must makes the property required.
func (p *Prop) Must() *Prop { p.Required = true; return p }

// Hint adds one sentence of help under the field.
func (p *Prop) Hint(s string) *Prop { p.Help = s; return p }

// Lines makes a text area of n lines.
func (p *Prop) Lines(n int) *Prop { p.Rows = n; return p }

// Between bounds a number, or a text's runes.
func (p *Prop) Between(min, max int) *Prop { p.Min, p.Max = min, max; return p }

// Else sets the value used when the author leaves the property out.
func (p *Prop) Else(v any) *Prop { p.Default = v; return p }

// If shows the property only while prop has one of values.
func (p *Prop) If(prop string, values ...string) *Prop {
	p.When = &When{Prop: prop, Values: values}
	return p
}

// To names the sink of a template's output.
func (p *Prop) To(sink string) *Prop { p.Sink = sink; return p }
