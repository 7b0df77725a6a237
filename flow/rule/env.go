package rule

import (
	"sort"

	"github.com/expr-lang/expr/types"

	"millrace.dev/crm"
)

// Env is the set of names that expressions and templates of one flow may use,
// with their types. It is immutable and safe for concurrent use.
type Env struct {
	resource crm.Resource
	schemas  crm.Schemas
	roots    map[string]*shape
}

// shape is the type of a name: one of Types, with fields when it is a group.
type shape struct {
	typ    string
	fields map[string]*shape
	// open groups may hold fields that nobody declared.
	open bool
}

// Types of names, as Name.Type gives them.
const (
	TypeText   = "text"
	TypeNumber = "number"
	TypeBool   = "bool"
	TypeTime   = "time"
	TypeList   = "list"
	TypeGroup  = "group"
	TypeAny    = "any"
)

// NewEnv returns the names of a flow that works on records of resource r.
func NewEnv(s crm.Schemas, r crm.Resource) Env {
	own := recordShape(s[r])
	e := Env{resource: r, schemas: s, roots: map[string]*shape{
		string(r): own,
		"record":  own,
		"prev":    own,
		"event":   group(eventNames),
		"run":     group(runNames),
		"owner":   group(ownerNames),
		"vars":    {typ: TypeGroup, fields: map[string]*shape{}},
		"steps":   {typ: TypeGroup, fields: map[string]*shape{}},
		"org":     recordShape(s[crm.Organization]),
		"contact": recordShape(s[crm.User]),
	}}
	return e
}

// WithVars returns e with the names vars.<name>, of any type.
func (e Env) WithVars(names ...string) Env { return e.with("vars", names) }

// WithSteps returns e with the names steps.<node id>, each an open group.
func (e Env) WithSteps(ids ...string) Env { return e.with("steps", ids) }

func (e Env) with(root string, names []string) Env {
	roots := make(map[string]*shape, len(e.roots))
	for k, v := range e.roots {
		roots[k] = v
	}
	fields := make(map[string]*shape, len(names))
	for k, v := range e.roots[root].fields {
		fields[k] = v
	}
	for _, n := range names {
		fields[n] = &shape{typ: TypeAny}
	}
	roots[root] = &shape{typ: TypeGroup, fields: fields}
	e.roots = roots
	return e
}

// canonical is the root under which a scope holds what name means: the flow's
// own record has several names.
func (e Env) canonical(root string) string {
	switch {
	case root == "record",
		root == "org" && e.resource == crm.Organization,
		root == "contact" && e.resource == crm.User:
		return string(e.resource)
	}
	return root
}

func recordShape(s crm.Schema) *shape {
	g := group(ownNames)
	for _, f := range s.Fields {
		if !f.Sensitive {
			g.fields[f.Name] = &shape{typ: typeOf(f.Type)}
		}
	}
	return g
}

func group(names []Name) *shape {
	g := &shape{typ: TypeGroup, fields: make(map[string]*shape, len(names)+20)}
	for _, n := range names {
		g.fields[n.Path] = &shape{typ: n.Type, open: n.Type == TypeGroup}
	}
	return g
}

func typeOf(t crm.FieldType) string {
	switch t {
	case crm.Number, crm.Money:
		return TypeNumber
	case crm.Bool:
		return TypeBool
	case crm.Date, crm.Time:
		return TypeTime
	case crm.Tags:
		return TypeList
	}
	return TypeText
}

// exprType is the shape in expr-lang's words. It is built anew for every
// compilation: expr-lang caches inside its types.
func (s *shape) exprType() types.Type {
	switch s.typ {
	case TypeText:
		return types.String
	case TypeNumber:
		return types.Float64
	case TypeBool:
		return types.Bool
	case TypeTime:
		return types.TypeOf(noTime)
	case TypeList:
		return types.Array(types.String)
	case TypeGroup:
		m := make(types.Map, len(s.fields)+1)
		for k, f := range s.fields {
			m[k] = f.exprType()
		}
		if s.open {
			m[types.Extra] = types.Any
		}
		return m
	}
	return types.Any
}

func (s *shape) names() []string {
	names := make([]string, 0, len(s.fields))
	for k := range s.fields {
		names = append(names, k)
	}
	sort.Strings(names)
	return names
}

// isGroup reports whether a path that exists is known to hold a group.
func (e Env) isGroup(path []string) bool {
	s := e.roots[path[0]]
	for _, part := range path[1:] {
		if s = s.fields[part]; s == nil {
			return false
		}
	}
	return s.typ == TypeGroup
}

// missing describes a path that does not exist in e: the number of its parts
// that do exist, and what was probably meant.
func (e Env) missing(path []string) (known int, suggestion string, ok bool) {
	s := e.roots[path[0]]
	if s == nil {
		return 0, e.suggestRoot(path), false
	}
	for i, part := range path[1:] {
		if s.typ == TypeAny || s.open && s.fields[part] == nil {
			return 0, "", true
		}
		next := s.fields[part]
		if next == nil {
			return i + 1, e.suggestField(path[:i+1], part, s), false
		}
		s = next
	}
	return 0, "", true
}
