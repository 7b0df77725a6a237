package server

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"millrace.dev/flow"
)

// The cost of a password hash (OWASP's argon2id recommendation): 19 MiB, two
// passes, one thread.
const (
	hashKiB    = 19 * 1024
	hashPasses = 2
	hashBytes  = 32
	saltBytes  = 16
)

// Password lengths, in characters.
const (
	minPassword = 12
	maxPassword = 128
)

// hasher hashes passwords, at most two at once: each takes 19 MiB.
type hasher struct {
	running chan struct{}
	waiting chan struct{}
	// dummy is compared against when there is no such member, so that the answer
	// takes as long.
	dummy string
}

func newHasher() *hasher {
	h := &hasher{running: make(chan struct{}, 2), waiting: make(chan struct{}, 10)}
	h.dummy = encodeHash(newToken())
	return h
}

// hash makes what is stored of a password.
func (h *hasher) hash(ctx context.Context, password string) (kept string, err error) {
	err = h.slot(ctx, func() { kept = encodeHash(password) })
	return kept, err
}

// matches reports whether the password is the kept one's.
func (h *hasher) matches(ctx context.Context, kept, password string) (same bool, err error) {
	if kept == "" {
		kept = h.dummy
	}
	err = h.slot(ctx, func() { same = compareHash(kept, password) })
	return same, err
}

// slot runs work when one of the two places is free; when the queue is full,
// the caller is told to come back.
func (h *hasher) slot(ctx context.Context, work func()) error {
	select {
	case h.waiting <- struct{}{}:
		defer func() { <-h.waiting }()
	default:
		return tooMany(5)
	}
	select {
	case h.running <- struct{}{}:
		defer func() { <-h.running }()
	case <-ctx.Done():
		return flow.Errorf(flow.CodeUnavailable, "The request was given up.")
	}
	work()
	return nil
}

func encodeHash(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand crashes the process instead
	sum := argon2.IDKey([]byte(password), salt, hashPasses, hashKiB, 1, hashBytes)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, hashKiB, hashPasses, b64(salt), b64(sum))
}

func compareHash(kept, password string) bool {
	parts := strings.Split(kept, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var kib, passes uint32
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &kib, &passes); err != nil || kib > 1<<20 || passes > 16 || passes < 1 {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(sum) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, passes, kib, 1, uint32(len(sum)))
	return subtle.ConstantTimeCompare(got, sum) == 1
}

// checkPassword refuses a new password that is too short, too long or not text.
func checkPassword(password string) error {
	n := utf8.RuneCountInString(password)
	if n < minPassword || n > maxPassword || !utf8.ValidString(password) {
		return refuse(flow.CodeInvalid, "A password has %d to %d characters.", minPassword, maxPassword).
			with(problemAt("/password", "bad_length", "Use %d to %d characters.", minPassword, maxPassword))
	}
	return nil
}
