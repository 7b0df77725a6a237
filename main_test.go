//go:build !js

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/flow"
	"millrace.dev/flow/rule"
	"millrace.dev/store"
	"millrace.dev/store/sqlite"
	"millrace.dev/web/templates"
)

// write puts a template into a folder and returns its path.
func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func TestValidateSaysWhatIsWrongAndWhere(t *testing.T) {
	good := templates.All()[0].File
	require.Equal(t, exitOK, run(t.Context(), []string{"validate", "--strict", write(t, "good.json", good)}))

	bad := bytes.Replace(good, []byte("deal.amount > 10000"), []byte("deal.amuont > 10000"), 1)
	require.NotEqual(t, good, bad)
	require.Equal(t, exitFindings, run(t.Context(), []string{"validate", write(t, "bad.json", bad)}))
	problems := checkFile(bad, false)
	require.Equal(t, "/nodes/start/when", problems[0].Path)
	require.Equal(t, "deal.amount", problems[0].Suggestion)
	require.Contains(t, problems[0].Caret, "^")
}

func TestFmtMakesAFileCanonicalOnceAndForAll(t *testing.T) {
	want := templates.All()[0].File
	path := write(t, "flow.json", bytes.ReplaceAll(want, []byte("\n    "), []byte("\n\t\t ")))
	for range 2 {
		require.Equal(t, exitOK, run(t.Context(), []string{"fmt", path}))
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
}

func TestRunPlaysAFileWithoutAServer(t *testing.T) {
	file := write(t, "flow.json", templates.All()[0].File)
	record := write(t, "deal.json", []byte(`{"id": "D-1", "fields": {"title": "Hotel", "amount": 2000000, "currency": "EUR"}}`))
	require.Equal(t, exitOK, run(t.Context(), []string{"run", file, "--record", record, "--clock", "2026-01-05T09:00:00Z"}))
}

func TestWrongArgumentsEndWithTheirOwnCodes(t *testing.T) {
	require.Equal(t, exitUsage, run(t.Context(), []string{"validate"}))
	require.Equal(t, exitUsage, run(t.Context(), []string{"demo", "--speed"}))
	require.Equal(t, exitUsage, run(t.Context(), []string{"demo", "--addr", "0.0.0.0:0"}), "demo stays on this machine")
	require.Equal(t, exitUsage, run(t.Context(), []string{"demo", "--clock", "0"}))
	require.Equal(t, exitEnvironment, run(t.Context(), []string{"validate", "/no/such/file.json"}))
	t.Setenv("MILLRACE_STORE", "mongodb://mongo:27017")
	require.Equal(t, exitUsage, run(t.Context(), []string{"serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0"}))
}

func TestAddressesAreDialledFromHere(t *testing.T) {
	require.Equal(t, "127.0.0.1:8080", loopback("0.0.0.0:8080"))
	require.Equal(t, "127.0.0.1:8080", loopback(":8080"))
	require.Equal(t, "10.1.2.3:80", loopback("10.1.2.3:80"))
	require.True(t, isLoopback("localhost:80"))
	require.False(t, isLoopback(":80"))
}

func TestTheWorkspaceClockNeverRunsBackwards(t *testing.T) {
	db, err := sqlite.Open(t.Context(), sqlite.Memory)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	meta := db.Shelf(store.Meta)

	fast, err := openClock(t.Context(), meta, 3600)
	require.NoError(t, err)
	fast.from = fast.from.Add(48 * time.Hour) // two days of demo have gone by
	reached := fast.Now()
	require.NoError(t, fast.save(t.Context(), meta))

	slow, err := openClock(t.Context(), meta, 1)
	require.NoError(t, err)
	require.False(t, slow.Now().Before(reached))
}

func TestTheLimitsOfRuleAreTheLimitsOfFlow(t *testing.T) {
	require.Equal(t, flow.MaxExpression, rule.MaxExpression)
	require.Equal(t, flow.MaxTemplate, rule.MaxTemplate)
	require.Equal(t, flow.MaxTags, rule.MaxTags)
	require.Equal(t, flow.MaxOutput, rule.MaxOutput)
}

func TestAServerStartsAndStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	w, err := open(ctx, options{addr: "127.0.0.1:0", speed: 1, capture: true}, logger(0))
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- w.serve(ctx) }()
	stop()
	require.NoError(t, <-ended)
}
