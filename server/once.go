package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"

	"millrace.dev/flow"
	"millrace.dev/store"
)

// Idempotency-Key: a POST that is repeated with the same key and body within
// keyLife is done once, and answered alike.
const (
	keyLife = 24 * time.Hour
	// keyRunning is how long a first request may still be under way; after it,
	// the process that served it is taken for dead.
	keyRunning = time.Minute
	// keyBody is the largest answer that is kept for a repeat, in bytes.
	keyBody   = 256 << 10
	keyPrefix = "idempotency|"
)

// firstTime is what is kept of the first request with a key.
type firstTime struct {
	Hash   string    `json:"hash"` // of the body
	At     time.Time `json:"at"`
	Status int       `json:"status,omitempty"` // 0 while it is under way
	Type   string    `json:"type,omitempty"`
	Answer []byte    `json:"answer,omitempty"`
}

type onceKey struct{}

// operationKey names this request's operation: the same for a repeat with the
// same Idempotency-Key, else a new one. Routes use it for ids and operation
// keys, so that even a repeat after a crash changes nothing twice.
func operationKey(ctx context.Context) string {
	if k, ok := ctx.Value(onceKey{}).(string); ok {
		return k
	}
	return newID("op")
}

// idFor is the id of what this request makes: the same when it is repeated.
func idFor(ctx context.Context, prefix string) string {
	if k, ok := ctx.Value(onceKey{}).(string); ok {
		return prefix + "_" + k
	}
	return newID(prefix)
}

// once runs a route, unless it is a repeat: then it answers as it did before.
func (s *Server) once(w http.ResponseWriter, r *http.Request, pattern string, body []byte, route http.HandlerFunc) {
	key := r.Header.Get("Idempotency-Key")
	who := callerOf(r.Context())
	if key == "" || r.Method != http.MethodPost || who.session == "" {
		route(w, r)
		return
	}
	if !flow.ValidID(key) {
		s.fail(w, r, refuse(flow.CodeInvalid, "An Idempotency-Key has 1 to %d letters, digits, _ or -.", flow.MaxID))
		return
	}
	id := keyPrefix + digest(who.ID+"|"+pattern+"|"+r.URL.Path+"|"+key)
	// The stored hash of the body is keyed with the caller's own key, which is not
	// stored: a body may hold a password.
	kept, doc, err := s.firstOf(r.Context(), id, digest(key+"|"+string(body)))
	switch {
	case err != nil:
		s.fail(w, r, err)
		return
	case kept.Status != 0:
		w.Header().Set("Content-Type", kept.Type)
		w.Header().Set("Idempotent-Replayed", "true")
		w.WriteHeader(kept.Status)
		_, _ = w.Write(kept.Answer)
		return
	}
	op := "k" + strings.TrimPrefix(id, keyPrefix)[:32]
	r = r.WithContext(context.WithValue(r.Context(), onceKey{}, op))
	copied := &copiedWriter{ResponseWriter: w, status: http.StatusOK}
	route(copied, r)
	s.remember(r.Context(), doc, kept, copied)
}

// firstOf claims a key for this request, or finds the answer of the first.
func (s *Server) firstOf(ctx context.Context, id, hash string) (firstTime, store.Doc, error) {
	sh, now := s.shelf(store.Meta), s.wall()
	mine := firstTime{Hash: hash, At: now}
	made, err := insert(ctx, sh, id, nil, mine)
	if err != nil {
		return mine, store.Doc{}, fmt.Errorf("claiming idempotency key: %w", err)
	}
	kept, doc, err := load[firstTime](ctx, sh, id)
	switch {
	case err != nil:
		return mine, doc, fmt.Errorf("loading idempotency key: %w", err)
	case made:
		return mine, doc, nil
	case kept.Hash != hash:
		return mine, doc, refuse(flow.CodeInvalid, "This Idempotency-Key was used for another body.")
	case kept.Status != 0:
		return kept, doc, nil
	case now.Sub(kept.At) < keyRunning:
		return mine, doc, refuse(flow.CodeConflict, "The first request with this Idempotency-Key is still under way.")
	}
	ok, err := replace(ctx, sh, doc, mine)
	if err == nil && !ok {
		err = refuse(flow.CodeConflict, "The first request with this Idempotency-Key is still under way.")
	}
	doc.Rev++
	return mine, doc, err
}

// remember keeps the answer for repeats. Failures of the machine, and answers
// too large to keep, free the key instead: a repeat does the work again.
func (s *Server) remember(ctx context.Context, doc store.Doc, kept firstTime, w *copiedWriter) {
	ctx = context.WithoutCancel(ctx)
	sh := s.shelf(store.Meta)
	var err error
	if w.status >= 500 || w.body.Len() > keyBody {
		err = sh.Delete(ctx, doc.ID)
	} else {
		kept.Status, kept.Type, kept.Answer = w.status, w.Header().Get("Content-Type"), w.body.Bytes()
		_, err = replace(ctx, sh, doc, kept)
	}
	if err != nil {
		s.log.Warn("keeping answer for repeats", "err", err)
	}
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// copiedWriter keeps a copy of the answer.
type copiedWriter struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader remembers the status.
func (w *copiedWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Write copies up to what is worth keeping.
func (w *copiedWriter) Write(b []byte) (int, error) {
	if w.body.Len() <= keyBody {
		w.body.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *copiedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// sweep deletes expired idempotency keys, sessions and links.
func (s *Server) sweep(ctx context.Context) error {
	now := s.wall()
	if err := expire(ctx, s.shelf(store.Meta), keyPrefix, func(k firstTime) bool { return now.Sub(k.At) > keyLife }); err != nil {
		return err
	}
	if err := expire(ctx, s.shelf(store.Logins), "link|", func(l link) bool { return now.After(l.Expires) }); err != nil {
		return err
	}
	return expire(ctx, s.shelf(store.Sessions), "", func(k session) bool {
		return now.Sub(k.Seen) > sessionIdle || now.Sub(k.Made) > sessionLife
	})
}

// expire deletes the documents with an id prefix that are over.
func expire[T any](ctx context.Context, sh store.Shelf, prefix string, over func(T) bool) error {
	after := prefix
	for {
		docs, err := sh.List(ctx, store.ShelfQuery{After: after, Limit: 500})
		if err != nil || len(docs) == 0 {
			return err
		}
		for _, d := range docs {
			after = d.ID
			if !strings.HasPrefix(d.ID, prefix) {
				return nil
			}
			if err := expireOne(ctx, sh, d, over); err != nil {
				return err
			}
		}
	}
}

func expireOne[T any](ctx context.Context, sh store.Shelf, d store.Doc, over func(T) bool) error {
	v, err := decode[T](d)
	if err != nil || !over(v) {
		return err
	}
	return sh.Delete(ctx, d.ID)
}
