package enginetest_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/engine/enginetest"
)

func TestBrowserBuildLeavesTheSameTraces(t *testing.T) {
	if testing.Short() {
		t.Skip("short: the browser's build of the engine is not compared")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node on this machine: the browser's build of the engine is not compared")
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	runner := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js")
	program := filepath.Join(t.TempDir(), "scenario.wasm")
	build := exec.Command("go", "build", "-o", program, "./wasm")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	var texts, want []string
	for _, text := range readScenarios(t) {
		s, err := enginetest.Parse(text)
		require.NoError(t, err)
		texts, want = append(texts, text), append(want, printed(s.Want))
	}
	var stdout, stderr bytes.Buffer
	play := exec.Command(node, "--stack-size=8192", runner, program)
	play.Stdin, play.Stdout, play.Stderr = strings.NewReader(strings.Join(texts, "\x00")), &stdout, &stderr
	require.NoError(t, play.Run(), stderr.String())
	require.Equal(t, want, strings.Split(stdout.String(), "\x00"))
}

// printed is a result as the wasm program prints it.
func printed(r enginetest.Result) string {
	var b strings.Builder
	for _, lines := range [][]string{r.Trace, r.Effects, r.Enrollments} {
		b.WriteString(strings.Join(lines, "\n") + "\n--\n")
	}
	return b.String()
}
