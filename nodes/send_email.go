package nodes

import (
	"context"
	"fmt"
	"strings"

	"millrace.dev/crm"
)

func init() {
	Register(Spec{
		Type: "send_email", Group: Messages, Title: "Send e-mail",
		Summary: "Sends an e-mail to one address, unless the contact has unsubscribed.",
		Line:    "to {to}",
		Icon:    "mail",
		Ports: []Port{
			{"sent", "The mail is on its way, or was skipped because the contact has unsubscribed."},
			{"refused", "There is no address, or it is not a valid one."},
		},
		Communication: true,
		New:           func() Node { return new(sendEmail) },
		Example:       `{"to": "{{ contact.email }}", "subject": "Welcome!", "body": "<p>Hello {{ contact.first_name | \"there\" }},</p>", "reply_to": "{{ owner.email }}"}`,
	})
}

type sendEmail struct {
	To, Subject, Body, ReplyTo string
	contactEmail, unsubscribed any
}

func (n *sendEmail) Form(f *Form) {
	f.Template(&n.To, "to", "To").Required().Max(500).Sink("header").Hint("One address, usually a field such as {{ contact.email }}.")
	f.Template(&n.Subject, "subject", "Subject").Required().Max(500).Sink("header")
	f.Template(&n.Body, "body", "Message").Required().Rows(10).Sink("html").Hint("Text or simple HTML. Values of fields never act as HTML.")
	f.Template(&n.ReplyTo, "reply_to", "Answers go to").Max(500).Sink("header").Hint("One address. Leave it empty for the workspace's own.")
	f.Given(&n.contactEmail, "contact", "email")
	f.Given(&n.unsubscribed, "contact", "unsubscribed")
}

func (n *sendEmail) Check(in Inspection) {
	for _, prop := range []string{"to", "reply_to"} {
		if s := strings.TrimSpace(in.Text(prop)); s != "" && !strings.Contains(s, "{{") && !validAddress(s) {
			in.Report(prop, "bad_address", fmt.Sprintf("%q is not one plain e-mail address such as ana@example.com.", s))
		}
	}
	if found := unsafeHTML(in.Text("body")); found != "" {
		in.Report("body", "unsafe_html", fmt.Sprintf("A mail may not hold %q. Use plain text, simple HTML and literal links.", found))
	}
}

func (n *sendEmail) Run(ctx context.Context, h Host) (Result, error) {
	to, answers := strings.TrimSpace(n.To), strings.TrimSpace(n.ReplyTo)
	if !validAddress(to) {
		res := Leave("refused", Output{"to": to})
		res.Note = "Not one plain e-mail address: " + show(to)
		return res, nil
	}
	if email, _ := n.contactEmail.(string); n.unsubscribed == true && strings.EqualFold(email, to) {
		return Skip("sent", "The contact has unsubscribed."), nil
	}
	about := h.Subject()
	mail := crm.Message{
		ID: about.Key, Channel: "email", To: to, Subject: oneLine(n.Subject, 250), Body: paragraphs(n.Body),
		Resource: about.Record.Resource, Record: about.Record.ID,
		Run: about.Run, Flow: about.Flow, Node: about.Node, At: h.Now(),
	}
	if validAddress(answers) {
		mail.ReplyTo = answers
	}
	sent, err := h.Send(ctx, mail)
	if err != nil {
		return Result{}, fmt.Errorf("sending e-mail: %w", err)
	}
	return Leave("sent", Output{"message": sent.ID, "to": to, "subject": mail.Subject, "state": sent.State}), nil
}

var _ Checker = (*sendEmail)(nil)
