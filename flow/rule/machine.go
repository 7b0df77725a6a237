package rule

// machine is the environment of one run: what the metered functions work on.
type machine struct {
	program *Program
	scope   Scope
	budget  *Budget
}

// load reads the path of a slot. Anything missing on the way is nil.
func (m *machine) load(slot int) (any, error) {
	path := m.program.paths[slot]
	return lookup(m.scope.Values, path)
}

// lookup follows a path through plain maps; nil where it ends early.
func lookup(values map[string]any, path []string) (any, error) {
	v, ok := values[path[0]]
	if !ok {
		v = ownRecord(values, path[0])
	}
	for _, part := range path[1:] {
		v = fieldOf(v, part)
	}
	return scalar(v)
}

// ownRecord finds the flow's record under its other name, for a scope that
// holds only that.
func ownRecord(values map[string]any, root string) any {
	switch root {
	case "ticket", "lead", "deal", "user", "organization":
		return values["record"]
	}
	return nil
}

func fieldOf(v any, name string) any {
	switch m := v.(type) {
	case map[string]any:
		return m[name]
	case map[string]map[string]any:
		if sub, ok := m[name]; ok {
			return sub
		}
	case map[string]string:
		if s, ok := m[name]; ok {
			return s
		}
	}
	return nil
}

// settle turns a truth into true or false, leaving a warning for unknown.
func (m *machine) settle(u unknown) bool {
	m.budget.warn(u.why)
	return false
}
