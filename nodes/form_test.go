package nodes

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
)

// probe has one property of every kind.
type probe struct {
	Text, Template, Choice, Field, Node, Member, Event string
	Choices, Fields, Members, Teams, List              []string
	Number                                             float64
	Bool                                               bool
	Duration                                           time.Duration
	Value                                              any
	Values                                             map[string]any
	Condition                                          Cond
	Filter                                             Filter
	Cases                                              []Case
	Owner                                              any
	Schema                                             crm.Schema
}

func (n *probe) Form(f *Form) {
	f.Text(&n.Text, "text", "Text")
	f.Template(&n.Template, "template", "Template")
	f.Choice(&n.Choice, "choice", "Choice", "a", "b").Say("A", "B")
	f.Field(&n.Field, "field", "Field")
	f.Node(&n.Node, "node", "Node")
	f.Member(&n.Member, "member", "Member")
	f.Event(&n.Event, "event", "Event")
	f.Choices(&n.Choices, "choices", "Choices", "x", "y")
	f.Fields(&n.Fields, "fields", "Fields")
	f.Members(&n.Members, "members", "Members")
	f.Teams(&n.Teams, "teams", "Teams")
	f.List(&n.List, "list", "List")
	f.Number(&n.Number, "number", "Number").Min(2).Max(9)
	f.Bool(&n.Bool, "bool", "Bool")
	f.Duration(&n.Duration, "duration", "Duration")
	f.Value(&n.Value, "value", "Value")
	f.Values(&n.Values, "values", "Values")
	f.Condition(&n.Condition, "condition", "Condition")
	f.Filter(&n.Filter, "filter", "Filter")
	f.Cases(&n.Cases, "cases", "Cases", "if")
	f.Given(&n.Owner, "owner", "name")
	f.Schema(&n.Schema)
}

func (n *probe) Run(context.Context, Host) (Result, error) { return Result{}, nil }

var probeSpec = Spec{Type: "probe", Group: Special, New: func() Node { return new(probe) }}

func compileProbe(props map[string]any) (*Bound, flow.Problems) {
	s := crm.BuiltIn()
	c := compiler{
		id: "p", path: "/nodes/p", node: flow.Node{Type: "probe", Props: props}, env: rule.NewEnv(s, crm.Deal), schema: s[crm.Deal],
		bound: &Bound{spec: probeSpec, schema: s[crm.Deal], filters: map[string]*rule.Program{}},
	}
	c.properties(probeSpec)
	return c.bound, c.found
}

func TestEveryKindOfPropertyArrivesAtItsField(t *testing.T) {
	bound, problems := compileProbe(map[string]any{
		"text": "{{ as it is }}", "template": "{{ deal.title }}!", "choice": "b", "field": "amount", "node": "n", "member": "m", "event": "deal.won",
		"choices": []any{"y"}, "fields": []any{"title"}, "members": []any{"m"}, "teams": []string{"t"}, "list": []any{"{{ deal.title }}", "x"},
		"number": 7, "bool": true, "duration": "PT1H", "value": "= 1 + 1", "values": map[string]any{"stage": "x"},
		"condition": "deal.title == \"Big\"", "filter": "event.kind == \"x\"", "cases": []any{map[string]any{"name": "c", "if": "false"}},
	})
	require.Empty(t, problems)
	node, warnings, err := bound.Fill(rule.Scope{Values: map[string]any{
		"deal": map[string]any{"title": "Big"}, "owner": map[string]any{"name": "Ana"},
	}}, nil)
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.Equal(t, &probe{
		Text: "{{ as it is }}", Template: "Big!", Choice: "b", Field: "amount", Node: "n", Member: "m", Event: "deal.won",
		Choices: []string{"y"}, Fields: []string{"title"}, Members: []string{"m"}, Teams: []string{"t"}, List: []string{"Big", "x"},
		Number: 7, Bool: true, Duration: time.Hour, Value: 2.0, Values: map[string]any{"stage": "x"},
		Condition: Cond{Holds: true}, Filter: Filter{Source: "event.kind == \"x\""}, Cases: []Case{{Name: "c"}},
		Owner: "Ana", Schema: crm.BuiltIn()[crm.Deal],
	}, node)
	require.Equal(t, probeSpec.Type, bound.Spec().Type)
	require.Equal(t, []string{"deal.title", "event.kind", "owner.name"}, bound.Uses())
}

func TestAConditionKeepsItsFailureUntilItIsAsked(t *testing.T) {
	bound, problems := compileProbe(map[string]any{"condition": "1 % (len(deal.tags) - 1) > 0"})
	require.Empty(t, problems)
	node, _, err := bound.Fill(rule.Scope{Values: map[string]any{"deal": map[string]any{"tags": []any{"a"}}}}, nil)
	require.NoError(t, err)
	require.Error(t, node.(*probe).Condition.Err)
}

func TestANumberKeepsItsBounds(t *testing.T) {
	for n, code := range map[float64]string{1.9: "too_small", 9.1: "too_large"} {
		_, problems := compileProbe(map[string]any{"number": n})
		require.Len(t, problems, 1)
		require.Equal(t, code, problems[0].Code)
	}
	for _, n := range []any{2, int64(9), 5.5} {
		_, problems := compileProbe(map[string]any{"number": n})
		require.Empty(t, problems)
	}
}

func TestAFormFillsInTheOrderItDeclares(t *testing.T) {
	var declared Form
	n := new(probe)
	n.Form(&declared)
	filled := Form{filling: true}
	n.Form(&filled)
	require.Len(t, filled.targets, len(declared.Props()))
	for i, p := range declared.Props() {
		require.Same(t, p.target, filled.targets[i], p.Name)
	}
}
