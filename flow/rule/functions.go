package rule

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/expr-lang/expr/builtin"
)

// Func describes a function of expressions, for help and completion.
type Func struct {
	Name string
	// Signature reads "upper(text) text".
	Signature string
	// Help is one sentence.
	Help string
}

// function is one of ours: how it is checked and how it runs.
type function struct {
	Func
	// takes are the argument types; a trailing "?" marks an optional one, "..."
	// any further number of them.
	takes []string
	gives reflect.Type
	run   func(m *machine, a []any) (any, error)
}

var (
	anyType      = reflect.TypeOf(new(any)).Elem()
	textType     = reflect.TypeOf("")
	intType      = reflect.TypeOf(0)
	floatType    = reflect.TypeOf(0.0)
	timeType     = reflect.TypeOf(time.Time{})
	durationType = reflect.TypeOf(time.Duration(0))
	listType     = reflect.TypeOf([]any{})
)

// Functions lists what expressions may call, sorted by name.
func Functions() []Func {
	list := append([]Func(nil), loopFuncs...)
	for _, f := range functions {
		list = append(list, f.Func)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

func functionNames() []string {
	var names []string
	for _, f := range Functions() {
		names = append(names, f.Name)
	}
	return names
}

func functionNamed(name string) Func {
	for _, f := range Functions() {
		if f.Name == name {
			return f
		}
	}
	return Func{}
}

// loopFuncs describe the builtins of expr-lang that run a body for each
// element; inside it, # is the element.
var loopFuncs = []Func{
	{"all", "all(list, test) yes/no", "Whether the test holds for every element; yes for an empty list."},
	{"any", "any(list, test) yes/no", "Whether the test holds for at least one element."},
	{"none", "none(list, test) yes/no", "Whether the test holds for no element."},
	{"one", "one(list, test) yes/no", "Whether the test holds for exactly one element."},
	{"count", "count(list, test) number", "How many elements pass the test."},
	{"filter", "filter(list, test) list", "The elements that pass the test."},
	{"find", "find(list, test) value", "The first element that passes the test."},
	{"findIndex", "findIndex(list, test) number", "The place of the first element that passes the test, from 0."},
	{"map", "map(list, formula) list", "The formula's value for each element, as in map(lead.tags, upper(#))."},
	{"sum", "sum(list, formula?) number", "The sum of the numbers, or of the formula's values."},
	{"sortBy", "sortBy(list, formula, order?) list", `The elements sorted by the formula's values; order is "asc" or "desc".`},
	{"groupBy", "groupBy(list, formula) group", "The elements in lists, by the formula's value as text."},
}

var (
	functions        = append(append(append([]function(nil), textFunctions...), numberFunctions...), append(listFunctions, timeFunctions...)...)
	loops            = builtinsNamed(loopFuncs)
	disabledBuiltins = builtinsExcept(loops)
	typedFunctions   = typed()
	meteredFunctions = metered()
)

func builtinsNamed(list []Func) map[string]*builtin.Function {
	m := make(map[string]*builtin.Function, len(list))
	for _, f := range list {
		m[f.Name] = builtin.Builtins[builtin.Index[f.Name]]
	}
	return m
}

func builtinsExcept(on map[string]*builtin.Function) map[string]bool {
	off := make(map[string]bool, len(builtin.Builtins))
	for _, f := range builtin.Builtins {
		off[f.Name] = on[f.Name] == nil
	}
	return off
}

// typed are the functions as the checker sees them. Each has exactly one
// signature: with several, expr-lang checks the arguments once for each, which
// doubles at every level of nesting.
func typed() map[string]*builtin.Function {
	m := make(map[string]*builtin.Function, len(functions))
	for _, f := range functions {
		m[f.Name] = &builtin.Function{Name: f.Name, Func: notRun, Validate: f.validate}
	}
	return m
}

func notRun(...any) (any, error) { return nil, errorf(CodeType, "not metered") }

// metered are operators and functions as programs call them, the machine first.
func metered() map[string]*builtin.Function {
	m := make(map[string]*builtin.Function, len(functions)+len(operators))
	for name, run := range operators {
		m[name] = onMachine(name, run)
	}
	for _, f := range functions {
		m[f.Name] = onMachine(f.Name, f.checked)
	}
	return m
}

func onMachine(name string, run func(*machine, []any) (any, error)) *builtin.Function {
	return &builtin.Function{Name: name, Func: func(a ...any) (any, error) {
		return run(a[0].(*machine), a[1:])
	}}
}

// validate checks the arguments' types at compile time.
func (f function) validate(args []reflect.Type) (reflect.Type, error) {
	if err := f.counts(len(args)); err != nil {
		return anyType, err
	}
	for i, t := range args {
		want, got := f.want(i), wordForType(t)
		if t != nil && t.Kind() != reflect.Interface && want != "any" && !fits(want, got) {
			return anyType, fmt.Errorf("“%s” needs %s, but this is %s", f.Name, typeWords[want], typeWords[got])
		}
	}
	return f.gives, nil
}

func (f function) counts(n int) error {
	least, most := 0, len(f.takes)
	for _, t := range f.takes {
		switch {
		case strings.HasSuffix(t, "..."):
			most = 100
		case !strings.HasSuffix(t, "?"):
			least++
		}
	}
	if n < least || n > most {
		return fmt.Errorf("“%s” is written as %s", f.Name, f.Signature)
	}
	return nil
}

func (f function) want(i int) string {
	i = min(i, len(f.takes)-1)
	return strings.TrimSuffix(strings.TrimSuffix(f.takes[i], "?"), "...")
}

// checked checks the arguments' values and runs. No value passes through text
// and any functions; numbers and dates need one.
func (f function) checked(m *machine, a []any) (any, error) {
	for i, v := range a {
		want := f.want(i)
		if v == nil {
			if want == "number" || want == "time" {
				return nil, errorf(CodeNil, "“%s” cannot be computed: a value is missing.", f.Name)
			}
			continue
		}
		if got := kindOf(v); want != "any" && !fits(want, got) {
			return nil, errorf(CodeType, "“%s” needs %s, but this is %s.", f.Name, typeWords[want], wordFor(v))
		}
	}
	if err := m.budget.spend(1); err != nil {
		return nil, err
	}
	return f.run(m, a)
}

func fits(want, got string) bool {
	return want == got || got == "any" ||
		want == "text or list" && (got == "text" || got == "list" || got == "group") ||
		want == "number or list" && (got == "number" || got == "list") ||
		want == "number or text" && (got == "number" || got == "text")
}

var typeWords = map[string]string{
	"text": "a text", "number": "a number", "bool": "yes or no", "time": "a date", "duration": "a length of time",
	"list": "a list", "group": "a group of fields", "any": "any value",
	"text or list": "a text or a list", "number or list": "numbers or a list", "number or text": "a number or a text",
}

func kindOf(v any) string { return wordForType(reflect.TypeOf(v)) }

func wordForType(t reflect.Type) string {
	if t == nil {
		return "any"
	}
	switch t {
	case timeType:
		return "time"
	case durationType:
		return "duration"
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Int, reflect.Float64:
		return "number"
	case reflect.Bool:
		return "bool"
	case reflect.Slice:
		return "list"
	case reflect.Map:
		return "group"
	}
	return "any"
}
