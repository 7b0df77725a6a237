package flow

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"millrace.dev/crm"
)

// SchemaURL names the JSON Schema of flow files, for completion in editors.
const SchemaURL = "https://millrace.dev/schemas/flow/v1.json"

// FileSchema is the schema number this build writes.
const FileSchema = 1

// File is a flow as a file: what export writes and import reads.
type File struct {
	Schema int
	// Flow is a readable slug, not an id: importing gives a new id.
	Flow  string
	Name  map[string]string
	Graph Graph
}

// fileForm is the file's JSON, in the order in which it is written.
type fileForm struct {
	SchemaURL  string               `json:"$schema,omitempty"`
	Schema     int                  `json:"schema"`
	Flow       string               `json:"flow"`
	Name       map[string]string    `json:"name"`
	Resource   crm.Resource         `json:"resource"`
	Settings   *Settings            `json:"settings,omitempty"`
	Nodes      map[string]Node      `json:"nodes"`
	Connectors map[string]Connector `json:"connectors"`
	Layout     map[string]Point     `json:"layout,omitempty"`
}

// fileKeys are the keys allowed at each fixed place of a file.
var fileKeys = map[string][]string{
	"":          {"$schema", "schema", "flow", "name", "resource", "settings", "nodes", "connectors", "layout"},
	"settings":  {"public", "members", "allow_multiple", "key", "reentry", "zone", "allow_self"},
	"connector": {"from", "to", "if", "label", "order"},
}

// ParseFile reads a flow file strictly: unknown, misspelt and repeated keys,
// wrong types and trailing text are problems with their place. It does not
// judge the graph; Validate does.
func ParseFile(data []byte) (File, Problems) {
	if found := CheckJSON(data); len(found) > 0 {
		return File{}, found
	}
	if found := unknownKeys(data); len(found) > 0 {
		return File{}, found
	}
	var form fileForm
	if err := json.Unmarshal(data, &form); err != nil {
		return File{}, Problems{typeProblem(data, err)}
	}
	if form.Schema != FileSchema {
		return File{}, Problems{{Level: LevelError, Code: "unknown_schema", Path: "/schema",
			Text: fmt.Sprintf("This build reads schema %d, the file says %d.", FileSchema, form.Schema)}}
	}
	settings := DefaultSettings()
	if form.Settings != nil {
		settings = *form.Settings
	}
	return File{Schema: form.Schema, Flow: form.Flow, Name: form.Name, Graph: Graph{
		Resource: form.Resource, Settings: settings, Nodes: orEmpty(form.Nodes),
		Connectors: orEmpty(form.Connectors), Layout: orEmpty(form.Layout),
	}}, nil
}

func orEmpty[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

func unknownKeys(data []byte) Problems {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(data, &top); err != nil {
		return Problems{typeProblem(data, err)}
	}
	found := strangers(top, fileKeys[""], "")
	found = append(found, strangers(members(top["settings"]), fileKeys["settings"], "/settings")...)
	connectors := members(top["connectors"])
	for _, id := range sortedKeys(connectors) {
		at := Pointer("connectors", id)
		found = append(found, strangers(members(connectors[id]), fileKeys["connector"], at)...)
	}
	return found
}

// members reads a JSON object's members; anything else has none.
func members(raw json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}

func strangers(m map[string]json.RawMessage, known []string, at string) Problems {
	var found Problems
	for _, key := range sortedKeys(m) {
		if !contains(known, key) {
			found = append(found, Problem{Level: LevelError, Code: "unknown_key", Path: at + Pointer(key),
				Text: fmt.Sprintf("%q is not known here. Known are: %s.", key, strings.Join(known, ", "))})
		}
	}
	return found
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func typeProblem(data []byte, err error) Problem {
	var offset int64
	var path string
	if e, ok := err.(*json.UnmarshalTypeError); ok {
		offset = e.Offset
		if e.Field != "" {
			path = "/" + strings.ReplaceAll(e.Field, ".", "/")
		}
		return jsonProblem(data, offset, path, "wrong_type",
			fmt.Sprintf("A %s cannot stand here; a %s is expected.", e.Value, e.Type))
	}
	return jsonProblem(data, offset, path, "wrong_type", err.Error())
}
