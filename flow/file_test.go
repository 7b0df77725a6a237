package flow

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"millrace.dev/crm"
)

const minimal = `{
  "schema": 1,
  "flow": "hello",
  "name": {"en": "Hello"},
  "resource": "lead",
  "nodes": {
    "start": {"type": "record_created"},
    "stop": {"type": "end"}
  },
  "connectors": {
    "c1": {"from": "start.out", "to": "stop"}
  }
}`

func TestAFileThatLeavesSettingsOutGetsTheDefaults(t *testing.T) {
	file, problems := ParseFile([]byte(minimal))
	require.Empty(t, problems)
	require.Equal(t, DefaultSettings(), file.Graph.Settings)
	require.Equal(t, "record_created", file.Graph.Nodes["start"].Type)
}

func TestEncodingIsIdempotent(t *testing.T) {
	file, problems := ParseFile([]byte(minimal))
	require.Empty(t, problems)
	once := file.Encode()
	again, problems := ParseFile(once)
	require.Empty(t, problems)
	require.Equal(t, string(once), string(again.Encode()))
	require.Equal(t, file.Graph.Hash(), again.Graph.Hash())
}

func TestEncodingAnyGraphRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file := File{Schema: 1, Flow: "f", Name: map[string]string{"en": rapid.String().Draw(t, "name")}, Graph: anyGraph(t)}
		back, problems := ParseFile(file.Encode())
		require.Empty(t, problems)
		require.Equal(t, string(file.Encode()), string(back.Encode()))
	})
}

func anyGraph(t *rapid.T) Graph {
	id := rapid.StringMatching(`[a-z][a-z0-9_]{0,6}`)
	g := Graph{Resource: crm.Lead, Settings: DefaultSettings(),
		Nodes: map[string]Node{}, Connectors: map[string]Connector{}, Layout: map[string]Point{}}
	for _, n := range rapid.SliceOfNDistinct(id, 0, 5, rapid.ID[string]).Draw(t, "ids") {
		g.Nodes[n] = Node{Type: "set_value", Title: rapid.StringMatching(`[\p{L} "\\:,]{0,12}`).Draw(t, "title"),
			Props: map[string]any{"text": rapid.String().Draw(t, "text"), "n": float64(rapid.IntRange(-9, 9).Draw(t, "n"))}}
		g.Connectors["c_"+n] = Connector{From: n + ".out", To: n, If: rapid.String().Draw(t, "if")}
		g.Layout[n] = Point{rapid.IntRange(-999, 999).Draw(t, "x"), 16}
	}
	return g
}

func TestBadFilesNameThePlace(t *testing.T) {
	tests := []struct{ name, from, to, code, path string }{
		{"a key twice", `"flow": "hello"`, `"flow": "hello", "flow": "b"`, "duplicate", "/flow"},
		{"a node twice", `"stop": {"type": "end"}`, `"stop": {"type": "end"}, "stop": {"type": "end"}`, "duplicate", "/nodes/stop"},
		{"an unknown key", `"flow": "hello"`, `"flow": "hello", "fow": 1`, "unknown_key", "/fow"},
		{"a key in other case", `"resource"`, `"Resource"`, "unknown_key", "/Resource"},
		{"an unknown connector key", `"to": "stop"`, `"to": "stop", "iff": "x"`, "unknown_key", "/connectors/c1/iff"},
		{"text behind the value", "\n  }\n}", "\n  }\n} {}", "trailing_data", ""},
		{"a wrong type", `"schema": 1`, `"schema": "1"`, "wrong_type", "/schema"},
		{"a schema of the future", `"schema": 1`, `"schema": 9`, "unknown_schema", "/schema"},
		{"an unfinished file", "\n  }\n}", "", "bad_json", "/connectors/c1"},
		{"deep nesting", `{"type": "end"}`, `{"type": "end", "x": ` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `}`, "too_deep", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(minimal, tt.from, tt.to, 1)
			require.NotEqual(t, minimal, text)
			_, problems := ParseFile([]byte(text))
			require.NotEmpty(t, problems)
			require.Equal(t, tt.code, problems[0].Code, problems.String())
			require.Contains(t, problems[0].Path, tt.path)
		})
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte(`{"a":`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, problems := ParseFile(data)
		if len(problems) > 0 {
			return
		}
		again, problems := ParseFile(file.Encode())
		require.Empty(t, problems)
		require.Equal(t, string(file.Encode()), string(again.Encode()))
	})
}
