package enginetest_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/engine/enginetest"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

var update = flag.Bool("update", false, "rewrite the scenarios' expectations")

// readScenarios reads every scenario of testdata, by path.
func readScenarios(t testing.TB) map[string]string {
	paths, err := filepath.Glob("../testdata/*.txt")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(paths), 15)
	texts := make(map[string]string, len(paths))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		texts[path] = string(text)
	}
	return texts
}

// scenarios calls do with every scenario of testdata.
func scenarios(t *testing.T, do func(t *testing.T, path, text string)) {
	for path, text := range readScenarios(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) { do(t, path, text) })
	}
}

func TestScenariosEndAsWritten(t *testing.T) {
	scenarios(t, func(t *testing.T, path, text string) {
		s, err := enginetest.Parse(text)
		require.NoError(t, err)
		got, err := s.RunPure()
		require.NoError(t, err)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(enginetest.Rewrite(text, got)), 0o644))
			return
		}
		require.Equal(t, s.Want, got)
		require.Equal(t, text, enginetest.Rewrite(text, got), "run with -update to bring the file into its form")
	})
}

func TestScenariosEndTheSameWhenEveryCallRunsTwice(t *testing.T) {
	scenarios(t, func(t *testing.T, _, text string) {
		s, err := enginetest.Parse(text)
		require.NoError(t, err)
		got, err := s.Play(enginetest.Options{Twice: true})
		require.NoError(t, err)
		require.Equal(t, s.Want, got)
	})
}

func TestScenariosEndTheSameAfterWritingTheirFlowsDown(t *testing.T) {
	scenarios(t, func(t *testing.T, _, text string) {
		s, err := enginetest.Parse(text)
		require.NoError(t, err)
		for i, f := range s.Flows {
			again, problems := flow.ParseFile(f.Encode())
			require.Empty(t, problems)
			back, problems := flow.ParseWritten(flow.Written(again))
			require.Empty(t, problems)
			s.Flows[i] = back
		}
		got, err := s.RunPure()
		require.NoError(t, err)
		require.Equal(t, s.Want, got)
	})
}

func TestScenarioFlowsHaveNoProblems(t *testing.T) {
	scenarios(t, func(t *testing.T, _, text string) {
		s, err := enginetest.Parse(text)
		require.NoError(t, err)
		for _, f := range s.Flows {
			require.False(t, nodes.Check(f.Graph, s.Schemas).HasErrors(), "%s", nodes.Check(f.Graph, s.Schemas))
		}
	})
}
