package nodes

import (
	"time"

	"millrace.dev/crm"
)

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
	KindMember    PropKind = "member"    // member id
	KindMembers   PropKind = "members"   // list of member ids
	KindTeams     PropKind = "teams"     // list of team names
	KindEvent     PropKind = "event"     // event type, "message.received"
	KindList      PropKind = "list"      // list of strings, each a template
	KindChoices   PropKind = "choices"   // list of some of Choices; any texts when there are none
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
	Max      int      `json:"max,omitempty"`  // runes of a text, items of a list, or the largest number
	Min      int      `json:"min,omitempty"`
	Choices  []string `json:"choices,omitempty"`
	// Texts are the English words for Choices on screens, by choice.
	Texts map[string]string `json:"texts,omitempty"`
	// ChoicesOf names the record's field whose choices are offered.
	ChoicesOf string `json:"choices_of,omitempty"`
	// Default is the JSON value used when the author leaves the property out.
	Default any `json:"default,omitempty"`
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
// flag: a pointer to the field, the property's name, its label; what they return
// refines the property: f.Text(&n.Name, "name", "Name").Required().Max(40).
type Form struct {
	props  []*Prop
	givens []given
	schema *crm.Schema

	// A filling form only collects the targets, in order: Bound.Fill runs Form
	// for every visit and needs nothing else of it.
	filling bool
	targets []any
	scratch Prop
}

// given is a value that the run supplies, not the author.
type given struct {
	target *any
	path   [2]string
}

func (f *Form) add(kind PropKind, target any, name, label string) Blank {
	if f.filling {
		f.targets = append(f.targets, target)
		return Blank{&f.scratch}
	}
	p := &Prop{Name: name, Label: label, Kind: kind, target: target}
	f.props = append(f.props, p)
	return Blank{p}
}

// Props lists the declared properties in order.
func (f *Form) Props() []*Prop { return f.props }

// Text declares a literal text.
func (f *Form) Text(p *string, name, label string) Blank { return f.add(KindText, p, name, label) }

// Template declares a text with {{fields}}.
func (f *Form) Template(p *string, name, label string) Blank {
	return f.add(KindTemplate, p, name, label).Sink("text")
}

// Choice declares one of the given values; the first is the default.
func (f *Form) Choice(p *string, name, label string, values ...string) Blank {
	c := f.add(KindChoice, p, name, label)
	if !f.filling {
		c.prop.Choices, c.prop.Default = values, values[0]
	}
	return c
}

// Choices declares some of the given values.
func (f *Form) Choices(p *[]string, name, label string, values ...string) Blank {
	c := f.add(KindChoices, p, name, label)
	c.prop.Choices = values
	return c
}

// Number declares a number.
func (f *Form) Number(p *float64, name, label string) Blank {
	return f.add(KindNumber, p, name, label)
}

// Bool declares a yes or no.
func (f *Form) Bool(p *bool, name, label string) Blank { return f.add(KindBool, p, name, label) }

// Duration declares a length of time, from one second to flow.MaxDelay.
func (f *Form) Duration(p *time.Duration, name, label string) Blank {
	return f.add(KindDuration, p, name, label)
}

// Value declares any value: fixed, a field, or a formula ("= deal.amount * 2").
func (f *Form) Value(p *any, name, label string) Blank { return f.add(KindValue, p, name, label) }

// Values declares new values for fields of the flow's resource.
func (f *Form) Values(p *map[string]any, name, label string) Blank {
	return f.add(KindValues, p, name, label)
}

// Condition declares an expression that is evaluated when the node is entered.
func (f *Form) Condition(p *Cond, name, label string) Blank {
	return f.add(KindCondition, p, name, label)
}

// Filter declares an expression that is evaluated against events.
func (f *Form) Filter(p *Filter, name, label string) Blank { return f.add(KindFilter, p, name, label) }

// Field declares the name of one field of the flow's resource.
func (f *Form) Field(p *string, name, label string) Blank { return f.add(KindField, p, name, label) }

// Fields declares names of fields of the flow's resource.
func (f *Form) Fields(p *[]string, name, label string) Blank {
	return f.add(KindFields, p, name, label)
}

// Node declares the id of another node of the flow.
func (f *Form) Node(p *string, name, label string) Blank { return f.add(KindNode, p, name, label) }

// Cases declares named rows, each with a condition ("if") or a value ("value");
// each name is a port.
func (f *Form) Cases(p *[]Case, name, label, key string) Blank {
	c := f.add(KindCases, p, name, label)
	c.prop.CaseKey = key
	return c
}

// Member declares one named member.
func (f *Form) Member(p *string, name, label string) Blank { return f.add(KindMember, p, name, label) }

// Members declares named members.
func (f *Form) Members(p *[]string, name, label string) Blank {
	return f.add(KindMembers, p, name, label)
}

// Teams declares teams of members.
func (f *Form) Teams(p *[]string, name, label string) Blank { return f.add(KindTeams, p, name, label) }

// Event declares an event type.
func (f *Form) Event(p *string, name, label string) Blank { return f.add(KindEvent, p, name, label) }

// List declares a list of texts with {{fields}}.
func (f *Form) List(p *[]string, name, label string) Blank {
	return f.add(KindList, p, name, label).Sink("text")
}

// Given asks for a value that the run supplies, not the author: root and field
// of the scope, "contact" and "email". It is nil when there is none.
func (f *Form) Given(p *any, root, field string) {
	f.givens = append(f.givens, given{p, [2]string{root, field}})
}

// Schema asks for the schema of the flow's resource.
func (f *Form) Schema(p *crm.Schema) { f.schema = p }

// Blank is a property while it is declared; its methods refine it.
type Blank struct{ prop *Prop }

// Required makes the property required.
func (b Blank) Required() Blank { b.prop.Required = true; return b }

// Hint adds one sentence of help under the field.
func (b Blank) Hint(s string) Blank { b.prop.Help = s; return b }

// Rows makes a text area of n lines.
func (b Blank) Rows(n int) Blank { b.prop.Rows = n; return b }

// Max bounds a number, a text's runes or a list's items.
func (b Blank) Max(n int) Blank { b.prop.Max = n; return b }

// Min bounds a number from below.
func (b Blank) Min(n int) Blank { b.prop.Min = n; return b }

// Default sets the JSON value used when the author leaves the property out.
func (b Blank) Default(v any) Blank { b.prop.Default = v; return b }

// ShowIf shows the property only while another one has one of the values.
func (b Blank) ShowIf(prop string, values ...string) Blank {
	b.prop.When = &When{Prop: prop, Values: values}
	return b
}

// Sink says where a template's output goes.
func (b Blank) Sink(sink string) Blank { b.prop.Sink = sink; return b }

// ChoicesOf offers the choices of one of the record's fields.
func (b Blank) ChoicesOf(field string) Blank { b.prop.ChoicesOf = field; return b }

// Say sets the English words for the choices, in their order.
func (b Blank) Say(texts ...string) Blank {
	if b.prop.target == nil {
		return b // a filling form's scratch property: nobody reads it
	}
	b.prop.Texts = make(map[string]string, len(texts))
	for i, c := range b.prop.Choices {
		b.prop.Texts[c] = texts[i]
	}
	return b
}
