package nodes_test

import (
	"os"
	"path/filepath"
	"testing"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// FuzzCheck reads any bytes as a flow file: what can be read can be checked,
// drawn and described without a panic, and checking twice finds the same.
func FuzzCheck(f *testing.F) {
	files, err := filepath.Glob("testdata/kept/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no kept flows", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"schema": 1, "resource": "deal", "nodes": {"a": {"type": "branch", "cases": [{"name": "x", "if": "1 +"}]}}, "connectors": {"c": {"from": "a", "to": "a", "if": "("}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, _ := flow.ParseFile(data)
		found := nodes.Check(file.Graph, crm.BuiltIn())
		if again := nodes.Check(file.Graph, crm.BuiltIn()); found.String() != again.String() {
			t.Fatalf("checking twice finds\n%v\nthen\n%v", found, again)
		}
		for _, n := range file.Graph.Nodes {
			nodes.Line(n)
			nodes.PortsOf(n)
			nodes.TitleOf(n)
		}
	})
}
