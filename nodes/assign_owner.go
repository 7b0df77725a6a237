package nodes

import (
	"context"
	"hash/fnv"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "assign_owner", Group: Records, Title: "Assign owner",
		Summary: "Makes a member responsible for the record, one of your choice or the next of a team.",
		Line:    "{mode} {member} {teams}",
		Icon:    "user-check",
		Ports:   []Port{{outPort, "The record is assigned, or nobody was left to assign."}},
		New:     func() Node { return new(assignOwner) },
		Example: `{"mode": "team", "teams": ["Sales"]}`,
	})
}

type assignOwner struct {
	Mode, Member string
	Teams        []string
	Keep         bool
	schema       crm.Schema
}

func (n *assignOwner) Form(f *Form) {
	f.Choice(&n.Mode, "mode", "Assign to", "member", "team").Say("one member", "a team, in turn")
	f.Member(&n.Member, "member", "Member").Required().ShowIf("mode", "member")
	f.Teams(&n.Teams, "teams", "Teams").Required().Max(20).ShowIf("mode", "team").Hint("Each run picks one member; over many runs everybody gets about the same number.")
	f.Bool(&n.Keep, "keep", "Keep the present owner").Hint("Records that are assigned already stay as they are.")
	f.Schema(&n.schema)
}

// Run picks from a team by the hash (FNV-1a) of the run's id modulo the number
// of members, in their fixed order: the same run picks the same member however
// often it is tried, no counter has to be kept, and members get even shares over
// many runs.
func (n *assignOwner) Run(ctx context.Context, h Host) (Result, error) {
	about := h.Subject()
	if owner := about.Record.Text("owner"); n.Keep && owner != "" {
		return Skip(outPort, "The record is assigned already."), nil
	}
	chosen := people{Teams: n.Teams}
	if n.Mode != "team" {
		chosen = people{Members: []string{n.Member}}
	}
	members, err := chosen.find(ctx, h)
	if err != nil {
		return Result{}, err
	}
	if len(members) == 0 {
		return Skip(outPort, nobody), nil
	}
	sum := fnv.New32a()
	sum.Write([]byte(about.Run))
	owner := members[sum.Sum32()%uint32(len(members))]
	changed, err := change(ctx, h, n.schema, fixed(map[string]any{"owner": owner.ID}))
	if err != nil {
		return Result{}, err
	}
	res := Leave(outPort, Output{"owner": owner.ID, "name": owner.Name})
	if already(changed) {
		res.Note = "The record was already assigned to this member."
	}
	return res, nil
}
