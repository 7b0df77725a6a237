package nodes_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/flow/rule"
	"millrace.dev/nodes"
	"millrace.dev/nodes/nodetest"
)

// every runs a subtest for each registered node: whoever adds a node gets all of
// this file for free.
func every(t *testing.T, test func(t *testing.T, s nodes.Spec)) {
	t.Helper()
	for _, s := range nodes.All() {
		t.Run(s.Type, func(t *testing.T) { test(t, s) })
	}
}

func TestEveryNodeHasAFileAndATestUnderItsName(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		require.FileExists(t, s.Type+".go")
		require.FileExists(t, s.Type+"_test.go")
	})
}

func TestEveryTextIsShortAndWhole(t *testing.T) {
	technical := regexp.MustCompile(`(?i)\b(param|config|boolean|string|json pointer|regex|edge|workflow|execution|entity)\b`)
	every(t, func(t *testing.T, s nodes.Spec) {
		require.LessOrEqual(t, len(strings.Fields(s.Title)), 4, "the title has at most four words")
		require.Regexp(t, `^[A-Z][^.!?\n]*\.$`, s.Summary, "the summary is one sentence")
		require.Regexp(t, `^[a-z0-9]+(-[a-z0-9]+)*$`, s.Icon, "the icon is a Lucide name")
		for key, text := range nodes.TextKeys() {
			if strings.HasPrefix(key, "node."+s.Type+".") {
				require.NotEmpty(t, strings.TrimSpace(text), key)
				require.NotRegexp(t, technical, text, key)
			}
		}
		for _, p := range nodes.FormOf(s.Type) {
			require.NotEmpty(t, p.Label)
			if p.Help != "" {
				require.Regexp(t, `[.!?}]$`, p.Help, "the hint of %s is a sentence", p.Name)
			}
			for _, c := range p.Choices {
				if p.Kind == nodes.KindChoice && !regexp.MustCompile(`^[A-Z]+$`).MatchString(c) {
					require.NotEmpty(t, p.Texts[c], "choice %s of %s has words", c, p.Name)
				}
			}
		}
	})
}

func TestEveryLineNamesOnlyPropertiesOfTheForm(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		var names []string
		for _, p := range nodes.FormOf(s.Type) {
			names = append(names, p.Name)
		}
		for _, m := range regexp.MustCompile(`\{(.*?)\}`).FindAllStringSubmatch(s.Line, -1) {
			require.Contains(t, names, m[1])
		}
	})
}

func TestEveryPortIsUniqueAndExplained(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		seen := map[string]bool{nodes.ErrorPort: true}
		for _, p := range nodes.PortsOf(example(t, s)) {
			require.False(t, seen[p.Name], "port %s", p.Name)
			require.True(t, flow.ValidID(p.Name))
			require.Regexp(t, `^[A-Z].*\.$`, p.Text)
			seen[p.Name] = true
		}
	})
}

func TestEveryExampleBindsWithoutProblems(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		for _, r := range crm.Resources {
			g := nodetest.Graph(r, example(t, s))
			g.Nodes["wait"] = flow.Node{Type: "wait_duration", Props: map[string]any{"for": "P1D"}} // for go_to
			if r != crm.Ticket && s.Type == "status_changed" || s.Type == "change_status" && r != crm.Ticket {
				continue // its example names a status of tickets
			}
			require.False(t, nodes.Check(g, crm.BuiltIn()).HasErrors(), "%s: %v", r, nodes.Check(g, crm.BuiltIn()))
		}
	})
}

func TestEveryZeroValueOnlyMissesWhatIsRequired(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		for _, p := range nodetest.Problems(t, crm.Deal, s.Type, `{}`) {
			require.Equal(t, "required", p.Code, p.Text)
			require.Equal(t, flow.LevelError, p.Level)
		}
	})
}

func TestEveryNodeNamesAnUnknownProperty(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		n := example(t, s)
		n.Props["no_such_thing"] = true
		problems := compile(n)
		require.Len(t, problems, 1)
		require.Equal(t, "unknown_property", problems[0].Code)
		require.Equal(t, "/nodes/n1/no_such_thing", problems[0].Path)
	})
}

func TestEveryPropertySuggestsItselfWhenMisspelt(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		for _, p := range nodes.FormOf(s.Type) {
			if len(p.Name) < 4 {
				continue
			}
			n := example(t, s)
			n.Props[p.Name+"s"] = true
			var suggested []string
			for _, problem := range compile(n) {
				suggested = append(suggested, problem.Suggestion)
			}
			require.Contains(t, suggested, p.Name)
		}
	})
}

