package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	binary = "../bin/millrace"
	built  = "../build/web"
	soon   = 20 * time.Second
)

// TestMain builds what the tests run, so that `go test ./e2e` works by itself.
func TestMain(m *testing.M) {
	for _, file := range []string{binary, filepath.Join(built, "app.wasm.gz")} {
		if _, err := os.Stat(file); err != nil {
			build := exec.Command("make", "-C", "..", "build")
			build.Stdout, build.Stderr = os.Stderr, os.Stderr
			if err := build.Run(); err != nil {
				fmt.Fprintln(os.Stderr, "building what is tested:", err)
				os.Exit(1)
			}
			break
		}
	}
	os.Exit(m.Run())
}

// process is one server under test.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	url  string
	link string // one-time link
	done chan error

	mu  sync.Mutex
	out bytes.Buffer
}

var oneTimeLink = regexp.MustCompile(`http://\S+/live\?k=\S+`)

// start runs `millrace args…` on a free port and waits for its link.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	addr := freeAddr(t)
	p := &process{t: t, url: "http://" + addr, done: make(chan error, 1)}
	p.cmd = exec.Command(binary, append(args, "--addr", addr, "--web", built)...)
	p.cmd.Env = append(os.Environ(), "MILLRACE_DATA=", "MILLRACE_ADDR=")
	out, err := p.cmd.StdoutPipe()
	require.NoError(t, err)
	p.cmd.Stderr = p.cmd.Stdout
	require.NoError(t, p.cmd.Start())
	found := make(chan string, 1)
	go p.read(out, found)
	t.Cleanup(p.kill)
	select {
	case p.link = <-found:
	case <-time.After(3 * soon):
		t.Fatalf("no one-time link was printed:\n%s", p.output())
	}
	return p
}

func (p *process) read(out io.Reader, found chan<- string) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		p.mu.Lock()
		p.out.WriteString(lines.Text() + "\n")
		p.mu.Unlock()
		if link := oneTimeLink.FindString(lines.Text()); link != "" {
			select {
			case found <- link:
			default:
			}
		}
	}
	p.done <- p.cmd.Wait()
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}

// interrupt presses Ctrl+C and waits for the end.
func (p *process) interrupt() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGINT))
	select {
	case err := <-p.done:
		require.NoError(p.t, err, p.output())
		p.done <- nil
	case <-time.After(2 * soon):
		p.t.Fatalf("the server did not stop:\n%s", p.output())
	}
}

// kill ends the process at once, as a power cut would.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		<-p.done
		p.done <- nil
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// client is a signed-in HTTP client.
type client struct {
	t    *testing.T
	url  string
	http http.Client
}

// signIn opens the process's one-time link.
func (p *process) signIn() *client {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(p.t, err)
	c := &client{t: p.t, url: p.url, http: http.Client{Jar: jar, Timeout: soon}}
	res, err := c.http.Get(p.link)
	require.NoError(p.t, err)
	require.NoError(p.t, res.Body.Close())
	return c
}

// signInAsViewer takes the demo's link for viewers.
func (p *process) signInAsViewer() *client {
	return (&process{t: p.t, url: p.url, link: p.url + "/live?as=viewer"}).signIn()
}

// do sends JSON and returns the status and the decoded answer.
func (c *client) do(method, path string, in any, header ...string) (int, map[string]any) {
	c.t.Helper()
	var body io.Reader
	switch in := in.(type) {
	case nil:
	case string:
		body = strings.NewReader(in)
	default:
		data, err := json.Marshal(in)
		require.NoError(c.t, err)
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, c.url+path, body)
	require.NoError(c.t, err)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(req)
	require.NoError(c.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	var out map[string]any
	_ = json.Unmarshal(data, &out)
	return res.StatusCode, out
}

// must is do for requests that have to succeed.
func (c *client) must(method, path string, in any, header ...string) map[string]any {
	c.t.Helper()
	status, out := c.do(method, path, in, header...)
	require.Less(c.t, status, 300, "%s %s: %v", method, path, out)
	return out
}

// items lists what a page holds.
func (c *client) items(path string) []map[string]any {
	c.t.Helper()
	list, _ := c.must(http.MethodGet, path, nil)["items"].([]any)
	var all []map[string]any
	for _, v := range list {
		all = append(all, v.(map[string]any))
	}
	return all
}

// mustText is an answer as text, for looking into it.
func mustText(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}
