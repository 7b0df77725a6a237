package nodes_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/nodes/nodetest"
)

const mailToContact = `{"to": "{{ contact.email }}", "subject": "Oferta {{ deal.title }}", "body": "<p>Bună {{ contact.first_name }}</p>", "reply_to": "{{ owner.email }}"}`

func TestSendEmailSendsToOneAddress(t *testing.T) {
	h := dealHost()
	res := run(t, h, "send_email", mailToContact)
	require.Equal(t, []string{"sent"}, res.Ports)
	require.Equal(t, []crm.Message{{
		ID: "r1:1", Channel: "email", To: "ion@example.com", ReplyTo: "ana@millrace.test", Subject: "Oferta Serviciul 1",
		Body: "<p>Bună Ion</p>", State: "captured", Resource: crm.Deal, Record: "D-1", Run: "r1", Flow: "f1", Node: "n1", At: h.Clock,
	}}, h.Messages)
	require.Equal(t, "ion@example.com", res.Output["to"])
}

func contactWith(fields map[string]any) *nodetest.Host {
	h := dealHost()
	u := h.Records["user:U-1"].Clone()
	for k, v := range fields {
		u.Fields[k] = v
	}
	h.Records["user:U-1"] = u
	return h
}

func TestSendEmailRefusesWhatIsNotOnePlainAddress(t *testing.T) {
	for _, address := range []any{
		nil, "", "ion", "ion@", "@example.com", "ion@example", "a@x.test, b@y.test", "a@x.test;b@y.test", `"a b"@x.test`,
		"a@[127.0.0.1]", "u@example.com(comment)", "Ion <ion@example.com>", strings.Repeat("a", 300) + "@example.com",
		"a..b@example.com", ".a@example.com", "a@-example.com", "a@example..com", "a@127.0.0.1",
		"ion@exa mple.com", "ïon@example.com",
	} {
		h := contactWith(map[string]any{"email": address})
		res := run(t, h, "send_email", mailToContact)
		require.Equal(t, []string{"refused"}, res.Ports, address)
		require.NotEmpty(t, res.Note)
		require.Empty(t, h.Messages)
	}
}

func TestSendEmailCannotBeGivenASecondRecipientByLineBreaks(t *testing.T) {
	h := contactWith(map[string]any{"email": "ion@example.com\r\nBcc: all@x.test"})
	require.Equal(t, []string{"refused"}, run(t, h, "send_email", mailToContact).Ports)
	h = contactWith(nil)
	set(h, map[string]any{"title": "Hi\r\nBcc: all@x.test"})
	run(t, h, "send_email", mailToContact)
	require.NotContains(t, h.Messages[0].Subject, "\n")
	require.NotContains(t, h.Messages[0].Subject, "\r")
}

func TestSendEmailIsSkippedWhenTheContactHasUnsubscribed(t *testing.T) {
	h := contactWith(map[string]any{"unsubscribed": true})
	res := run(t, h, "send_email", mailToContact)
	require.True(t, res.Skipped)
	require.Equal(t, []string{"sent"}, res.Ports)
	require.Contains(t, res.Note, "unsubscribed")
	require.Empty(t, h.Messages)
}

func TestSendEmailStillReachesMembersWhenTheContactHasUnsubscribed(t *testing.T) {
	h := contactWith(map[string]any{"unsubscribed": true})
	run(t, h, "send_email", `{"to": "{{ owner.email }}", "subject": "x", "body": "y"}`)
	require.Len(t, h.Messages, 1)
}

func TestSendEmailKnowsTheContactOfAFlowAboutUsers(t *testing.T) {
	h := nodetest.New(crm.Record{Resource: crm.User, ID: "U-1", Fields: map[string]any{"email": "lan@example.com", "unsubscribed": true}})
	res := run(t, h, "send_email", `{"to": "{{ user.email }}", "subject": "x", "body": "y"}`)
	require.True(t, res.Skipped)
}

func TestSendEmailNeverTurnsAValueIntoHTML(t *testing.T) {
	h := contactWith(map[string]any{"first_name": `<script>alert(1)</script><img src=x onerror="y">`})
	run(t, h, "send_email", mailToContact)
	require.NotContains(t, h.Messages[0].Body, "<script")
	require.NotContains(t, h.Messages[0].Body, "<img")
}

func TestSendEmailNeverScansAValueForFieldsAgain(t *testing.T) {
	h := contactWith(map[string]any{"first_name": "{{ owner.email }}"})
	run(t, h, "send_email", mailToContact)
	require.NotContains(t, h.Messages[0].Body, "ana@")
}

func TestSendEmailKeepsTheLinesOfAPlainText(t *testing.T) {
	h := dealHost()
	run(t, h, "send_email", `{"to": "a@b.co", "subject": "x", "body": "one\ntwo"}`)
	require.Equal(t, "one<br>\ntwo", h.Messages[0].Body)
}

func TestSendEmailCutsALongSubject(t *testing.T) {
	h := dealHost()
	set(h, map[string]any{"title": strings.Repeat("ă", 1000)})
	run(t, h, "send_email", mailToContact)
	require.Len(t, []rune(h.Messages[0].Subject), 250)
}

func TestSendEmailFindsMistakesBeforePublishing(t *testing.T) {
	mail := func(to, body string) string { return `{"to": "` + to + `", "subject": "x", "body": "` + body + `"}` }
	for props, want := range map[string][]string{
		mail("ana@example.com", "x"):                                               {},
		mail("Ana <ana@example.com>", "x"):                                         {"/to bad_address"},
		mail("a@b.co, c@d.eu", "x"):                                                {"/to bad_address"},
		mail("{{ contact.emial }}", "x"):                                           {"/to unknown_field"},
		mail("{{ contact.email", "x"):                                              {"/to unclosed_tag"},
		mail("a@b.co", "<script>x</script>"):                                       {"/body unsafe_html"},
		mail("a@b.co", "<a href='javascript:x'>y</a>"):                             {"/body unsafe_html"},
		mail("a@b.co", "<p onclick='x'>y</p>"):                                     {"/body unsafe_html"},
		mail("a@b.co", "<a href='{{ contact.email }}'>y</a>"):                      {"/body unsafe_html"},
		mail("a@b.co", "<a href='https://example.com'>on</a>"):                     {},
		mail("a@b.co", "<p {{ contact.first_name }}>y</p>"):                        {"/body unsafe_html"},
		mail("a@b.co", "<{{ contact.first_name }}>y"):                              {"/body unsafe_html"},
		mail("a@b.co", "<p title={{ contact.first_name }}>y</p>"):                  {"/body unsafe_html"},
		mail("a@b.co", "<p title='{{ contact.first_name }}'>y</p>"):                {},
		mail("a@b.co", "1 < 2 {{ contact.first_name }} <b>{{ owner.name }}</b>"):   {},
		mail("a@b.co", "<p title='{{ contact.first_name | \\\"it's\\\" }}'>y</p>"): {},
		`{"to": "a@b.co", "subject": "x", "body": "y", "reply_to": "me"}`:          {"/reply_to bad_address"},
	} {
		require.Equal(t, want, codes(t, "send_email", props), props)
	}
}
