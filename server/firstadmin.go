package server

import (
	"context"
	"fmt"
	"net/http"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// FirstAdmin finds an admin, or adds one with this name and e-mail. locked is
// true while no admin has a password: then print a OneTimeLink, because there is
// no other way in.
func (s *Server) FirstAdmin(ctx context.Context, name, email string) (admin crm.Member, locked bool, err error) {
	all, err := every[crm.Member](ctx, s.shelf(store.Members), store.ShelfQuery{})
	if err != nil {
		return admin, false, fmt.Errorf("listing members: %w", err)
	}
	for _, m := range all {
		if m.Role != crm.Admin || m.Off {
			continue
		}
		if admin.ID == "" {
			admin = m
		}
		has, err := s.hasPassword(ctx, m.ID)
		if err != nil || has {
			return m, false, err
		}
	}
	if admin.ID != "" {
		return admin, true, nil
	}
	admin, err = s.AddMember(ctx, crm.Member{Name: name, Email: email, Role: crm.Admin, Language: "en", Demo: s.demo})
	return admin, true, err
}

func (s *Server) hasPassword(ctx context.Context, member string) (bool, error) {
	_, err := s.shelf(store.Logins).Load(ctx, "password|"+member)
	if flow.CodeOf(err) == flow.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("loading login of %s: %w", member, err)
	}
	return true, nil
}

// passwordBody is a member's own new password; Current is needed when there is
// one already.
type passwordBody struct {
	Current  string `json:"current,omitempty" maxLength:"128"`
	Password string `json:"password" maxLength:"128"`
}

// ownPassword changes the caller's own password. Every other session of the
// member ends; the caller goes on with a new one.
func (s *Server) ownPassword(w http.ResponseWriter, r *http.Request, body []byte) error {
	var in passwordBody
	if p := strict(body, &in); p != nil {
		return refuse(flow.CodeInvalid, "%s", p.Text).with(*p)
	}
	c := callerOf(r.Context())
	if err := checkPassword(in.Password); err != nil {
		return err
	}
	if !s.byAccount.take("password|"+c.ID, s.wall()) {
		return tooMany(12)
	}
	kept, _, err := load[secret](r.Context(), s.shelf(store.Logins), "password|"+c.ID)
	if err != nil && flow.CodeOf(err) != flow.CodeNotFound {
		return fmt.Errorf("loading login of %s: %w", c.ID, err)
	}
	if kept.Hash != "" {
		same, err := s.hasher.matches(r.Context(), kept.Hash, cut(in.Current, maxPassword))
		if err != nil {
			return err
		}
		if !same {
			return badName("/current", "wrong_password", "This is not your password.")
		}
	}
	if err := s.SetPassword(r.Context(), c.ID, in.Password); err != nil {
		return err
	}
	if err := s.startSession(w, r, c.ID); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
