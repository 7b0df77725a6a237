package nodes

import (
	"context"
	"time"
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
		Example: `{"event": "message.received", "kind": "reply", "about": "contact", "where": "event.data.text != nil", "timeout": "P3D"}`,
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

func (n *waitEvent) Run(context.Context, Host) (Result, error) {
	res := Leave("event", nil).On(n.Event, n.Where)
	res.Hold.Kind, res.Hold.About, res.Hold.Since = n.Kind, n.About, n.Since
	if n.Timeout > 0 {
		res = res.After(n.Timeout).Or("timeout")
	}
	return res, nil
}
