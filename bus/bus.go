package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Config says where the bus lives. The zero value is a bus in memory.
type Config struct {
	// Dir holds the streams; "" keeps them in memory for the life of the Bus.
	Dir string
	// Prefix starts every subject, "mr" when empty.
	Prefix string
	// SyncInterval is how often files are synced, 10 s when zero. A power loss may
	// eat that much of the log; the outbox in the store gives it back.
	SyncInterval time.Duration
	// Dedupe is how long the event log remembers an event's id, 2 min when zero.
	// Later repeats are absorbed by the deterministic run id.
	Dedupe time.Duration
	// Log receives what the bus could not do, slog.Default() when nil.
	Log *slog.Logger
}

// Bus is an embedded JetStream server with one in-process connection to it. No
// port is opened. Its methods are safe for concurrent use.
type Bus struct {
	prefix string
	log    *slog.Logger
	temp   string // directory to remove on Close, "" for none
	srv    *server.Server
	conn   *nats.Conn
	js     jetstream.JetStream
	events jetstream.Stream
	gen    string

	last     atomic.Uint64 // highest acknowledged sequence of the event log
	watchers atomic.Int64  // live subscriptions
	keep     *keeper
	once     sync.Once
	err      error // of Close
}

// startTimeout bounds how long the embedded server may take to come up.
const startTimeout = 20 * time.Second

// Open starts the embedded server and creates or repairs its streams and
// consumers.
func Open(ctx context.Context, cfg Config) (*Bus, error) {
	b := &Bus{prefix: cfg.Prefix, log: cfg.Log}
	if b.prefix == "" {
		b.prefix = "mr"
	}
	if b.log == nil {
		b.log = slog.Default()
	}
	storage := jetstream.FileStorage
	if cfg.Dir == "" {
		storage = jetstream.MemoryStorage
	}
	if err := b.start(cfg); err != nil {
		return nil, errors.Join(fmt.Errorf("starting the embedded bus: %w", err), b.Close())
	}
	if err := b.createStreams(ctx, storage, cfg.Dedupe); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	b.keep = startKeeper()
	return b, nil
}

func (b *Bus) start(cfg Config) error {
	dir := cfg.Dir
	if dir == "" {
		// Even memory streams want a directory for the account's own files.
		temp, err := os.MkdirTemp("", "millrace-bus-")
		if err != nil {
			return err
		}
		b.temp, dir = temp, temp
	}
	if cfg.SyncInterval == 0 {
		cfg.SyncInterval = 10 * time.Second
	}
	srv, err := server.NewServer(&server.Options{
		ServerName: "millrace", DontListen: true, NoSigs: true, NoLog: true,
		JetStream: true, JetStreamMaxMemory: memoryBytes, JetStreamMaxStore: diskBytes, StoreDir: filepath.Clean(dir), SyncInterval: cfg.SyncInterval,
		DisableJetStreamBanner: true, MaxPayload: maxPayload, MaxPending: 256 << 20,
	})
	if err != nil {
		return err
	}
	b.srv = srv
	srv.Start()
	if !srv.ReadyForConnections(startTimeout) {
		return errors.New("not ready in time")
	}
	b.conn, err = nats.Connect("", nats.InProcessServer(srv), nats.MaxReconnects(-1))
	if err != nil {
		return err
	}
	b.js, err = jetstream.New(b.conn, jetstream.WithDefaultTimeout(startTimeout))
	return err
}

// maxPayload lets one event carry a record's fields twice.
const maxPayload = 8 << 20

// Generation stamps this life of the event log. Sequences compare only within
// one generation: a log that was lost and made again has another.
func (b *Bus) Generation() string { return b.gen }

// LastSeq is the highest sequence of the event log that this process knows to
// be taken. With one process that is the log's end, short of what is under way.
func (b *Bus) LastSeq() uint64 { return b.last.Load() }

func (b *Bus) saw(seq uint64) {
	for {
		old := b.last.Load()
		if seq <= old || b.last.CompareAndSwap(old, seq) {
			return
		}
	}
}

// Close flushes and closes the connection, then stops the server. Stop
// consumers first. Closing twice is safe.
func (b *Bus) Close() error {
	b.once.Do(func() {
		var errs []error
		if b.keep != nil {
			b.keep.stop()
		}
		if b.conn != nil {
			errs = append(errs, b.conn.FlushTimeout(5*time.Second))
			b.conn.Close()
		}
		if b.srv != nil {
			b.srv.Shutdown()
			b.srv.WaitForShutdown()
		}
		if b.temp != "" {
			errs = append(errs, os.RemoveAll(b.temp))
		}
		b.err = errors.Join(errs...)
	})
	return b.err
}

func generation(created time.Time) string {
	return strconv.FormatInt(created.UnixNano(), 36)
}
