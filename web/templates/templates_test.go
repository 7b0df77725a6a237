package templates_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/web/templates"
)

func TestEveryTemplateIsCanonicalAndHasNoProblems(t *testing.T) {
	require.NotEmpty(t, templates.All())
	for _, tpl := range templates.All() {
		t.Run(tpl.Name, func(t *testing.T) {
			file, problems := flow.ParseFile(tpl.File)
			require.Empty(t, problems)
			require.Equal(t, string(tpl.File), string(file.Encode()), "run millrace fmt on it")
			require.Empty(t, nodes.Check(file.Graph, crm.BuiltIn()))
			for _, lang := range crm.Languages {
				require.NotEmpty(t, file.Name[lang], "the name in %s", lang)
			}
			for id := range file.Graph.Nodes {
				require.Contains(t, file.Graph.Layout, id)
			}
		})
	}
}
