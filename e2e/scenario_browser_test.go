package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/engine/enginetest"
)

// scenarioPage runs the engine's browser build with the scenarios on standard
// input and keeps what it prints.
const scenarioPage = `<!doctype html><script>
let input = new Uint8Array(), printed = "";
const text = new TextDecoder();
const no = (...args) => args.at(-1)(Object.assign(new Error("no files here"), {code: "ENOSYS"}));
globalThis.fs = new Proxy({
	constants: {O_WRONLY: -1, O_RDWR: -1, O_CREAT: -1, O_TRUNC: -1, O_APPEND: -1, O_EXCL: -1, O_DIRECTORY: -1},
	writeSync(fd, buf) { printed += text.decode(buf, {stream: true}); return buf.length; },
	write(fd, buf, offset, length, position, done) { done(null, this.writeSync(fd, buf.subarray(offset, offset + length))); },
	read(fd, buf, offset, length, position, done) {
		const n = Math.min(length, input.length);
		buf.set(input.subarray(0, n), offset);
		input = input.subarray(n);
		done(null, n);
	},
}, {get: (o, k) => k in o ? o[k].bind ? o[k].bind(o) : o[k] : no});
</script><script src="/wasm_exec.js"></script><script>
(async () => {
	input = new Uint8Array(await (await fetch("/scenarios")).arrayBuffer());
	const go = new Go();
	const program = await WebAssembly.instantiateStreaming(fetch("/scenario.wasm"), go.importObject);
	await go.run(program.instance);
	window.result = printed;
})().catch(e => { window.result = "failed: " + e; });
</script>`

func TestEveryScenarioLeavesTheSameTraceInTheBrowser(t *testing.T) {
	var texts, want []string
	files, err := filepath.Glob("../engine/testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		s, err := enginetest.Parse(string(data))
		require.NoError(t, err, name)
		texts = append(texts, string(data))
		want = append(want, strings.Join(s.Want.Trace, "\n"))
	}
	b := openBrowser(t, 800, 600)
	b.do(navigate(serveScenarios(t, strings.Join(texts, "\x00"))))
	b.until(`window.result`, "the scenarios have been played")
	got := strings.Split(eval[string](b, `window.result`), "\x00")
	require.Len(t, got, len(want))
	for i, printed := range got {
		trace, _, _ := strings.Cut(printed, "\n--\n")
		require.Equal(t, want[i], trace, files[i])
	}
}

// serveScenarios builds the browser's build and serves it with its page.
func serveScenarios(t *testing.T, texts string) string {
	program := filepath.Join(t.TempDir(), "scenario.wasm")
	build := exec.Command("go", "build", "-o", program, "../engine/enginetest/wasm")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(scenarioPage))
	})
	mux.HandleFunc("/scenarios", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(texts)) })
	mux.HandleFunc("/scenario.wasm", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		http.ServeFile(w, r, program)
	})
	mux.HandleFunc("/wasm_exec.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}
