package nodes

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "wait_event", Group: Special, Title: "Wait for event",
		Summary: "Holds the run until something happens, or until the time is over.",
		Line:    "{event}, at most {timeout}",
		Icon:    "hourglass",
		Ports:   []Port{{"event", "It happened."}, {"timeout", "The time is over and it did not happen."}},
		Pure:    true,
		Holds:   true,
		New:     func() Node { return new(waitEvent) },
		Example: `{"event": "message.received", "kind": "reply", "where": "event.data.text != nil", "timeout": "P3D"}`,
	})
}

type waitEvent struct {
	Event, Kind, About, Since string
	Where                     Filter
	Timeout                   time.Duration
}

func (n *waitEvent) Form(f *Form) {
	f.Event(&n.Event, "event", "Event").Required().Hint("What to wait for, such as deal.updated or message.received.")
	f.Text(&n.Kind, "kind", "Kind").Max(60).Hint("Narrows the event: reply, answered, opened. Leave it empty for any.")
	f.Choice(&n.About, "about", "About", "record", "contact", "organization").
		Say("this record", "its contact", "its organization").Hint("Whose event counts.")
	f.Filter(&n.Where, "where", "Only if").Hint("A condition on the event and the record.")
	f.Duration(&n.Timeout, "timeout", "At most").Hint("After this time the run leaves by \"timeout\".")
	f.Choice(&n.Since, "since", "Count events", "action", "start", "now").
		Say("since the last action began", "since the run started", "from now on").
		Hint("An event may come before the run gets here.")
}

// subjects are the record's fields that lead to whom a wait may be about.
var subjects = map[string]crm.Resource{"contact": crm.User, "organization": crm.Organization}

func (n *waitEvent) Check(in Inspection) {
	of := in.Schema.Resource
	if about := in.Text("about"); subjects[about] != "" && subjects[about] != of {
		if _, refers := in.Schema.Field(about); !refers {
			in.Report("about", "no_subject", fmt.Sprintf("A %s has no %s. Wait for an event about the record itself.", of, about))
			return
		}
		of = subjects[about]
	}
	noun, verb, _ := strings.Cut(in.Text("event"), ".")
	if r := crm.Resource(noun); r.Valid() && r != of && slices.Contains([]string{"created", "updated", "deleted"}, verb) {
		in.Report("event", "wrong_event", fmt.Sprintf("This waits for something about a %s, so %s.%s would never come. Did you mean %s.%s?", of, noun, verb, of, verb))
	}
}

func (n *waitEvent) Run(context.Context, Host) (Result, error) {
	res := Leave("event", nil).On(n.Event, n.Where)
	res.Hold.Kind, res.Hold.About, res.Hold.Since = n.Kind, n.About, n.Since
	if n.Timeout > 0 {
		res = res.After(n.Timeout).Or("timeout")
	}
	return res, nil
}

var _ Checker = (*waitEvent)(nil)