func TestEveryWrongJSONTypeIsAProblem(t *testing.T) {
	wrong := []any{"text", 7.5, true, []any{1.0, nil}, []any{"a"}, map[string]any{"a": 1.0}, []any{map[string]any{"name": 3.0}}}
	every(t, func(t *testing.T, s nodes.Spec) {
		for _, p := range nodes.FormOf(s.Type) {
			if p.Kind == nodes.KindValue {
				continue // takes anything
			}
			refused := 0
			for _, w := range wrong {
				n := example(t, s)
				n.Props[p.Name] = w
				if compile(n).HasErrors() {
					refused++
				}
			}
			require.GreaterOrEqual(t, refused, len(wrong)-2, p.Name)
		}
	})
}

func TestAnyPropertiesGiveProblemsNeverAPanic(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		names := []string{"extra"}
		for _, p := range nodes.FormOf(s.Type) {
			names = append(names, p.Name)
		}
		rapid.Check(t, func(rt *rapid.T) {
			n := flow.Node{Type: s.Type, Disabled: rapid.Bool().Draw(rt, "disabled"), Props: map[string]any{}}
			for _, name := range names {
				n.Props[name] = anyJSON(3).Draw(rt, name)
			}
			g := nodetest.Graph(crm.Deal, n)
			nodes.Check(g, crm.BuiltIn())
			nodes.Line(n)
			nodes.PortsOf(n)
			runAnything(rt, g, n)
		})
	})
}

// runAnything runs the node when its properties happen to be good, and checks
// that it leaves by declared ports.
func runAnything(t *rapid.T, g flow.Graph, n flow.Node) {
	bound, problems := nodes.Compile("n1", n, nodes.EnvOf(g, crm.BuiltIn()), crm.Deal, crm.BuiltIn())
	if problems.HasErrors() {
		return
	}
	h := nodetest.New(crm.Record{Resource: crm.Deal, ID: "D-1", Fields: map[string]any{}})
	node, _, err := bound.Fill(h.Scope(), rule.NewBudget())
	if err != nil {
		return
	}
	res, err := node.Run(context.Background(), h)
	if err == nil {
		requireDeclared(t, n, res)
	}
}

func requireDeclared(t require.TestingT, n flow.Node, res nodes.Result) {
	var declared []string
	for _, p := range nodes.PortsOf(n) {
		declared = append(declared, p.Name)
	}
	for _, p := range res.Ports {
		require.Contains(t, declared, p)
	}
	if res.Hold != nil && res.Hold.Timeout != "" {
		require.Contains(t, declared, res.Hold.Timeout)
	}
}

func anyJSON(depth int) *rapid.Generator[any] {
	leaf := rapid.OneOf(
		rapid.Map(rapid.SampledFrom([]string{
			"", "x", "P1D", "PT0S", "first", "all", "team", "amount", "= deal.amount * 2", "=", "{{ deal.title }}", "{{", "{{{{",
			"deal.amount > 5", "deal.amuont", "a@b.co", "https://x.y/{{ deal.id }}", "\x00", "n1", "error", "else",
		}), func(s string) any { return s }),
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Float64(), func(f float64) any { return f }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just[any](nil),
	)
	if depth == 0 {
		return leaf
	}
	return rapid.OneOf(leaf,
		rapid.Map(rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return anyJSON(depth - 1) }), 0, 3), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"name", "if", "value", "amount", "title", "nope"}),
			rapid.Deferred(func() *rapid.Generator[any] { return anyJSON(depth - 1) }), 0, 3), func(m map[string]any) any { return m }),
	)
}

func TestEveryExampleRunsAndLeavesByDeclaredPorts(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		h := nodetest.New(crm.Record{Resource: crm.Ticket, ID: "T-1", Fields: map[string]any{"title": "Broken", "contact": "U-1"}},
			crm.Record{Resource: crm.User, ID: "U-1", Fields: map[string]any{"email": "lan@example.com"}})
		h.People = []crm.Member{{ID: "m1", Name: "Ana", Teams: []string{"Sales"}}}
		res, err := h.Run(t, s.Type, s.Example)
		require.NoError(t, err)
		requireDeclared(t, example(t, s), res)
		if s.Pure {
			require.Empty(t, len(h.Tasks)+len(h.Messages)+len(h.Calls)+len(h.Changes), "a pure node has no effects")
		}
	})
}

