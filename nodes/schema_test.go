package nodes_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
)

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(nodes.Schema()))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource(nodes.SchemaID, doc))
	s, err := c.Compile(nodes.SchemaID)
	require.NoError(t, err)
	return s
}

// fileWith is a flow file with just that node, as decoded JSON.
func fileWith(t *testing.T, typ string, props map[string]any) any {
	t.Helper()
	props["type"] = typ
	data, err := json.Marshal(map[string]any{
		"schema": 1, "flow": "x", "name": map[string]any{"en": "X"}, "resource": "deal",
		"nodes": map[string]any{"n1": props}, "connectors": map[string]any{},
	})
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	return doc
}

func TestTheSchemaAcceptsEveryExample(t *testing.T) {
	s := schema(t)
	every(t, func(t *testing.T, spec nodes.Spec) {
		require.NoError(t, s.Validate(fileWith(t, spec.Type, example(t, spec).Props)))
	})
}

func TestTheSchemaRefusesWhatCheckRefuses(t *testing.T) {
	s := schema(t)
	every(t, func(t *testing.T, spec nodes.Spec) {
		props := example(t, spec).Props
		props["no_such_thing"] = 1
		require.Error(t, s.Validate(fileWith(t, spec.Type, props)), "an unknown property")
		for _, p := range nodes.FormOf(spec.Type) {
			if p.Kind == nodes.KindValue {
				continue
			}
			props := example(t, spec).Props
			props[p.Name] = nil
			require.Error(t, s.Validate(fileWith(t, spec.Type, props)), "null as %s", p.Name)
			delete(props, p.Name)
			if p.Required && p.When == nil {
				require.Error(t, s.Validate(fileWith(t, spec.Type, props)), "no %s", p.Name)
			}
		}
	})
	require.Error(t, s.Validate(fileWith(t, "no_such_type", map[string]any{})))
}

func TestTheSchemaAcceptsKeptFlows(t *testing.T) {
	s := schema(t)
	files, err := filepath.Glob("testdata/kept/*.json")
	require.NoError(t, err)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		require.NoError(t, err)
		require.NoError(t, s.Validate(doc), name)
	}
}

func TestTheSchemaIsTheSameEveryTime(t *testing.T) {
	require.Equal(t, string(nodes.Schema()), string(nodes.Schema()))
}
