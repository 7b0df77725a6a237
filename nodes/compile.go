package nodes

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
)

// Compile compiles a node's properties once, for any number of Fills. The
// problems of a disabled node are warnings, because it never runs. The Bound is
// nil when there are errors.
func Compile(id string, n flow.Node, env rule.Env, r crm.Resource, s crm.Schemas) (*Bound, flow.Problems) {
	c := compiler{id: id, path: flow.Pointer("nodes", id), node: n, env: env, schema: s[r]}
	spec, ok := Lookup(n.Type)
	if !ok {
		c.add(c.at("type"), "unknown_type", fmt.Sprintf("There is no node type %q in this version. Replace the node, or update Millrace.", n.Type))
		return nil, c.found
	}
	c.bound = &Bound{spec: spec, schema: c.schema, filters: map[string]*rule.Program{}}
	c.properties(spec)
	if c.found.HasErrors() {
		return nil, c.found
	}
	return c.bound, c.found
}

type compiler struct {
	id     string
	path   string // of the node
	node   flow.Node
	env    rule.Env
	schema crm.Schema
	bound  *Bound
	found  flow.Problems
}

func (c *compiler) add(path, code, text string) {
	c.problem(flow.Problem{Path: path, Code: code, Text: text})
}

func (c *compiler) problem(p flow.Problem) {
	p.Level, p.Node = flow.LevelError, c.id
	if c.node.Disabled {
		p.Level = flow.LevelWarning
	}
	c.found = append(c.found, p)
}

func (c *compiler) at(prop string) string { return c.path + flow.Pointer(prop) }

func (c *compiler) properties(spec Spec) {
	node := spec.New()
	var form Form
	node.Form(&form)
	names := make([]string, len(form.props))
	right := map[string]any{}
	for i, p := range form.props {
		names[i] = p.Name
		before := len(c.found)
		c.bound.names = append(c.bound.names, p.Name)
		set := c.property(p, form.props)
		if len(c.found) > before {
			set = nil // a disabled node is bound all the same, without what is wrong
		} else {
			right[p.Name] = valueOf(p, c.node.Props)
		}
		c.bound.setters = append(c.bound.setters, set)
	}
	for _, g := range form.givens {
		c.bound.use(c.bound.root(g.path[0]) + "." + g.path[1])
	}
	c.unknown(names)
	if checker, ok := node.(Checker); ok {
		checker.Check(Inspection{Props: right, Schema: c.schema, Report: func(prop, code, text string) {
			c.add(c.at(prop), code, text)
		}})
	}
}

// unknown reports properties that the type does not have.
func (c *compiler) unknown(names []string) {
	for _, name := range sorted(c.node.Props) {
		if has(names, name) {
			continue
		}
		near := nearest(name, names)
		text := fmt.Sprintf("This node has no property %q. Delete it.", name)
		if near != "" {
			text = fmt.Sprintf("This node has no property %q. Did you mean %q?", name, near)
		}
		c.problem(flow.Problem{Path: c.at(name), Code: "unknown_property", Text: text, Suggestion: near})
	}
}

// wants says, by kind, what JSON a property takes.
var wants = map[PropKind]string{
	KindNumber: "a number", KindBool: "true or false", KindDuration: "a length of time such as PT30M, PT24H or P3D",
	KindValues: "an object of fields and their new values", KindFields: "a list of field names",
	KindMembers: "a list of member ids", KindTeams: "a list of team names", KindList: "a list of texts",
	KindChoices: "a list of texts", KindCases: `a list of {"name": …} rows`,
}

// property compiles one property; nil leaves the node's zero value.
func (c *compiler) property(p *Prop, form []*Prop) setter {
	path := c.path + "/" + p.Name
	raw := valueOf(p, c.node.Props)
	if blank(raw) {
		if p.Required && shown(p, form, c.node.Props) {
			c.add(path, "required", fmt.Sprintf("Fill in %q.", p.Label))
		}
		if given := c.node.Props[p.Name]; given == nil {
			return nil
		} else if _, ok := decode(p.Kind, given); !ok && given != "" {
			c.wrongType(p)
		}
		return nil
	}
	v, ok := decode(p.Kind, raw)
	if !ok {
		c.wrongType(p)
		return nil
	}
	if !c.bounds(p, v) {
		return nil
	}
	switch p.Kind {
	case KindTemplate:
		return c.templateProp(p, v.(string), path)
	case KindList:
		return c.listProp(p, v.([]string), path)
	case KindValue:
		return c.valueProp(raw, path)
	case KindValues:
		return c.valuesProp(v.(map[string]any), path)
	case KindCondition:
		return c.conditionProp(v.(string), path)
	case KindFilter:
		return c.filterProp(p, v.(string), path)
	case KindCases:
		return c.casesProp(p, raw.([]any), path)
	}
	if !c.literalOK(p, v, path) {
		return nil
	}
	return func(target any, _ *filling) error { put(target, v); return nil }
}