func TestEveryEffectIsMadeOnceHoweverOftenTheVisitIsTried(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		if s.Type == "call_url" {
			return // at least once, with the key
		}
		h := nodetest.New(crm.Record{Resource: crm.Ticket, ID: "T-1", Fields: map[string]any{"title": "Broken"}})
		h.People = []crm.Member{{ID: "m1", Name: "Ana", Teams: []string{"Sales"}}}
		for range 3 {
			_, err := h.Run(t, s.Type, s.Example)
			require.NoError(t, err)
		}
		require.LessOrEqual(t, len(h.Tasks)+len(h.Messages)+len(h.Changes), 1)
	})
}

func TestEveryErrorOfTheHostComesThrough(t *testing.T) {
	every(t, func(t *testing.T, s nodes.Spec) {
		if s.Pure {
			return
		}
		h := nodetest.New(crm.Record{Resource: crm.Ticket, ID: "T-1", Fields: map[string]any{"title": "Broken", "contact": "U-1", "owner": "m1"}},
			crm.Record{Resource: crm.User, ID: "U-1", Fields: map[string]any{"email": "lan@example.com"}})
		h.Down = &nodes.Error{Code: "down", Text: "the store is away", Temporary: true}
		_, err := h.Run(t, s.Type, s.Example)
		require.ErrorIs(t, err, h.Down)
	})
}

func TestKeptFlowsStillBind(t *testing.T) {
	files, err := filepath.Glob("testdata/kept/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	used := map[string]bool{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		file, problems := flow.ParseFile(data)
		require.False(t, problems.HasErrors(), "%s: %v", name, problems)
		problems = nodes.Check(file.Graph, crm.BuiltIn())
		require.False(t, problems.HasErrors(), "%s: %v", name, problems)
		for _, n := range file.Graph.Nodes {
			used[n.Type] = true
		}
	}
	for _, s := range nodes.All() {
		require.True(t, used[s.Type], "a kept flow uses %s", s.Type)
	}
}

func TestThePaletteIsOrderedByGroupThenTitle(t *testing.T) {
	specs := nodes.All()
	require.True(t, slices.IsSortedFunc(specs, func(a, b nodes.Spec) int {
		if a.Group != b.Group {
			return slices.Index(nodes.Groups, a.Group) - slices.Index(nodes.Groups, b.Group)
		}
		return strings.Compare(a.Title, b.Title)
	}))
	require.GreaterOrEqual(t, len(specs), 21)
}

func TestRegisterRefusesWhatWouldBeWrong(t *testing.T) {
	good := nodes.Spec{Type: "good", Group: nodes.Special, New: func() nodes.Node { return noNode{} }}
	for name, spoil := range map[string]func(*nodes.Spec){
		"a taken type":      func(s *nodes.Spec) { s.Type = "branch" },
		"a bad type":        func(s *nodes.Spec) { s.Type = "Send-Mail" },
		"no type":           func(s *nodes.Spec) { s.Type = "" },
		"an unknown group":  func(s *nodes.Spec) { s.Group = "misc" },
		"no New":            func(s *nodes.Spec) { s.New = nil },
		"a repeated port":   func(s *nodes.Spec) { s.Ports = []nodes.Port{{"a", "A."}, {"a", "A."}} },
		"the error port":    func(s *nodes.Spec) { s.Ports = []nodes.Port{{"error", "E."}} },
		"a reserved name":   func(s *nodes.Spec) { s.New = func() nodes.Node { return noNode{"title"} } },
		"a bad property":    func(s *nodes.Spec) { s.New = func() nodes.Node { return noNode{"A b"} } },
		"a property, twice": func(s *nodes.Spec) { s.New = func() nodes.Node { return noNode{"a", "a"} } },
	} {
		t.Run(name, func(t *testing.T) {
			s := good
			spoil(&s)
			require.Panics(t, func() { nodes.Register(s) })
		})
	}
}

// noNode has text properties of these names.
type noNode []string

func (n noNode) Form(f *nodes.Form) {
	for _, name := range n {
		f.Text(new(string), name, "Label")
	}
}

func (n noNode) Run(context.Context, nodes.Host) (nodes.Result, error) { return nodes.Result{}, nil }

func example(t testing.TB, s nodes.Spec) flow.Node {
	t.Helper()
	n := flow.Node{Type: s.Type, Props: map[string]any{}}
	require.NoError(t, json.Unmarshal([]byte(s.Example), &n.Props), "the example of %s is JSON", s.Type)
	return n
}

func compile(n flow.Node) flow.Problems {
	_, problems := nodes.Compile("n1", n, nodes.EnvOf(nodetest.Graph(crm.Ticket, n), crm.BuiltIn()), crm.Ticket, crm.BuiltIn())
	return problems
}
