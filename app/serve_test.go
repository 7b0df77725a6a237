//go:build !js

package app

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func fetch(h http.Handler, path string, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAMissingProgramIsSaidAndLookedForAgain(t *testing.T) {
	dir := t.TempDir()
	h := Pages("1.0", dir)
	w := fetch(h, "/flows", "")
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Equal(t, "3", w.Header().Get("Refresh"))
	require.Contains(t, w.Body.String(), "still being built")

	build(t, dir, "program")
	w = fetch(h, "/flows", "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), `class="rail"`)
}

func TestTheProgramIsServedPackedAndKeptForEver(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, "program")
	h := Pages("1.0", dir)
	js := fetch(h, "/app.js", "").Body.String()
	require.Contains(t, js, `goappWasmContentLength = "7"`)
	path := regexp.MustCompile(`/web/[0-9a-f]+/app\.wasm`).FindString(js)
	require.NotEmpty(t, path)

	w := fetch(h, path, "gzip, deflate")
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	require.Contains(t, w.Header().Get("Cache-Control"), "immutable")
	require.Equal(t, "application/wasm", w.Header().Get("Content-Type"))

	w = fetch(h, path, "")
	require.Equal(t, "program", w.Body.String())
}

func TestPagesNeedNothingFromElsewhere(t *testing.T) {
	dir := t.TempDir()
	build(t, dir, "program")
	h := Pages("1.0", dir)
	page := fetch(h, "/flows", "").Body.String()
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		require.NotContains(t, m[1], "://", m[1])
	}
	require.NotRegexp(t, `<script>[^<]`, page)
	require.NotContains(t, page, " style=")
	for _, m := range regexp.MustCompile(`(?:src|href)="(/web/[^"]*)"`).FindAllStringSubmatch(page, -1) {
		require.Equal(t, http.StatusOK, fetch(h, m[1], "").Code, m[1])
	}
}

func TestFilesOutsideTheFolderAreNotServed(t *testing.T) {
	h := Pages("1.0", t.TempDir())
	for _, path := range []string{"/web/../go.mod", "/web/built/README", "/web/web.go", "/web/slim/prepare.sh"} {
		require.Equal(t, http.StatusNotFound, fetch(h, path, "").Code, path)
	}
}

func build(t *testing.T, dir, text string) {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "app.wasm.gz"), b.Bytes(), 0o644))
}
