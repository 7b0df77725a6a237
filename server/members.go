package server

import (
	"context"
	"fmt"
	"net/mail"
	"sort"
	"strings"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// MemberNew is a person who may sign in. Without a password, they sign in by a
// one-time link.
type MemberNew struct {
	Name     string   `json:"name"`
	Email    string   `json:"email" maxLength:"254"`
	Role     string   `json:"role" enum:"admin,analyst,agent,viewer"`
	Teams    []string `json:"teams,omitempty" maxItems:"50"`
	Language string   `json:"language,omitempty" enum:"en,vi,ro,pl"`
	Password string   `json:"password,omitempty" maxLength:"128"`
}

// MemberEdit changes what is given. A new role or password, or Off, ends the
// member's sessions.
type MemberEdit struct {
	Name     *string   `json:"name,omitempty"`
	Role     *string   `json:"role,omitempty" enum:"admin,analyst,agent,viewer"`
	Teams    *[]string `json:"teams,omitempty" maxItems:"50"`
	Language *string   `json:"language,omitempty" enum:"en,vi,ro,pl"`
	Off      *bool     `json:"off,omitempty"`
	Password *string   `json:"password,omitempty" maxLength:"128"`
}

type memberOut struct {
	Body crm.Member
}

func (s *Server) memberRoutes() {
	handle(s, "GET /api/members", "Everybody who may sign in, by name", s.listMembers)
	handle(s, "POST /api/members", "Add a member", s.addMember, 201)
	handle(s, "PATCH /api/members/{id}", "Change a member's name, role, teams or password", s.editMember)
}

func (s *Server) listMembers(ctx context.Context, _ *Paging) (*pageOf[crm.Member], error) {
	all, err := every[crm.Member](ctx, s.shelf(store.Members), store.ShelfQuery{})
	if err != nil {
		return nil, fmt.Errorf("listing members: %w", err)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	if callerOf(ctx).Role == crm.Viewer {
		for i := range all {
			all[i].Email = ""
		}
	}
	return onePage(all, ""), nil
}

func (s *Server) addMember(ctx context.Context, in *struct{ Body MemberNew }) (*memberOut, error) {
	b := in.Body
	if b.Password != "" {
		if err := checkPassword(b.Password); err != nil {
			return nil, err
		}
	}
	m, err := s.AddMember(ctx, crm.Member{
		ID: idFor(ctx, "mbr"), Name: b.Name, Email: b.Email, Role: crm.Role(b.Role), Teams: b.Teams, Language: b.Language,
		Demo: s.demo,
	})
	if err != nil {
		return nil, err
	}
	if b.Password != "" {
		if err := s.SetPassword(ctx, m.ID, b.Password); err != nil {
			return nil, err
		}
	}
	return &memberOut{Body: m}, nil
}

// AddMember stores a member who has no way in yet: give a password or a
// one-time link. An e-mail address belongs to one member.
func (s *Server) AddMember(ctx context.Context, m crm.Member) (crm.Member, error) {
	m.Email, m.Name = strings.ToLower(strings.TrimSpace(m.Email)), strings.TrimSpace(m.Name)
	if m.ID == "" {
		m.ID = newID("mbr")
	}
	if err := checkMember(m); err != nil {
		return m, err
	}
	if m.CreatedAt.IsZero() {
		m.CreatedAt = s.now()
	}
	// The claim of the address goes first: its unique id decides between two who
	// add the same address. A claim without its member lets nobody in, and is
	// taken over by a repeat with the same id.
	made, err := insert(ctx, s.shelf(store.Logins), "email|"+m.Email, map[string]string{"member": m.ID}, claim{Member: m.ID})
	if err != nil {
		return m, fmt.Errorf("claiming e-mail: %w", err)
	}
	if !made {
		c, _, err := load[claim](ctx, s.shelf(store.Logins), "email|"+m.Email)
		if err != nil || c.Member != m.ID {
			return m, flow.Errorf(flow.CodeConflict, "This e-mail belongs to another member.")
		}
	}
	if _, err := insert(ctx, s.shelf(store.Members), m.ID, map[string]string{"email": m.Email}, m); err != nil {
		return m, fmt.Errorf("storing member: %w", err)
	}
	return m, nil
}

func checkMember(m crm.Member) error {
	if p := checkText("/name", m.Name, flow.MaxName); p != nil || m.Name == "" {
		return badName("/name", "bad_name", "Give the member a name of at most 200 ordinary characters.")
	}
	a, err := mail.ParseAddress(m.Email)
	if err != nil || a.Address != m.Email || strings.ContainsAny(m.Email, `"[]() `) || len(m.Email) > 254 {
		return badName("/email", "bad_email", "This is not an e-mail address.")
	}
	if !oneOf(m.Role, []crm.Role{crm.Admin, crm.Analyst, crm.Agent, crm.Viewer}) {
		return badName("/role", "bad_role", "A role is admin, analyst, agent or viewer.")
	}
	for _, t := range m.Teams {
		if p := checkText("/teams", t, 64); p != nil || t == "" {
			return badName("/teams", "bad_team", "A team's name has 1 to 64 ordinary characters.")
		}
	}
	return nil
}

// SetPassword gives a member a new password and ends the member's sessions.
func (s *Server) SetPassword(ctx context.Context, member, password string) error {
	if err := checkPassword(password); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	sh, id := s.shelf(store.Logins), "password|"+member
	kept := secret{Hash: hash, At: s.wall()}
	made, err := insert(ctx, sh, id, map[string]string{"member": member}, kept)
	if err == nil && !made {
		_, err = change(ctx, sh, id, func(old *secret) error { *old = kept; return nil })
	}
	if err != nil {
		return fmt.Errorf("storing password of %s: %w", member, err)
	}
	return s.endSessionsOf(ctx, member)
}

// editMember refuses to take the last admin away: somebody must have a way in.
func (s *Server) editMember(ctx context.Context, in *struct {
	ID   string `path:"id" maxLength:"64"`
	Body MemberEdit
}) (*memberOut, error) {
	b := in.Body
	if b.Password != nil {
		if err := checkPassword(*b.Password); err != nil {
			return nil, err
		}
	}
	s.lastAdmin.Lock()
	defer s.lastAdmin.Unlock()
	if err := s.keepAnAdmin(ctx, in.ID, b); err != nil {
		return nil, err
	}
	var was crm.Member
	m, err := change(ctx, s.shelf(store.Members), in.ID, func(m *crm.Member) error {
		was = *m
		b.apply(m)
		return checkMember(*m)
	})
	if flow.CodeOf(err) == flow.CodeNotFound {
		return nil, flow.Errorf(flow.CodeNotFound, "There is no member %s.", in.ID)
	}
	if err != nil {
		return nil, err
	}
	if m.Role != was.Role || m.Off != was.Off {
		err = s.endSessionsOf(ctx, m.ID)
	}
	if err == nil && b.Password != nil {
		err = s.SetPassword(ctx, m.ID, *b.Password)
	}
	return &memberOut{Body: m}, err
}

func (b MemberEdit) apply(m *crm.Member) {
	if b.Name != nil {
		m.Name = strings.TrimSpace(*b.Name)
	}
	if b.Role != nil {
		m.Role = crm.Role(*b.Role)
	}
	if b.Teams != nil {
		m.Teams = *b.Teams
	}
	if b.Language != nil {
		m.Language = *b.Language
	}
	if b.Off != nil {
		m.Off = *b.Off
	}
}

func (s *Server) keepAnAdmin(ctx context.Context, id string, b MemberEdit) error {
	if (b.Role == nil || *b.Role == string(crm.Admin)) && (b.Off == nil || !*b.Off) {
		return nil
	}
	all, err := every[crm.Member](ctx, s.shelf(store.Members), store.ShelfQuery{})
	if err != nil {
		return fmt.Errorf("listing members: %w", err)
	}
	for _, m := range all {
		if m.ID != id && m.Role == crm.Admin && !m.Off {
			return nil
		}
	}
	return flow.Errorf(flow.CodeConflict, "This is the last admin. Make somebody else an admin first.")
}
