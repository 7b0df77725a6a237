package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// Config says what a Server stands on.
type Config struct {
	Store  store.Store
	Runner Runner
	// Log takes request lines and failures; nil discards them.
	Log *slog.Logger
	// Demo lets a viewer in without a link, on this machine, and offers the
	// simulator.
	Demo      bool
	Simulator Simulator
	// App answers every path that is not the API's: the browser app's shell and
	// its static files. Nil answers 404.
	App http.Handler
	// PageCSP is the Content-Security-Policy of App's answers; "" is DefaultCSP.
	PageCSP string
	// PublicURL is where browsers find the server. With https, cookies are
	// Secure and HSTS is sent; its host is an allowed websocket origin.
	PublicURL string
	// MetricsToken opens /metrics to callers from elsewhere; "" opens it to this
	// machine only.
	MetricsToken string
	// Version is the build's name for /version.
	Version string
	// Now is the workspace's clock, which a demo may run fast: it dates records,
	// flows and events. Nil is the system's.
	Now func() time.Time
	// Speed is how many times as fast as the wall's Now runs, for the app; 0 is 1.
	Speed float64
	// Wall is the clock of sessions and limits; nil is the system's.
	Wall func() time.Time
}

// Server answers HTTP for one workspace. It is an http.Handler; Serve also
// stops it gracefully.
type Server struct {
	store        store.Store
	runner       Runner
	log          *slog.Logger
	demo         bool
	simulator    Simulator
	app          http.Handler
	csp          string
	public       *url.URL
	https        bool
	metricsToken string
	build        string
	now, wall    func() time.Time
	speed        float64

	gate      *gate
	api       huma.API
	handler   http.Handler
	hasher    *hasher
	byAccount *tries
	byAddress *tries
	metrics   *metrics
	hub       *hub
	tallies   *tallies
	stopping  atomic.Bool
	flowsSeen sync.Map // flow id → seenFlow

	// lastAdmin is held while an admin may be taken away, so that two do not take
	// each other away.
	lastAdmin sync.Mutex

	recentLock sync.Mutex
	recent     []flow.Progress

	stop context.CancelFunc
	done chan struct{} // closed when upkeep has ended
	deaf chan struct{} // closed when listening has ended
}

// New makes a server and begins to listen to the runner's live messages. Call
// Close when done.
func New(c Config) (*Server, error) {
	s := &Server{
		store: c.Store, runner: c.Runner, log: c.Log, demo: c.Demo, simulator: c.Simulator, app: c.App,
		csp: c.PageCSP, metricsToken: c.MetricsToken, build: c.Version, now: c.Now, wall: c.Wall, speed: c.Speed,
		hasher: newHasher(), byAccount: newTries(triesPerAccount), byAddress: newTries(triesPerAddress),
		done: make(chan struct{}), deaf: make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.wall == nil {
		s.wall = time.Now
	}
	if s.speed == 0 {
		s.speed = 1
	}
	if s.csp == "" {
		s.csp = DefaultCSP
	}
	public, err := url.Parse(c.PublicURL)
	if err != nil {
		return nil, fmt.Errorf("reading public URL: %w", err)
	}
	s.public, s.https = public, public.Scheme == "https"
	s.hub, s.metrics = newHub(s), newMetrics(s)
	s.tallies = newTallies(s)
	s.routes()
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if err := s.listen(ctx); err != nil {
		stop()
		return nil, err
	}
	go func() { defer close(s.done); s.upkeep(ctx) }()
	return s, nil
}

// routes registers every route at the gate.
func (s *Server) routes() {
	s.gate = &gate{ServeMux: http.NewServeMux(), server: s}
	config := huma.DefaultConfig("Millrace", s.build)
	config.DocsPath, config.SchemasPath, config.CreateHooks = "", "", nil
	config.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	s.api = humago.New(s.gate, config)
	s.loginRoutes()
	s.flowRoutes()
	s.draftRoutes()
	s.versionRoutes()
	s.transferRoutes()
	s.runRoutes()
	s.recordRoutes()
	s.schemaRoutes()
	s.eventRoutes()
	s.taskRoutes()
	s.memberRoutes()
	s.simulatorRoutes()
	s.healthRoutes()
	s.docsRoutes()
	s.gate.HandleFunc("GET /ws", s.socket)
	s.gate.HandleFunc("/api/", s.nothing)
	s.gate.HandleFunc("/", s.pages)
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(s.crossOrigin))
	s.handler = s.headers(guard.Handler(s.gate))
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Serve answers on the listener until ctx ends, then drains: readyz says 503,
// websockets close with a retry hint, and requests get up to 20 s to finish.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		IdleTimeout: 60 * time.Second, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	s.Drain()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("stopping: %w", err)
	}
	return nil
}

// Drain makes readyz say 503 and closes the websockets; requests still work.
func (s *Server) Drain() {
	s.stopping.Store(true)
	s.hub.shutDown()
}

// Close drains and stops listening to the runner. It may be called twice.
func (s *Server) Close() error {
	s.Drain()
	s.stop()
	<-s.done
	<-s.deaf
	return nil
}

// upkeep forgets what has expired and counts again what is watched, until ctx
// ends.
func (s *Server) upkeep(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-s.tallies.stale:
			s.recount(ctx, id)
		case <-tick.C:
			if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("sweeping expired sessions and keys", "err", err)
			}
		}
	}
}

// newID is a time-ordered unique id with the prefix of its kind.
func newID(prefix string) string {
	return prefix + "_" + uuid.Must(uuid.NewV7()).String()
}
