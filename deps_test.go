//go:build !js

package main

import (
	"encoding/json"
	"io"
	"os/exec"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// allowance says what a package may import. Ours are named below millrace.dev/,
// outside modules by a prefix of their path; the standard library is free
// unless pure forbids its impure parts.
type allowance struct {
	ours    []string
	outside []string
	// pure packages run in the browser and decide only by their inputs: no
	// network, files, processes or clock-driven packages.
	pure bool
	why  string
}

// architecture is DESIGN.md §2 as a map: who may import whom.
var architecture = map[string]allowance{
	"crm":                    {pure: true, why: "pure data that everything else builds on"},
	"flow":                   {ours: []string{"crm"}, pure: true, why: "the vocabulary"},
	"flow/rule":              {ours: []string{"crm"}, outside: []string{"github.com/expr-lang/expr"}, pure: true, why: "the only home of expr"},
	"nodes":                  {ours: []string{"crm", "flow", "flow/rule"}, pure: true, why: "nodes reach the world through Host"},
	"nodes/nodetest":         {ours: []string{"crm", "flow", "flow/rule", "nodes"}, pure: true, why: "a Host in memory for node tests"},
	"engine":                 {ours: []string{"crm", "flow", "flow/rule", "nodes"}, pure: true, why: "one engine, two targets"},
	"engine/enginetest":      {ours: []string{"crm", "flow", "flow/rule", "nodes", "engine"}, why: "text scenarios"},
	"engine/enginetest/wasm": {ours: []string{"engine/enginetest"}, why: "text scenarios in the browser build"},
	"engine/runner":          {ours: []string{"crm", "flow", "flow/rule", "nodes", "engine", "engine/host", "store", "bus"}, outside: []string{"github.com/google/uuid"}, why: "the server's driver of the engine"},
	"engine/host": {ours: []string{"crm", "flow", "nodes", "store"},
		outside: []string{"github.com/wneessen/go-mail", "code.dny.dev/ssrf"}, why: "the only home of mail and outbound HTTP"},
	"store":           {ours: []string{"crm", "flow"}, outside: []string{"golang.org/x/text"}, why: "promises, no driver"},
	"store/storetest": {ours: []string{"crm", "flow", "store"}, outside: []string{"github.com/stretchr/testify"}, why: "the suite every store passes"},
	"store/sqlite":    {ours: []string{"crm", "flow", "store"}, outside: []string{"modernc.org/sqlite"}, why: "the only home of SQLite"},
	"bus":             {ours: []string{"crm", "flow"}, outside: []string{"github.com/nats-io"}, why: "the only home of NATS"},
	"server": {ours: []string{"crm", "flow", "nodes", "store"},
		outside: []string{"github.com/gorilla/websocket", "github.com/danielgtaylor/huma/v2", "github.com/go-json-experiment/json",
			"golang.org/x/crypto", "golang.org/x/time", "github.com/google/uuid", "github.com/prometheus/client_golang"},
		why: "the API; go-app and drivers stay out"},
	"app/canvas": {pure: true, why: "geometry and gestures, tested without a browser"},
	"app/edit":   {ours: []string{"crm", "flow", "app/canvas"}, pure: true, why: "the document being edited"},
	"app/i18n":   {pure: true, why: "texts"},
	"app": {ours: []string{"crm", "flow", "flow/rule", "nodes", "engine", "app/canvas", "app/edit", "app/i18n", "web"},
		outside: []string{"github.com/maxence-charriere/go-app/v10"}, why: "the only home of go-app"},
	"web/templates": {why: "flow files"},
	"web":           {why: "assets, embedded"},
	"demo":          {ours: []string{"crm", "flow", "nodes"}, why: "sample data and a simulator that speaks the public API only"},
	"bench/engine":  {ours: []string{"crm", "flow", "nodes", "engine", "engine/runner", "engine/host", "store", "store/sqlite", "bus"}, why: "prints the engine's figures"},
}

// impure are standard packages that a pure package may not import: what they
// return depends on more than their arguments, or they cost the browser dear.
var impure = []string{"net", "net/http", "os", "os/exec", "database/sql", "math/rand", "crypto/rand", "log", "log/slog", "sync"}

// allowedImpure are the exceptions, with their reason.
var allowedImpure = map[string]string{
	"nodes sync":     "the registry is filled by init functions and read by every goroutine of the server",
	"flow/rule sync": "compiled programs are shared between goroutines and pool their machines",
}

type listed struct {
	ImportPath string
	Imports    []string
}

func list(t *testing.T, env []string, patterns ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=ImportPath,Imports"}, patterns...)...)
	cmd.Env = append(cmd.Environ(), env...)
	out, err := cmd.Output()
	require.NoError(t, err)
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
		all = append(all, p)
	}
	return all
}

const module = "millrace.dev"

func TestPackagesImportOnlyWhatTheArchitectureAllows(t *testing.T) {
	seen := map[string]bool{}
	targets := map[string][]string{"server": nil, "browser": {"GOOS=js", "GOARCH=wasm"}}
	for target, env := range targets {
		for _, p := range list(t, env, "./...") {
			name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
			if name == "" || strings.HasPrefix(name, "e2e") || len(p.Imports) == 0 {
				continue
			}
			seen[name] = true
			allowed, ok := architecture[name]
			if !ok {
				t.Errorf("package %s has no row in the architecture", name)
				continue
			}
			for _, imported := range p.Imports {
				if why := forbidden(name, allowed, imported); why != "" {
					t.Errorf("%s (%s build) may not import %s: %s (%s)", name, target, imported, why, allowed.why)
				}
			}
		}
	}
	for name := range architecture {
		if !seen[name] {
			t.Errorf("the architecture names %s, which is not there", name)
		}
	}
}

// forbidden tells why an import is not allowed, "" if it is.
func forbidden(name string, allowed allowance, imported string) string {
	switch {
	case strings.HasPrefix(imported, module+"/"):
		if !has(allowed.ours, strings.TrimPrefix(imported, module+"/")) {
			return "not among ours"
		}
	case strings.Contains(strings.Split(imported, "/")[0], "."):
		for _, prefix := range allowed.outside {
			if imported == prefix || strings.HasPrefix(imported, prefix+"/") {
				return ""
			}
		}
		return "an outside library has exactly one home"
	case allowed.pure && has(impure, imported) && allowedImpure[name+" "+imported] == "":
		return "pure packages decide by their inputs alone"
	}
	return ""
}

func has(list []string, s string) bool {
	i := sort.SearchStrings(sorted(list), s)
	return i < len(list) && sorted(list)[i] == s
}

func sorted(list []string) []string {
	c := append([]string(nil), list...)
	sort.Strings(c)
	return c
}

func TestTheBrowserBuildLinksNoServerPackages(t *testing.T) {
	banned := map[string]string{
		"github.com/gorilla/websocket": "the browser has its own WebSocket",
		"modernc.org/sqlite":           "no store in the browser",
		"github.com/nats-io/nats.go":   "no bus in the browser",
		"millrace.dev/store":           "no store in the browser",
		"millrace.dev/engine/runner":   "the browser drives the engine itself",
	}
	for _, p := range list(t, []string{"GOOS=js", "GOARCH=wasm"}, "-deps", ".") {
		if why, bad := banned[p.ImportPath]; bad {
			t.Errorf("the browser build links %s: %s", p.ImportPath, why)
		}
	}
}
