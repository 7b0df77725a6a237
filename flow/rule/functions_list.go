package rule

import (
	"sort"

	"millrace.dev/crm"
)

var listFunctions = []function{
	{Func{"first", "first(list) value", "The first element; no value for an empty list."}, []string{"list"}, anyType, func(m *machine, a []any) (any, error) { return at(a[0], 0) }},
	{Func{"last", "last(list) value", "The last element; no value for an empty list."}, []string{"list"}, anyType, func(m *machine, a []any) (any, error) { return at(a[0], -1) }},
	{Func{"take", "take(list, n) list", "The first n elements."}, []string{"list", "number"}, listType, func(m *machine, a []any) (any, error) { return slice(m, []any{a[0], nil, a[1]}) }},
	{Func{"get", "get(list or group, place or name) value", "One element or field; no value when it is not there."}, []string{"any", "any"}, anyType, func(m *machine, a []any) (any, error) { return at(a[0], a[1]) }},
	{Func{"keys", "keys(group) list", "The names of a group's fields, sorted."}, []string{"group"}, listType, keysOf},
}

func keysOf(m *machine, a []any) (any, error) {
	g, _ := a[0].(map[string]any)
	if err := m.budget.spend(4 * len(g)); err != nil {
		return nil, err
	}
	if len(g) > maxList {
		return nil, limitError("The group has more than 10000 fields.")
	}
	names := make([]string, 0, len(g))
	for k := range g {
		names = append(names, k)
	}
	sort.Strings(names)
	list, _ := crm.List(names)
	return list, nil
}

// sortPairs sorts [element, key] pairs by key, stably; elements whose key has
// no value come last in either order.
func sortPairs(m *machine, a []any) (any, error) {
	pairs := a[0].([]any)
	order, _ := a[1].(string)
	if order != "asc" && order != "desc" {
		return nil, errorf(CodeArgument, `The order of sortBy is "asc" or "desc".`)
	}
	sorted := append([]any(nil), pairs...)
	var failed error
	sort.SliceStable(sorted, func(i, j int) bool {
		if failed != nil {
			return false
		}
		x, y := sorted[i].([]any)[1], sorted[j].([]any)[1]
		if x == nil || y == nil {
			return x != nil
		}
		var c int
		if failed = m.budget.spend(1); failed == nil {
			c, failed = orderOf(m, x, y)
		}
		if order == "desc" {
			c = -c
		}
		return c < 0
	})
	for i, p := range sorted {
		sorted[i] = p.([]any)[0]
	}
	return sorted, failed
}

// groupPairs puts the elements of [element, key] pairs into lists by key.
func groupPairs(m *machine, a []any) (any, error) {
	groups := map[string]any{}
	for _, p := range a[0].([]any) {
		element, k := p.([]any)[0], p.([]any)[1]
		if k != nil && !isScalar(k) {
			return nil, errorf(CodeType, "groupBy needs texts or numbers, but this is %s.", wordFor(k))
		}
		name := Text(k)
		if err := m.budget.scan(len(name)); err != nil {
			return nil, err
		}
		list, _ := groups[name].([]any)
		groups[name] = append(list, element)
	}
	return groups, nil
}
