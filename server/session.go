package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// How long a session lives: without a request, and at all.
const (
	sessionIdle = 12 * time.Hour
	sessionLife = 7 * 24 * time.Hour
	// sessionTouch is how seldom a session's last use is written.
	sessionTouch = 5 * time.Minute
)

// session is a signed-in browser, stored under the SHA-256 of its cookie: who
// reads the store cannot sign in with it.
type session struct {
	Member string    `json:"member"`
	Made   time.Time `json:"made"`
	Seen   time.Time `json:"seen"`
}

// caller is who a request comes from.
type caller struct {
	crm.Member
	// session is the stored session's id, "" for nobody.
	session string
}

type callerKey struct{}

// callerOf is the request's caller; the zero caller is nobody.
func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// newToken makes 32 random bytes as text.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand crashes the process instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashed is what is stored of a token.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// startSession makes a session for the member and hands its cookie to the
// browser; the session that the request came with ends.
func (s *Server) startSession(w http.ResponseWriter, r *http.Request, member string) error {
	ctx := r.Context()
	if old, err := r.Cookie(s.cookieName()); err == nil {
		if err := s.endSession(ctx, hashed(old.Value)); err != nil {
			return err
		}
	}
	token, now := newToken(), s.wall()
	made, err := insert(ctx, s.shelf(store.Sessions), hashed(token), map[string]string{"member": member},
		session{Member: member, Made: now, Seen: now})
	if err != nil || !made {
		return fmt.Errorf("storing session of %s: %w", member, err)
	}
	http.SetCookie(w, s.cookie(token, int(sessionLife/time.Second)))
	return nil
}

// endSession forgets a session and closes its websockets.
func (s *Server) endSession(ctx context.Context, id string) error {
	if err := s.shelf(store.Sessions).Delete(ctx, id); err != nil {
		return fmt.Errorf("ending session: %w", err)
	}
	s.hub.hangUp(func(c caller) bool { return c.session == id })
	return nil
}

// endSessionsOf ends every session of a member: the role or password changed.
func (s *Server) endSessionsOf(ctx context.Context, member string) error {
	docs, err := s.shelf(store.Sessions).List(ctx, store.ShelfQuery{Key: "member", Value: member, Limit: 1000})
	if err != nil {
		return fmt.Errorf("listing sessions of %s: %w", member, err)
	}
	for _, d := range docs {
		if err := s.endSession(ctx, d.ID); err != nil {
			return err
		}
	}
	return nil
}

// identify finds the caller of a request; nobody is no error.
func (s *Server) identify(r *http.Request) (caller, error) {
	cookie, err := r.Cookie(s.cookieName())
	if err != nil || len(cookie.Value) > 100 {
		return caller{}, nil
	}
	return s.callerBySession(r.Context(), hashed(cookie.Value))
}

// callerBySession loads a live session and its member.
func (s *Server) callerBySession(ctx context.Context, id string) (caller, error) {
	kept, doc, err := load[session](ctx, s.shelf(store.Sessions), id)
	if flow.CodeOf(err) == flow.CodeNotFound {
		return caller{}, nil
	}
	if err != nil {
		return caller{}, fmt.Errorf("loading session: %w", err)
	}
	now := s.wall()
	if now.Sub(kept.Seen) > sessionIdle || now.Sub(kept.Made) > sessionLife {
		return caller{}, s.endSession(ctx, id)
	}
	m, _, err := load[crm.Member](ctx, s.shelf(store.Members), kept.Member)
	if flow.CodeOf(err) == flow.CodeNotFound || m.Off {
		return caller{}, s.endSession(ctx, id)
	}
	if err != nil {
		return caller{}, fmt.Errorf("loading member %s: %w", kept.Member, err)
	}
	if now.Sub(kept.Seen) > sessionTouch {
		kept.Seen = now
		if _, err := replace(ctx, s.shelf(store.Sessions), doc, kept); err != nil {
			return caller{}, fmt.Errorf("touching session: %w", err)
		}
	}
	return caller{Member: m, session: id}, nil
}

// cookieName has the __Host- prefix where browsers honour it: on https.
func (s *Server) cookieName() string {
	if s.https {
		return "__Host-sid"
	}
	return "sid"
}

// cookie is the session cookie; maxAge < 0 removes it.
func (s *Server) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: s.cookieName(), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.https, SameSite: http.SameSiteLaxMode,
	}
}
