package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"millrace.dev/crm"
)

// Plan says how much sample data to make.
type Plan struct {
	Seed           uint64
	Users, Leads   int
	Deals, Tickets int
}

// DefaultPlan is the demo workspace of the README.
func DefaultPlan() Plan { return Plan{Seed: 42, Users: 12, Leads: 240, Deals: 60, Tickets: 80} }

// team are the sample colleagues, besides the admin who signs in.
var team = []crm.Member{
	{Name: "Linh Trần", Email: "linh@example.com", Role: crm.Analyst, Language: "vi", Teams: []string{"Analytics"}},
	{Name: "Andrei Mureșan", Email: "andrei@example.com", Role: crm.Agent, Language: "ro", Teams: []string{"Service", "North"}},
	{Name: "Kasia Wójcik", Email: "kasia@example.com", Role: crm.Agent, Language: "pl", Teams: []string{"Handlowiec", "North"}},
	{Name: "Đức Phạm", Email: "duc@example.com", Role: crm.Agent, Language: "vi", Teams: []string{"Handlowiec", "North"}},
	{Name: "Emma Clark", Email: "emma@example.com", Role: crm.Agent, Language: "en", Teams: []string{"Service", "South"}},
	{Name: "Marek Zieliński", Email: "marek@example.com", Role: crm.Viewer, Language: "pl"},
}

// Workspace is what a seeded workspace holds, for the simulator to act on.
type Workspace struct {
	Users, Leads, Deals, Tickets, Organizations []crm.Record
	Agents                                      []string
}

// Seeded reports whether the workspace already holds records.
func Seeded(ctx context.Context, c *Client) (bool, error) {
	found, err := c.Records(ctx, crm.Organization)
	return len(found) > 0, err
}

// Seed fills an empty workspace.
func Seed(ctx context.Context, c *Client, plan Plan) error {
	s := &seeder{client: c, random: rand.New(rand.NewPCG(plan.Seed, 1))}
	if err := s.members(ctx); err != nil {
		return fmt.Errorf("seeding members: %w", err)
	}
	if err := s.organizations(ctx); err != nil {
		return fmt.Errorf("seeding organizations: %w", err)
	}
	kinds := []struct {
		resource crm.Resource
		n        int
		fields   func(country) map[string]any
	}{
		{crm.User, plan.Users, s.user},
		{crm.Lead, plan.Leads, s.lead},
		{crm.Deal, plan.Deals, s.deal},
		{crm.Ticket, plan.Tickets, s.ticket},
	}
	for _, k := range kinds {
		for i := range k.n {
			if err := s.create(ctx, k.resource, k.fields(countries[i%len(countries)])); err != nil {
				return fmt.Errorf("seeding %s: %w", k.resource.Plural(), err)
			}
		}
	}
	return nil
}

type seeder struct {
	client *Client
	random *rand.Rand
	agents []string
	// organization and users are ids by language.
	organization map[string]string
	users        map[string][]string
}

func (s *seeder) members(ctx context.Context) error {
	for _, m := range team {
		made, err := s.client.AddMember(ctx, m)
		if err != nil {
			return err
		}
		if m.Role == crm.Agent {
			s.agents = append(s.agents, made.ID)
		}
	}
	return nil
}

func (s *seeder) organizations(ctx context.Context) error {
	s.organization, s.users = map[string]string{}, map[string][]string{}
	for _, c := range countries {
		rec, err := s.client.Create(ctx, crm.Organization, map[string]any{
			"name": c.organization, "city": c.city, "address": c.address, "country": c.name,
			"locale": c.language, "size": 20 + s.random.IntN(200), "owner": pick(s.random, s.agents),
		})
		if err != nil {
			return err
		}
		s.organization[c.language] = rec.ID
	}
	return nil
}

func (s *seeder) create(ctx context.Context, r crm.Resource, fields map[string]any) error {
	rec, err := s.client.Create(ctx, r, fields)
	if err == nil && r == crm.User {
		s.users[rec.Text("locale")] = append(s.users[rec.Text("locale")], rec.ID)
	}
	return err
}

func (s *seeder) user(c country) map[string]any {
	p := c.person(s.random)
	return map[string]any{
		"full_name": p.full, "first_name": p.given, "email": p.email, "phone": p.phone, "locale": c.language,
		"organization": s.organization[c.language], "owner": pick(s.random, s.agents),
	}
}

func (s *seeder) lead(c country) map[string]any {
	f := c.lead(s.random)
	f["owner"] = pick(s.random, s.agents)
	return f
}

func (s *seeder) deal(c country) map[string]any { return s.owned(c, c.deal(s.random)) }

func (s *seeder) ticket(c country) map[string]any { return s.owned(c, c.ticket(s.random)) }

// owned adds the customer and the colleague a deal or ticket belongs to.
func (s *seeder) owned(c country, f map[string]any) map[string]any {
	f["organization"] = s.organization[c.language]
	f["contact"] = pick(s.random, s.users[c.language])
	f["owner"] = pick(s.random, s.agents)
	return f
}

// Look reads a seeded workspace.
func Look(ctx context.Context, c *Client) (Workspace, error) {
	var w Workspace
	lists := map[crm.Resource]*[]crm.Record{
		crm.User: &w.Users, crm.Lead: &w.Leads, crm.Deal: &w.Deals,
		crm.Ticket: &w.Tickets, crm.Organization: &w.Organizations,
	}
	for r, list := range lists {
		found, err := c.Records(ctx, r)
		if err != nil {
			return w, fmt.Errorf("reading %s: %w", r.Plural(), err)
		}
		*list = found
	}
	members, err := c.Members(ctx)
	for _, m := range members {
		if m.Role == crm.Agent && !m.Off {
			w.Agents = append(w.Agents, m.ID)
		}
	}
	return w, err
}
