package nodes

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"millrace.dev/flow"
)

var (
	catalogue = map[string]Spec{}
	validType = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)
)

// Register adds a node type to the catalogue. It panics on what would make the
// program wrong from its first moment: a bad or taken name, a missing New, a
// property or port with a bad or repeated name.
func Register(s Spec) {
	if err := sound(s); err != nil {
		panic(fmt.Sprintf("nodes: registering %q: %v", s.Type, err))
	}
	catalogue[s.Type] = s
}

func sound(s Spec) error {
	if !validType.MatchString(s.Type) {
		return fmt.Errorf("a type is snake_case")
	}
	if _, taken := catalogue[s.Type]; taken {
		return fmt.Errorf("the type is taken")
	}
	if !slices.Contains(Groups, s.Group) {
		return fmt.Errorf("unknown group %q", s.Group)
	}
	if s.New == nil {
		return fmt.Errorf("it has no New")
	}
	seen := map[string]bool{ErrorPort: true}
	for _, p := range s.Ports {
		if !flow.ValidID(p.Name) || seen[p.Name] {
			return fmt.Errorf("port %q is bad or repeated", p.Name)
		}
		seen[p.Name] = true
	}
	seen = map[string]bool{}
	for _, p := range formOf(s) {
		if !validType.MatchString(p.Name) || seen[p.Name] || flow.ReservedProp(p.Name) {
			return fmt.Errorf("property %q is bad, reserved or repeated", p.Name)
		}
		seen[p.Name] = true
	}
	return nil
}

// Lookup finds a node type.
func Lookup(typ string) (Spec, bool) {
	s, ok := catalogue[typ]
	return s, ok
}

// All lists the catalogue in palette order: by group, then by title.
func All() []Spec {
	specs := make([]Spec, 0, len(catalogue))
	for _, s := range catalogue {
		specs = append(specs, s)
	}
	slices.SortFunc(specs, func(a, b Spec) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Groups, a.Group), slices.Index(Groups, b.Group)),
			cmp.Compare(a.Title, b.Title),
		)
	})
	return specs
}

// FormOf lists fresh properties of a type in screen order, none for an unknown
// type.
func FormOf(typ string) []*Prop {
	s, ok := Lookup(typ)
	if !ok {
		return nil
	}
	return formOf(s)
}

func formOf(s Spec) []*Prop {
	var f Form
	s.New().Form(&f)
	return f.props
}

// PortsOf lists the ways out of a node, the ordinary one first, without
// ErrorPort. An unknown type has none.
func PortsOf(n flow.Node) []Port {
	s, ok := Lookup(n.Type)
	if !ok {
		return []Port{}
	}
	if len(s.Ports) == 0 {
		if p, ok := literal(s, n).(Porter); ok {
			return p.Ports()
		}
	}
	return s.Ports
}

// TitleOf is the author's title of a node, else its type's, else the type.
func TitleOf(n flow.Node) string {
	if n.Title != "" {
		return n.Title
	}
	if s, ok := Lookup(n.Type); ok {
		return s.Title
	}
	return n.Type
}
