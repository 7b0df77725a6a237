package rule

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"millrace.dev/crm"
)

var textFunctions = []function{
	{Func{"upper", "upper(text) text", "The text in capital letters."}, []string{"text"}, textType, mapText(strings.ToUpper)},
	{Func{"lower", "lower(text) text", "The text in small letters."}, []string{"text"}, textType, mapText(strings.ToLower)},
	{Func{"trim", "trim(text) text", "The text without spaces around it."}, []string{"text"}, textType, mapText(strings.TrimSpace)},
	{Func{"len", "len(text or list) number", "How many characters or elements; 0 for no value."}, []string{"text or list"}, intType, length},
	{Func{"indexOf", "indexOf(text, part) number", "Where the part begins, from 0; -1 when it is not there."}, []string{"text", "text"}, intType, indexOf},
	{Func{"hasPrefix", "hasPrefix(text, part) yes/no", "Whether the text begins with the part."}, []string{"text", "text"}, boolType, textTest(strings.HasPrefix)},
	{Func{"hasSuffix", "hasSuffix(text, part) yes/no", "Whether the text ends with the part."}, []string{"text", "text"}, boolType, textTest(strings.HasSuffix)},
	{Func{"replace", "replace(text, old, new) text", "The text with every old part replaced."}, []string{"text", "text", "text"}, textType, replace},
	{Func{"split", "split(text, separator) list", "The parts of the text between separators."}, []string{"text", "text"}, listType, split},
	{Func{"join", "join(list, separator?) text", "The list's elements as one text."}, []string{"list", "text?"}, textType, joinList},
	{Func{"text", "text(value) text", "A number, date, yes or no as text."}, []string{"any"}, textType, textOf},
}

// mapText applies a change to a text; no value stays no value.
func mapText(change func(string) string) func(*machine, []any) (any, error) {
	return func(m *machine, a []any) (any, error) {
		s, ok := a[0].(string)
		if !ok {
			return nil, nil
		}
		if err := m.budget.text(len(s)); err != nil {
			return nil, err
		}
		return change(s), nil
	}
}

func length(m *machine, a []any) (any, error) {
	switch v := a[0].(type) {
	case nil:
		return 0, nil
	case string:
		return utf8.RuneCountInString(v), m.budget.scan(len(v))
	}
	return reflect.ValueOf(a[0]).Len(), nil
}

func indexOf(m *machine, a []any) (any, error) {
	s, ok := a[0].(string)
	part, ok2 := a[1].(string)
	if !ok || !ok2 {
		return -1, nil
	}
	i := strings.Index(s, part)
	if i > 0 {
		i = utf8.RuneCountInString(s[:i])
	}
	return i, m.budget.scan(len(s) + len(part))
}

func replace(m *machine, a []any) (any, error) {
	s, ok := a[0].(string)
	old, ok2 := a[1].(string)
	if !ok || !ok2 || old == "" {
		return a[0], nil
	}
	to, _ := a[2].(string)
	if err := m.budget.scan(len(s) + len(old)); err != nil {
		return nil, err
	}
	n := strings.Count(s, old)
	if err := m.budget.text(len(s) + n*(len(to)-len(old))); err != nil {
		return nil, err
	}
	return strings.ReplaceAll(s, old, to), nil
}

func split(m *machine, a []any) (any, error) {
	s, ok := a[0].(string)
	separator, ok2 := a[1].(string)
	if !ok || !ok2 || s == "" {
		return []any{}, nil
	}
	if err := m.budget.scan(len(s) + len(separator)); err != nil {
		return nil, err
	}
	n := strings.Count(s, separator)
	if n >= maxList {
		return nil, limitError("The text has more than 10000 parts.")
	}
	if err := m.budget.spend(n); err != nil {
		return nil, err
	}
	list, _ := crm.List(strings.Split(s, separator))
	return list, nil
}

func joinList(m *machine, a []any) (any, error) {
	separator := ""
	if len(a) == 2 {
		separator, _ = a[1].(string)
	}
	list, _ := crm.List(a[0])
	list, err := plainList(list)
	if err != nil {
		return nil, err
	}
	parts := make([]string, 0, min(len(list), 64))
	for i, v := range list {
		if v != nil && !isScalar(v) {
			return nil, errorf(CodeType, "join needs texts, but an element is %s.", wordFor(v))
		}
		s := Text(v)
		if err := m.budget.text(len(s) + min(i, 1)*len(separator)); err != nil {
			return nil, err
		}
		parts = append(parts, s)
	}
	s := strings.Join(parts, separator)
	if len(s) > maxText {
		return nil, limitError("A text would be longer than 64 KiB.")
	}
	return s, nil
}

func textOf(m *machine, a []any) (any, error) {
	if a[0] == nil {
		return nil, nil
	}
	if !isScalar(a[0]) {
		return nil, errorf(CodeType, "text cannot be made of %s. Use join for lists.", wordFor(a[0]))
	}
	s := Text(a[0])
	return s, m.budget.text(len(s))
}
