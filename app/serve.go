//go:build !js

package app

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/web"
)

// Policy is the Content-Security-Policy that the pages work under: no inline
// script, nothing from elsewhere; 'wasm-unsafe-eval' starts the program, and
// go-app sets style attributes.
const Policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; style-src-attr 'unsafe-inline'; " +
	"font-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// worker replaces go-app's caching service worker: HTTP caching by version does
// the same without ever showing an old program.
const worker = `self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(caches.keys().then((ks) => Promise.all(ks.map((k) => caches.delete(k)))).then(() => self.clients.claim())));
`

// shelf serves the files of one build; a new build that appears while the server
// runs replaces it.
type shelf struct {
	release string
	files   fs.FS
	built   fs.FS

	mu      sync.Mutex
	stamp   time.Time // of the built program
	version string
	pages   *ui.Handler
}

// Pages serves the program's pages and, under /web/, everything they load.
// release is the server's version. The program is read from the folder built,
// as app.wasm.gz and perhaps app.wasm.br, or from the embedded files when built
// is ""; it may appear later than the server starts.
func Pages(release, built string) http.Handler {
	s := &shelf{release: release, files: web.Files}
	s.built, _ = fs.Sub(web.Files, "built")
	if built != "" {
		s.built = os.DirFS(built)
	}
	Routes()
	s.refresh()
	return s
}

// refresh looks whether there is another build than before.
func (s *shelf) refresh() (version string, pages *ui.Handler, ready bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := fs.Stat(s.built, "app.wasm.gz")
	if s.pages != nil && (err != nil || info.ModTime().Equal(s.stamp)) {
		return s.version, s.pages, err == nil
	}
	if err == nil {
		s.stamp = info.ModTime()
	}
	s.version = s.fingerprint()
	s.pages = s.newPages(s.version)
	return s.version, s.pages, err == nil
}

func (s *shelf) newPages(version string) *ui.Handler {
	return &ui.Handler{
		Name:                  "Millrace",
		Title:                 "Millrace",
		Description:           "Draw a flow, switch it on, watch it run.",
		Icon:                  ui.Icon{Default: "/web/icons/icon.svg", Large: "/web/icons/icon-512.png", Maskable: "/web/icons/icon-192.png", SVG: "/web/icons/icon.svg"},
		BackgroundColor:       "#fbfbfd",
		ThemeColor:            "#fbfbfd",
		LoadingLabel:          "Loading the editor… {progress} %",
		Styles:                []string{"/web/css/tokens.css", "/web/css/app.css", "/web/css/editor.css"},
		Scripts:               []string{"/web/js/theme.js", "/web/js/canvas.js defer"},
		RawHeaders:            []string{`<link rel="preload" as="font" type="font/woff2" crossorigin href="` + resolver(version).Resolve("/web/fonts/inter-latin.woff2") + `">`},
		Version:               s.release + "-" + version,
		Resources:             resolver(version),
		WasmContentLength:     strconv.Itoa(s.wasmSize()),
		ServiceWorkerTemplate: worker,
	}
}

// resolver puts a build's fingerprint into the paths of files, so that browsers
// may keep them for ever.
type resolver string

// Resolve is the address of a file.
func (v resolver) Resolve(location string) string {
	rest, ok := strings.CutPrefix(location, "/web")
	if !ok || rest != "" && rest[0] != '/' {
		return location
	}
	return "/web/" + string(v) + rest
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, pages, ready := s.refresh()
	if name, ok := strings.CutPrefix(r.URL.Path, "/web/"); ok {
		s.file(w, r, name, version)
		return
	}
	if !ready && !strings.Contains(path.Base(r.URL.Path), ".") {
		building(w)
		return
	}
	pages.ServeHTTP(w, r)
}

func (s *shelf) file(w http.ResponseWriter, r *http.Request, name, version string) {
	kept := "no-cache"
	if rest, ok := strings.CutPrefix(name, version+"/"); ok {
		name, kept = rest, "public, max-age=31536000, immutable"
	}
	w.Header().Set("Cache-Control", kept)
	if name == "app.wasm" {
		s.wasm(w, r)
		return
	}
	if !fs.ValidPath(name) || strings.HasPrefix(name, "built") {
		http.NotFound(w, r)
		return
	}
	body, err := fs.ReadFile(s.files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	kind := mime.TypeByExtension(path.Ext(name))
	if path.Ext(name) == ".woff2" {
		kind = "font/woff2"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

func (s *shelf) wasm(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/wasm")
	w.Header().Set("Vary", "Accept-Encoding")
	accepts := r.Header.Get("Accept-Encoding")
	for _, c := range []struct{ token, ext string }{{"br", "br"}, {"gzip", "gz"}} {
		if !strings.Contains(accepts, c.token) {
			continue
		}
		if body, err := s.program(c.ext); err == nil {
			w.Header().Set("Content-Encoding", c.token)
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			_, _ = w.Write(body)
			return
		}
	}
	body, err := s.program("gz")
	if err != nil {
		http.NotFound(w, r)
		return
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		http.Error(w, "the program is damaged", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, z)
}

func (s *shelf) program(ext string) ([]byte, error) { return fs.ReadFile(s.built, "app.wasm."+ext) }

// wasmSize is the size of the unpacked program, which gzip keeps in its last
// four bytes (RFC 1952).
func (s *shelf) wasmSize() int {
	body, err := s.program("gz")
	if err != nil || len(body) < 4 {
		return 0
	}
	return int(binary.LittleEndian.Uint32(body[len(body)-4:]))
}

// fingerprint identifies everything that is served.
func (s *shelf) fingerprint() string {
	h := sha256.New()
	for _, files := range []fs.FS{s.files, s.built} {
		_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil
			}
			body, _ := fs.ReadFile(files, name)
			_, _ = io.WriteString(h, name)
			_, _ = h.Write(body)
			return nil
		})
	}
	return hex.EncodeToString(h.Sum(nil))[:10]
}

// building says that the program is not there yet, and looks again by itself.
func building(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Refresh", "3")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = io.WriteString(w, `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Millrace</title>
<link rel="stylesheet" href="/web/css/tokens.css"><link rel="stylesheet" href="/web/css/app.css">
<body><aside class="goapp-app-info"><img class="goapp-logo goapp-spin" alt="" src="/web/icons/icon.svg"><p class="goapp-label">The editor is still being built. This page looks again every three seconds.</p></aside></body></html>`)
}
