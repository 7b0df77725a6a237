package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"millrace.dev/crm"
)

// Simulator keeps customers doing things. The same seed and workspace give the
// same sequence of acts.
type Simulator struct {
	client *Client
	random *rand.Rand
	world  Workspace
	// answers are customers who will answer after some more acts.
	answers []answer
	acts    int
}

// answer is a reply that will come once the simulator has done due acts.
type answer struct {
	due   int
	event crm.Event
}

// NewSimulator makes a simulator for a seeded workspace.
func NewSimulator(c *Client, w Workspace, seed uint64) *Simulator {
	return &Simulator{client: c, world: w, random: rand.New(rand.NewPCG(seed, 2))}
}

// act is one thing that a customer or a colleague does.
type act struct {
	weight int
	do     func(*Simulator, context.Context) error
}

var acts = []act{
	{5, (*Simulator).newLead},
	{5, (*Simulator).dealGrows},
	{3, (*Simulator).dealFollowUp},
	{5, (*Simulator).leadSigned},
	{3, (*Simulator).userMail},
	{4, (*Simulator).newTicket},
	{3, (*Simulator).ticketUrgent},
}

// Run acts once for each tick until ctx ends. A failed act is told to report
// and the next one goes on.
func (s *Simulator) Run(ctx context.Context, ticks <-chan struct{}, report func(error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			if err := s.Act(ctx); err != nil && ctx.Err() == nil {
				report(err)
			}
		}
	}
}

// Act does one thing, or lets one customer answer who was due to.
func (s *Simulator) Act(ctx context.Context) error {
	s.acts++
	for i, a := range s.answers {
		if a.due <= s.acts {
			s.answers = append(s.answers[:i], s.answers[i+1:]...)
			return s.client.Tell(ctx, a.event)
		}
	}
	total := 0
	for _, a := range acts {
		total += a.weight
	}
	n := s.random.IntN(total)
	for _, a := range acts {
		if n -= a.weight; n < 0 {
			return a.do(s, ctx)
		}
	}
	return nil
}

func (s *Simulator) newLead(ctx context.Context) error {
	c := pick(s.random, countries)
	rec, err := s.client.Create(ctx, crm.Lead, c.lead(s.random))
	if err != nil {
		return fmt.Errorf("a new lead: %w", err)
	}
	s.world.Leads = append(s.world.Leads, rec)
	s.maybeAnswer(rec, "lead.contacted", "call", 12)
	return nil
}

func (s *Simulator) dealGrows(ctx context.Context) error {
	d := pick(s.random, s.world.Deals)
	currency := d.Text("currency")
	major := float64(s.random.IntN(240)+20) * 100
	if currency == "VND" {
		major *= 10_000
	}
	s.maybeAnswer(d, "message.received", "reply", 20)
	return s.client.Update(ctx, crm.Deal, d.ID, map[string]any{"amount": crm.Minor(major, currency)})
}

func (s *Simulator) dealFollowUp(ctx context.Context) error {
	d := pick(s.random, s.world.Deals)
	stage := "Follow-up"
	if s.random.IntN(2) == 0 {
		stage = "Offer"
	}
	return s.client.Update(ctx, crm.Deal, d.ID, map[string]any{"stage": stage, "status": "open"})
}

func (s *Simulator) leadSigned(ctx context.Context) error {
	l := pick(s.random, s.world.Leads)
	status := pick(s.random, []string{"Zrealizowany", "Zrealizowany", "W realizacji", "Rezygnacja"})
	return s.client.Update(ctx, crm.Lead, l.ID, map[string]any{"status": status})
}

func (s *Simulator) userMail(ctx context.Context) error {
	u := pick(s.random, s.world.Users)
	name := plain(u.Text("first_name"))
	s.maybeAnswer(u, "user.logged_in", "login", 15)
	return s.client.Update(ctx, crm.User, u.ID, map[string]any{
		"email": fmt.Sprintf("%s%d@example.com", strings.Trim(name, "."), s.random.IntN(9000)+1000)})
}

func (s *Simulator) newTicket(ctx context.Context) error {
	c := countries[s.random.IntN(len(countries))]
	fields := c.ticket(s.random)
	if len(s.world.Agents) > 0 {
		fields["owner"] = pick(s.random, s.world.Agents)
	}
	rec, err := s.client.Create(ctx, crm.Ticket, fields)
	if err != nil {
		return fmt.Errorf("a new ticket: %w", err)
	}
	s.world.Tickets = append(s.world.Tickets, rec)
	return nil
}

func (s *Simulator) ticketUrgent(ctx context.Context) error {
	t := pick(s.random, s.world.Tickets)
	return s.client.Update(ctx, crm.Ticket, t.ID, map[string]any{
		"priority": pick(s.random, []string{"normal", "high", "urgent"})})
}

// maybeAnswer lets the customer react later, two times in three.
func (s *Simulator) maybeAnswer(r crm.Record, event, kind string, within int) {
	if s.random.IntN(3) == 0 {
		return
	}
	s.answers = append(s.answers, answer{
		due:   s.acts + 3 + s.random.IntN(within),
		event: crm.Event{Type: event, Kind: kind, Resource: r.Resource, Record: r.ID},
	})
}
