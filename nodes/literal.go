package nodes

import (
	"time"

	"millrace.dev/flow"
)

// decode reads a JSON value as its property's kind wants it, without evaluating
// anything; ok is false when the JSON type is wrong. A text stands for kinds
// whose value is a template or an expression.
func decode(kind PropKind, raw any) (v any, ok bool) {
	switch kind {
	case KindNumber:
		return number(raw)
	case KindBool:
		v, ok = raw.(bool)
		return v, ok
	case KindValue:
		return raw, true
	case KindValues:
		v, ok = raw.(map[string]any)
		return v, ok
	case KindFields, KindMembers, KindTeams, KindList, KindChoices:
		return texts(raw)
	case KindCases:
		return rows(raw)
	case KindDuration:
		s, ok := raw.(string)
		d, err := ParseDuration(s)
		return d, ok && err == nil
	}
	v, ok = raw.(string)
	return v, ok
}

func number(raw any) (any, bool) {
	switch n := raw.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	}
	return nil, false
}

func texts(raw any) (any, bool) {
	switch list := raw.(type) {
	case []string:
		return list, true
	case []any:
		out := make([]string, len(list))
		for i, x := range list {
			s, ok := x.(string)
			if !ok {
				return nil, false
			}
			out[i] = s
		}
		return out, true
	}
	return nil, false
}

// rows reads the names of cases.
func rows(raw any) (any, bool) {
	list, ok := raw.([]any)
	if !ok {
		return nil, false
	}
	cases := make([]Case, len(list))
	for i, x := range list {
		row, ok := x.(map[string]any)
		if !ok {
			return nil, false
		}
		if cases[i].Name, ok = row["name"].(string); !ok && row["name"] != nil {
			return nil, false
		}
	}
	return cases, true
}

// put stores a decoded value in a property's target.
func put(target, v any) {
	switch t := target.(type) {
	case *string:
		*t, _ = v.(string)
	case *float64:
		*t, _ = v.(float64)
	case *bool:
		*t, _ = v.(bool)
	case *time.Duration:
		*t, _ = v.(time.Duration)
	case *[]string:
		*t, _ = v.([]string)
	case *[]Case:
		*t, _ = v.([]Case)
	case *map[string]any:
		*t, _ = v.(map[string]any)
	case *any:
		*t = v
	case *Filter:
		t.Source, _ = v.(string)
	}
}

// literal makes a node whose properties are as the author wrote them, templates
// and formulas unevaluated; what has a wrong type is left out.
func literal(s Spec, n flow.Node) Node {
	node := s.New()
	var f Form
	node.Form(&f)
	for _, p := range f.props {
		if v, ok := decode(p.Kind, valueOf(p, n.Props)); ok {
			put(p.target, v)
		}
	}
	return node
}

// Literal makes the node with its properties as the author wrote them,
// unevaluated. Triggers need no more: ask it for Listen. ok is false for an
// unknown type.
func Literal(n flow.Node) (node Node, ok bool) {
	s, ok := Lookup(n.Type)
	if !ok {
		return nil, false
	}
	return literal(s, n), true
}

// valueOf is what the author set, else the property's default.
func valueOf(p *Prop, props map[string]any) any {
	if v := props[p.Name]; !blank(v) {
		return v
	}
	return p.Default
}

// blank reports whether a value counts as not filled in.
func blank(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []any:
		return len(x) == 0
	case []string:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

// shown reports whether the panel shows the property, given the others.
func shown(p *Prop, form []*Prop, props map[string]any) bool {
	if p.When == nil {
		return true
	}
	for _, other := range form {
		if other.Name != p.When.Prop {
			continue
		}
		is := valueOf(other, props)
		for _, v := range p.When.Values {
			if is == v {
				return true
			}
		}
	}
	return false
}
