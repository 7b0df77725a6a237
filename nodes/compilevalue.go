package nodes

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"millrace.dev/flow"
)

// value makes a property's value for one visit.
type value func(*filling) (any, error)

// oneTag is a text that is one {{field}} and nothing else: it keeps the field's
// own type instead of becoming text.
var oneTag = regexp.MustCompile(`^\s*\{\{\s*([a-z_][a-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)+)\s*\}\}\s*$`)

// plainPath is a path that reads the same in an expression as in a template.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9_.]+$`)

// value compiles any JSON: texts in it may be templates, or formulas when they
// start with "=". fixed is true when nothing is evaluated.
func (c *compiler) value(raw any, path string) (v value, fixed bool) {
	switch x := raw.(type) {
	case string:
		return c.textValue(x, path)
	case []any:
		items, fixed := make([]value, len(x)), true
		for i, item := range x {
			var f bool
			items[i], f = c.value(item, path+flow.Pointer(strconv.Itoa(i)))
			fixed = fixed && f
		}
		if !fixed {
			return func(f *filling) (any, error) { return each(items, f) }, false
		}
	case map[string]any:
		fields, fixed := make(map[string]value, len(x)), true
		for _, k := range sorted(x) {
			var f bool
			fields[k], f = c.value(x[k], path+flow.Pointer(k))
			fixed = fixed && f
		}
		if !fixed {
			return func(f *filling) (any, error) { return eachField(fields, f) }, false
		}
	}
	return func(*filling) (any, error) { return raw, nil }, true
}

func each(items []value, f *filling) (any, error) {
	out := make([]any, len(items))
	for i, item := range items {
		var err error
		if out[i], err = item(f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func eachField(fields map[string]value, f *filling) (map[string]any, error) {
	out := make(map[string]any, len(fields))
	for k, field := range fields {
		v, err := field(f)
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

func (c *compiler) textValue(src, path string) (v value, fixed bool) {
	if strings.HasPrefix(strings.TrimSpace(src), "=") {
		cut := strings.Index(src, "=") + 1
		expr := strings.TrimLeft(src[cut:], " \t")
		return c.formula(expr, path, utf8.RuneCountInString(src[:len(src)-len(expr)])), false
	}
	if m := oneTag.FindStringSubmatchIndex(src); m != nil && plainPath.MatchString(src[m[2]:m[3]]) {
		return c.formula(src[m[2]:m[3]], path, utf8.RuneCountInString(src[:m[2]])), false
	}
	if !strings.Contains(src, "{{") {
		return func(*filling) (any, error) { return src, nil }, true
	}
	render := c.template(src, "text", path)
	return func(f *filling) (any, error) { return render(f) }, false
}

// formula compiles an expression that starts shift runes into the value.
func (c *compiler) formula(src, path string, shift int) value {
	prog, issues := c.env.Formula(src)
	if !c.issues(path, shift, issues) {
		return nil
	}
	c.bound.use(prog.Uses()...)
	return func(f *filling) (any, error) {
		v, err := prog.Value(f.scope, f.budget)
		if noValue(err) {
			f.warn(fmt.Sprintf("%s: %v", src, err))
			return nil, nil
		}
		return v, err
	}
}

func (c *compiler) valueProp(raw any, path string) setter {
	v, _ := c.value(raw, path)
	return func(target any, f *filling) (err error) {
		*target.(*any), err = v(f)
		return err
	}
}

func (c *compiler) valuesProp(raw map[string]any, path string) setter {
	fields, fixed := make(map[string]value, len(raw)), true
	for _, name := range sorted(raw) {
		at := path + flow.Pointer(name)
		field, known := c.schema.Field(name)
		if !known || field.Sensitive {
			c.unknownField(name, at)
			continue
		}
		v, same := c.value(raw[name], at)
		fields[name], fixed = v, fixed && same
		if same {
			if _, wrong := stored(field, raw[name], ""); wrong != nil {
				c.problem(flow.Problem{Path: at, Code: "wrong_value", Text: wrong.Text, Suggestion: wrong.Suggestion})
			}
		}
	}
	if fixed {
		return func(target any, _ *filling) error { put(target, raw); return nil }
	}
	return func(target any, f *filling) (err error) {
		*target.(*map[string]any), err = eachField(fields, f)
		return err
	}
}

// casesProp compiles rows; their names must be usable as ports.
func (c *compiler) casesProp(p *Prop, raw []any, path string) setter {
	type row struct {
		name  string
		cond  func(*filling) Cond
		value value
	}
	rows := make([]row, len(raw))
	seen := map[string]bool{}
	for i, x := range raw {
		at := fmt.Sprintf("%s/%d", path, i)
		m := x.(map[string]any)
		rows[i].name, _ = m["name"].(string)
		c.caseName(rows[i].name, at, seen)
		for _, k := range sorted(m) {
			if k != "name" && k != p.CaseKey {
				c.problem(flow.Problem{Path: at + flow.Pointer(k), Code: "unknown_property",
					Text: fmt.Sprintf("A row has no %q. Did you mean %q?", k, p.CaseKey), Suggestion: p.CaseKey})
			}
		}
		v := m[p.CaseKey]
		src, isText := v.(string)
		switch {
		case blank(v):
			c.add(at+flow.Pointer(p.CaseKey), "required", fmt.Sprintf("Row %d needs a %s.", i+1, map[string]string{"if": "condition"}[p.CaseKey]))
		case p.CaseKey == "value":
			rows[i].value, _ = c.value(v, at+"/value")
		case !isText:
			c.add(at+flow.Pointer(p.CaseKey), "wrong_type", "A condition is a text.")
		default:
			rows[i].cond = c.condition(src, at+flow.Pointer(p.CaseKey))
		}
	}
	return func(target any, f *filling) error {
		out := make([]Case, len(rows))
		for i, r := range rows {
			out[i].Name = r.name
			if r.cond != nil {
				out[i].If = r.cond(f)
				continue
			}
			var err error
			if out[i].Value, err = r.value(f); err != nil {
				return err
			}
		}
		*target.(*[]Case) = out
		return nil
	}
}

func (c *compiler) caseName(name, at string, seen map[string]bool) {
	at += "/name"
	switch {
	case name == "":
		c.add(at, "required", "Give the row a name: it becomes a way out of the node.")
	case !flow.ValidID(name):
		c.add(at, "bad_id", fmt.Sprintf("%q cannot be a way out: use 1 to %d letters, digits, _ or -.", name, flow.MaxID))
	case name == elsePort || name == ErrorPort:
		c.add(at, "bad_id", fmt.Sprintf("%q is already a way out of every such node. Choose another name.", name))
	case seen[name]:
		c.add(at, "duplicate", fmt.Sprintf("Another row is called %q too. Each needs a name of its own.", name))
	}
	seen[name] = true
}
