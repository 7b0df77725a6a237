package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// linkLife is how long a one-time link may be used.
const linkLife = 24 * time.Hour

// secret is a stored password, on the Logins shelf under "password|<member>".
type secret struct {
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
}

// link is a stored one-time link, under "link|<sha256 of its token>".
type link struct {
	Member  string    `json:"member"`
	Expires time.Time `json:"expires"`
	Used    bool      `json:"used"`
}

// claim makes an e-mail address belong to one member, under "email|<address>".
type claim struct {
	Member string `json:"member"`
}

type loginBody struct {
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" maxLength:"128"`
}

// Me is the signed-in member, for the app.
type Me struct {
	Member crm.Member `json:"member"`
	// Demo is set when nothing leaves this machine.
	Demo bool `json:"demo,omitempty"`
	// HasPassword tells whether a new password asks for the present one.
	HasPassword bool `json:"has_password"`
	// Now is the workspace's time, and Speed how fast it passes: 1, but in a demo.
	Now   time.Time `json:"now"`
	Speed float64   `json:"speed"`
}

func (s *Server) loginRoutes() {
	s.plain("POST /api/login", "Sign in with e-mail and password", s.login)
	s.plain("POST /api/logout", "Sign out", s.logout)
	s.plain("POST /api/password", "Change your own password", s.ownPassword)
	s.gate.HandleFunc("GET /live", s.openLink)
	handle(s, "GET /api/me", "Who is signed in", func(ctx context.Context, _ *struct{}) (*struct{ Body Me }, error) {
		m := callerOf(ctx).Member
		has, err := s.hasPassword(ctx, m.ID)
		return &struct{ Body Me }{s.me(m, has)}, err
	})
}

func (s *Server) me(m crm.Member, hasPassword bool) Me {
	return Me{Member: m, Demo: s.demo, HasPassword: hasPassword, Now: s.now().UTC(), Speed: s.speed}
}

// login checks a password. An unknown member, a wrong password and a member
// that is off get the same answer after the same work.
func (s *Server) login(w http.ResponseWriter, r *http.Request, body []byte) error {
	var in loginBody
	if p := strict(body, &in); p != nil {
		return refuse(flow.CodeInvalid, "%s", p.Text).with(*p)
	}
	if utf8.RuneCountInString(in.Password) > maxPassword || len(in.Email) > 254 {
		return refuse(flow.CodeInvalid, "The e-mail or the password is too long.")
	}
	email, ip, now := strings.ToLower(strings.TrimSpace(in.Email)), addressOf(r), s.wall()
	if !s.byAddress.take(ip, now) || !s.byAccount.take(ip+"|"+email, now) {
		return tooMany(12)
	}
	m, kept, err := s.account(r.Context(), email)
	if err != nil {
		return err
	}
	same, err := s.hasher.matches(r.Context(), kept, in.Password)
	if err != nil {
		return err
	}
	if !same || m.ID == "" || m.Off {
		return refuse(flow.CodeUnauthorized, "This e-mail and password do not belong together.")
	}
	if err := s.startSession(w, r, m.ID); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, s.me(m, true))
}

// account finds a member by e-mail with the stored hash; both are empty when
// there is none.
func (s *Server) account(ctx context.Context, email string) (crm.Member, string, error) {
	c, _, err := load[claim](ctx, s.shelf(store.Logins), "email|"+email)
	if flow.CodeOf(err) == flow.CodeNotFound {
		return crm.Member{}, "", nil
	}
	if err != nil {
		return crm.Member{}, "", fmt.Errorf("finding account: %w", err)
	}
	m, _, err := load[crm.Member](ctx, s.shelf(store.Members), c.Member)
	if flow.CodeOf(err) == flow.CodeNotFound {
		return crm.Member{}, "", nil
	}
	if err != nil {
		return crm.Member{}, "", fmt.Errorf("loading member: %w", err)
	}
	kept, _, err := load[secret](ctx, s.shelf(store.Logins), "password|"+m.ID)
	if err != nil && flow.CodeOf(err) != flow.CodeNotFound {
		return crm.Member{}, "", fmt.Errorf("loading login: %w", err)
	}
	return m, kept.Hash, nil
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request, _ []byte) error {
	if err := s.endSession(r.Context(), callerOf(r.Context()).session); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie("", -1))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// OneTimeLink makes a token that signs the member in once, at GET /live?k=TOKEN,
// within a day. Only its hash is stored.
func (s *Server) OneTimeLink(ctx context.Context, member string) (token string, err error) {
	if _, _, err := load[crm.Member](ctx, s.shelf(store.Members), member); err != nil {
		return "", fmt.Errorf("making link for %s: %w", member, err)
	}
	token = newToken()
	made, err := insert(ctx, s.shelf(store.Logins), "link|"+hashed(token), map[string]string{"member": member},
		link{Member: member, Expires: s.wall().Add(linkLife)})
	if err != nil || !made {
		return "", fmt.Errorf("storing link for %s: %w", member, err)
	}
	return token, nil
}

// openLink signs in by a one-time link, or, in demo mode on this machine, as
// the demo's viewer; without either it is the app's page.
func (s *Server) openLink(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	token, as := q.Get("k"), q.Get("as")
	if (token == "" && as == "") || r.Method != http.MethodGet { // a HEAD must not use the link up
		s.pages(w, r)
		return
	}
	member, err := "", error(nil)
	if token != "" {
		member, err = s.useLink(r.Context(), token, addressOf(r))
	} else {
		member, err = s.demoViewer(r, as)
	}
	if err == nil {
		err = s.startSession(w, r, member)
	}
	var no *Refusal
	if token != "" && errors.As(err, &no) && no.Status == http.StatusNotFound && strings.Contains(r.Header.Get("Accept"), "text/html") {
		// A person who opens a used link again is signed in already, or is told.
		http.Redirect(w, r, "/login?gone=1", http.StatusSeeOther)
		return
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, "/live", http.StatusSeeOther)
}

// useLink consumes a one-time link: exactly one of any racing callers gets in.
func (s *Server) useLink(ctx context.Context, token, ip string) (member string, err error) {
	gone := refuse(flow.CodeNotFound, "This link is no longer valid. Sign in, or ask for a new one.")
	if !s.byAddress.take(ip, s.wall()) {
		return "", tooMany(12)
	}
	sh := s.shelf(store.Logins)
	l, doc, err := load[link](ctx, sh, "link|"+hashed(token))
	if flow.CodeOf(err) == flow.CodeNotFound || (err == nil && (l.Used || s.wall().After(l.Expires))) {
		return "", gone
	}
	if err != nil {
		return "", fmt.Errorf("loading link: %w", err)
	}
	l.Used = true
	ok, err := replace(ctx, sh, doc, l)
	if err != nil {
		return "", fmt.Errorf("using link: %w", err)
	}
	if !ok {
		return "", gone
	}
	return l.Member, nil
}

// demoViewer is the demo's viewer, for callers on this machine only.
func (s *Server) demoViewer(r *http.Request, as string) (member string, err error) {
	if !s.demo || as != string(crm.Viewer) || !fromLoopback(r) {
		return "", refuse(flow.CodeNotFound, "There is no such link.")
	}
	all, err := every[crm.Member](r.Context(), s.shelf(store.Members), store.ShelfQuery{})
	if err != nil {
		return "", fmt.Errorf("finding the demo's viewer: %w", err)
	}
	for _, m := range all {
		if m.Role == crm.Viewer && !m.Off {
			return m.ID, nil
		}
	}
	return "", refuse(flow.CodeNotFound, "The demo has no viewer.")
}