func (c *compiler) wrongType(p *Prop) {
	want := wants[p.Kind]
	if want == "" {
		want = "a text"
	}
	c.add(c.at(p.Name), "wrong_type", fmt.Sprintf("%q takes %s.", p.Label, want))
}

// bounds checks a value's size.
func (c *compiler) bounds(p *Prop, v any) bool {
	n, what := 0.0, ""
	switch x := v.(type) {
	case string:
		n, what = float64(utf8.RuneCountInString(x)), " characters"
	case []string:
		n, what = float64(len(x)), " entries"
	case []Case:
		n, what = float64(len(x)), " rows"
	case float64:
		n = x
		if n != n || n < float64(p.Min) && p.Min != 0 {
			c.add(c.at(p.Name), "too_small", fmt.Sprintf("%q must be at least %d.", p.Label, p.Min))
			return false
		}
	default:
		return true
	}
	if p.Max > 0 && n > float64(p.Max) {
		c.add(c.at(p.Name), "too_large", fmt.Sprintf("%q takes at most %d%s.", p.Label, p.Max, what))
		return false
	}
	return true
}

func (c *compiler) issues(path string, shift int, issues []rule.Issue) bool {
	for _, i := range issues {
		p := issueAt(path, i)
		if p.Column > 0 {
			p.Column += shift
		}
		c.problem(p)
	}
	return len(issues) == 0
}

// template compiles a text with {{fields}}; the text itself when it has none.
func (c *compiler) template(src, sink, path string) func(*filling) (string, error) {
	t, issues := c.env.Template(src, sink)
	if !c.issues(path, 0, issues) {
		return nil
	}
	if !strings.Contains(src, "{{") {
		return func(*filling) (string, error) { return src, nil }
	}
	c.bound.use(t.Uses()...)
	return func(f *filling) (string, error) {
		text, warnings, err := t.Render(f.scope, f.budget)
		f.warn(warnings...)
		return text, err
	}
}

func (c *compiler) templateProp(p *Prop, src, path string) setter {
	if !strings.Contains(src, "{{") && p.ChoicesOf != "" && !c.choiceOf(p, src, path) {
		return nil
	}
	render := c.template(src, p.Sink, path)
	if render == nil {
		return nil
	}
	return func(target any, f *filling) error {
		text, err := render(f)
		*target.(*string) = text
		return err
	}
}

func (c *compiler) listProp(p *Prop, srcs []string, path string) setter {
	renders := make([]func(*filling) (string, error), len(srcs))
	for i, src := range srcs {
		renders[i] = c.template(src, p.Sink, fmt.Sprintf("%s/%d", path, i))
	}
	return func(target any, f *filling) error {
		out := make([]string, len(renders))
		for i, render := range renders {
			var err error
			if out[i], err = render(f); err != nil {
				return err
			}
		}
		*target.(*[]string) = out
		return nil
	}
}

func (c *compiler) conditionProp(src, path string) setter {
	cond := c.condition(src, path)
	return func(target any, f *filling) error { *target.(*Cond) = cond(f); return nil }
}

// condition compiles an expression to be evaluated on entry. Comparing a field
// that has no value makes it false with a warning.
func (c *compiler) condition(src, path string) func(*filling) Cond {
	prog, issues := c.env.Condition(src)
	if !c.issues(path, 0, issues) {
		return nil
	}
	c.bound.use(prog.Uses()...)
	return func(f *filling) Cond {
		f.warn(f.fresh()...)
		holds, err := prog.Holds(f.scope, f.budget)
		if noValue(err) {
			return Cond{Warning: fmt.Sprintf("%s: %v", src, err)}
		}
		return Cond{Holds: holds, Err: err, Warning: strings.Join(f.fresh(), "; ")}
	}
}

func (c *compiler) filterProp(p *Prop, src, path string) setter {
	prog, issues := c.env.Condition(src)
	if !c.issues(path, 0, issues) {
		return nil
	}
	c.bound.use(prog.Uses()...)
	c.bound.filters[p.Name] = prog
	return func(target any, _ *filling) error { *target.(*Filter) = Filter{Source: src}; return nil }
}
