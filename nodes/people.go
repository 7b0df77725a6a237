package nodes

import (
	"context"
	"fmt"
	"slices"

	"millrace.dev/crm"
)

// people are the members an author chose: by name, by team, by role, and the
// record's own member.
type people struct {
	Members, Teams, Roles []string
	Owner                 bool
}

// memberRoles are the roles to choose from, in screen order.
var memberRoles = []string{string(crm.Agent), string(crm.Analyst), string(crm.Admin), string(crm.Viewer)}

func (p *people) form(f *Form) {
	f.Bool(&p.Owner, "owner", "The assigned member").Hint("Who the record is assigned to when the run gets here.")
	f.Members(&p.Members, "members", "Members").Max(50)
	f.Teams(&p.Teams, "teams", "Teams").Max(20).Hint("Everybody who is in the team when the run gets here.")
	f.Choices(&p.Roles, "roles", "Roles", memberRoles...).Say("Agents", "Analysts", "Admins", "Viewers")
}

// check asks for somebody to be chosen.
func (p *people) check(in Inspection, prop string) {
	owner, _ := in.Props["owner"].(bool)
	if !owner && blank(in.Props["members"]) && blank(in.Props["teams"]) && blank(in.Props["roles"]) {
		in.Report(prop, "required", "Choose somebody: the assigned member, named members, a team or a role.")
	}
}

// find is the union of the chosen, each once, without those who are off.
func (p *people) find(ctx context.Context, h Host) ([]crm.Member, error) {
	who := Who{IDs: slices.Clone(p.Members), Teams: p.Teams}
	for _, r := range p.Roles {
		who.Roles = append(who.Roles, crm.Role(r))
	}
	if owner := h.Subject().Record.Text("owner"); p.Owner && owner != "" && !slices.Contains(who.IDs, owner) {
		who.IDs = append(who.IDs, owner)
	}
	if len(who.IDs)+len(who.Teams)+len(who.Roles) == 0 {
		return nil, nil
	}
	members, err := h.Members(ctx, who)
	if err != nil {
		return nil, fmt.Errorf("finding members: %w", err)
	}
	return members, nil
}

// ids lists the members' ids, each once, in the order found.
func ids(members []crm.Member) []string {
	list := make([]string, 0, len(members))
	for _, m := range members {
		if !slices.Contains(list, m.ID) {
			list = append(list, m.ID)
		}
	}
	return list
}

// nobody is the note of a step that found no member.
const nobody = "Nobody to ask: the chosen members are missing or switched off."
