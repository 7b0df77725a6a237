package e2e

import (
	"net/http"
	"net/http/cookiejar"
	"testing"

	"github.com/stretchr/testify/require"
)

// anyone is a client that has not signed in.
func (p *process) anyone() *client {
	jar, err := cookiejar.New(nil)
	require.NoError(p.t, err)
	return &client{t: p.t, url: p.url, http: http.Client{Jar: jar, Timeout: soon}}
}

func TestAnAdminSetsAFirstPasswordChangesItAndAddsAMember(t *testing.T) {
	p := start(t, "serve", "--data", t.TempDir())
	b := openBrowser(t, 1440, 900)
	b.visit(p.link)
	b.visit(p.url + "/settings")
	b.click(`[data-action="password"]`)
	require.False(t, eval[bool](b, `!!document.querySelector("#password-current")`), "there is none yet")
	b.fill("#password-new", "too short")
	b.click(`[data-action="save-password"]`)
	b.read("Use 12 to 128 characters.")
	b.fill("#password-new", "long enough for once")
	b.fill("#password-again", "something else")
	b.click(`[data-action="save-password"]`)
	b.read("The two new passwords differ.")
	b.fill("#password-again", "long enough for once")
	b.click(`[data-action="save-password"]`)
	b.read("Your new password is set.")
	b.click(`[data-nav="live"]`)
	b.see(`[data-state="live"]`)
	b.click(`[data-nav="settings"]`)

	b.click(`[data-action="password"]`)
	b.fill("#password-current", "not this one")
	b.fill("#password-new", password)
	b.fill("#password-again", password)
	b.click(`[data-action="save-password"]`)
	b.read("This is not your current password.")
	b.fill("#password-current", "long enough for once")
	b.click(`[data-action="save-password"]`)
	b.see(`[data-action="password"]`)
	c := p.anyone()
	c.must(http.MethodPost, "/api/login", map[string]any{"email": adminMail, "password": password})

	b.click(`[data-action="add-member"]`)
	b.fill("#member-name", "Đức Phạm")
	b.fill("#member-email", adminMail)
	b.fill("#member-teams", "North, Service")
	b.fill("#member-password", password)
	b.click(`[data-role="analyst"]`)
	b.click(`[data-action="save-member"]`)
	b.read("This e-mail belongs to another member.")
	b.fill("#member-email", "duc@example.com")
	b.click(`[data-action="save-member"]`)
	b.read("North, Service")
	login := map[string]any{"email": "duc@example.com", "password": password}
	require.Equal(t, "analyst", p.anyone().must(http.MethodPost, "/api/login", login)["member"].(map[string]any)["role"])

	b.click(`[data-member]:not(:has([disabled])) [data-action="member-on"]`)
	b.read("Đức Phạm can no longer sign in.")
	status, _ := p.anyone().do(http.MethodPost, "/api/login", login)
	require.Equal(t, http.StatusUnauthorized, status)
}
