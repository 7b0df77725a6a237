package server

import (
	"context"
	"net/http"
	"runtime/debug"
	"time"
)

// Build names the running build.
type Build struct {
	Version  string `json:"version"`
	Go       string `json:"go"`
	Revision string `json:"revision,omitempty"`
	Modified bool   `json:"modified,omitempty"`
}

func (s *Server) healthRoutes() {
	s.gate.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	})
	s.gate.HandleFunc("GET /readyz", s.ready)
	s.gate.HandleFunc("GET /version", func(w http.ResponseWriter, r *http.Request) {
		if err := writeJSON(w, http.StatusOK, buildOf(s.build)); err != nil {
			s.fail(w, r, err)
		}
	})
	s.gate.HandleFunc("GET /metrics", s.metrics.page.ServeHTTP)
}

// ready says whether to send requests here: the store answers, runs are being
// moved, and the server is not stopping.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	text := ""
	switch {
	case s.stopping.Load():
		text = "stopping"
	case s.store.Ping(ctx) != nil:
		text = "the store does not answer"
	case !s.runner.Ready():
		text = "runs are not being moved"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if text != "" {
		w.Header().Set("Retry-After", "2")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(text + "\n"))
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

func buildOf(version string) Build {
	b := Build{Version: version}
	bi, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = bi.GoVersion
	if b.Version == "" {
		b.Version = bi.Main.Version
	}
	for _, s := range bi.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}
