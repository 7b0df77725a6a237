package server

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/store"
)

const password = "correct horse battery"

// cookieOf is the session cookie that an answer set, "" for none.
func (w *world) cookieOf(a answer) string {
	set := a.header.Get("Set-Cookie")
	value, _, _ := strings.Cut(strings.TrimPrefix(set, w.server.cookieName()+"="), ";")
	return value
}

func (w *world) login(email, pass string) answer {
	return w.ask("", "POST", "/api/login", `{"email":"`+email+`","password":"`+pass+`"}`)
}

func TestLoginGivesAFreshSession(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.server.SetPassword(t.Context(), w.member[crm.Admin].ID, password))
	fixed := newToken()
	a := w.ask("", "POST", "/api/login", `{"email":"Admin@Example.com","password":"`+password+`"}`, "Cookie", "sid="+fixed)
	require.Equal(t, 200, a.status, a.body)
	require.Contains(t, a.body, `"role":"admin"`)
	set := a.header.Get("Set-Cookie")
	for _, part := range []string{"sid=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		require.Contains(t, set, part)
	}
	token := w.cookieOf(a)
	require.NotEqual(t, fixed, token)
	require.Equal(t, 200, w.ask("", "GET", "/api/me", "", "Cookie", "sid="+token).status)
	require.Equal(t, 401, w.ask("", "GET", "/api/me", "", "Cookie", "sid="+fixed).status)

	again := w.ask("", "POST", "/api/login", `{"email":"admin@example.com","password":"`+password+`"}`, "Cookie", "sid="+token)
	require.Equal(t, 200, again.status)
	require.Equal(t, 401, w.ask("", "GET", "/api/me", "", "Cookie", "sid="+token).status, "the session before the login has ended")

	_, err := w.db.Shelf(store.Sessions).Load(t.Context(), hashed(w.cookieOf(again)))
	require.NoError(t, err, "only the hash is stored")
	require.NotContains(t, w.log.String(), w.cookieOf(again))
	require.NotContains(t, w.log.String(), password)
}

func TestWrongLoginsAllGetTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.server.SetPassword(t.Context(), w.member[crm.Agent].ID, password))
	require.NoError(t, w.server.SetPassword(t.Context(), w.member[crm.Viewer].ID, password))
	w.must(200, nil, crm.Admin, "PATCH", "/api/members/"+w.member[crm.Viewer].ID, `{"off":true}`)
	wrong := w.login("agent@example.com", "not the password")
	require.Equal(t, 401, wrong.status)
	for _, a := range []answer{
		w.login("nobody@example.com", password),
		w.login("viewer@example.com", password),  // off
		w.login("analyst@example.com", password), // has none
	} {
		require.Equal(t, 401, a.status)
		require.Equal(t, wrong.body, a.body)
	}
	require.Equal(t, 422, w.login("agent@example.com", strings.Repeat("x", maxPassword+1)).status)
	require.Equal(t, 422, w.ask("", "POST", "/api/login", `{"email":{"$ne":""},"password":{"$ne":""}}`).status)
	require.Equal(t, 422, w.ask("", "POST", "/api/login", `{"email":"a","password":"b","role":"admin"}`).status)
}

func TestFiveTriesAMinuteForAnAccount(t *testing.T) {
	w := newWorld(t)
	for range triesPerAccount {
		require.Equal(t, 401, w.login("agent@example.com", password).status)
	}
	a := w.login("agent@example.com", password)
	require.Equal(t, 429, a.status, a.body)
	require.NotEmpty(t, a.header.Get("Retry-After"))
	require.Equal(t, 401, w.login("viewer@example.com", password).status, "another account is free")
	w.clock.forward(time.Minute / triesPerAccount)
	require.Equal(t, 401, w.login("agent@example.com", password).status, "one more try after its share of a minute")
	require.Equal(t, 429, w.login("agent@example.com", password).status)
}

func TestThirtyTriesAMinuteForAnAddress(t *testing.T) {
	limit := newTries(triesPerAddress)
	now := time.Now()
	for range triesPerAddress {
		require.True(t, limit.take("192.0.2.1", now))
	}
	require.False(t, limit.take("192.0.2.1", now))
	require.True(t, limit.take("192.0.2.2", now))
}

func TestLimiterTableStaysBounded(t *testing.T) {
	limit := newTries(1)
	for i := range maxLimiters + 50 {
		limit.take(newID("k"), time.Unix(int64(i), 0))
	}
	require.LessOrEqual(t, len(limit.keys), maxLimiters)
}

func TestOneTimeLinkLetsExactlyOneIn(t *testing.T) {
	w := newWorld(t)
	token, err := w.server.OneTimeLink(t.Context(), w.member[crm.Admin].ID)
	require.NoError(t, err)
	require.Equal(t, 404, w.ask("", "HEAD", "/live?k="+token, "").status, "a HEAD is the app's page, and uses nothing up")
	var wg sync.WaitGroup
	answers := make([]answer, 8)
	for i := range answers {
		wg.Go(func() { answers[i] = w.ask("", "GET", "/live?k="+token, "") })
	}
	wg.Wait()
	in := 0
	for _, a := range answers {
		if a.status == 303 {
			in++
			require.Equal(t, "/live", a.header.Get("Location"))
			require.Equal(t, 200, w.ask("", "GET", "/api/me", "", "Cookie", "sid="+w.cookieOf(a)).status)
			continue
		}
		require.Equal(t, 404, a.status)
		require.Empty(t, a.header.Get("Set-Cookie"))
	}
	require.Equal(t, 1, in)
	require.NotContains(t, w.log.String(), token)
}

func TestOldAndUnknownLinksLookTheSame(t *testing.T) {
	w := newWorld(t)
	token, err := w.server.OneTimeLink(t.Context(), w.member[crm.Admin].ID)
	require.NoError(t, err)
	w.clock.forward(linkLife + time.Second)
	old := w.ask("", "GET", "/live?k="+token, "")
	unknown := w.ask("", "GET", "/live?k="+newToken(), "")
	require.Equal(t, 404, old.status)
	require.Equal(t, unknown.body, old.body)
	person := w.ask("", "GET", "/live?k="+token, "", "Accept", "text/html,*/*")
	require.Equal(t, 303, person.status, "a browser is led to the sign-in page")
	require.Equal(t, "/login?gone=1", person.header.Get("Location"))
	_, err = w.server.OneTimeLink(t.Context(), "nobody")
	require.Error(t, err)
}

func TestSessionEndsWhenIdleAndAtItsAge(t *testing.T) {
	w := newWorld(t)
	w.clock.forward(sessionIdle - time.Minute)
	w.must(200, nil, crm.Admin, "GET", "/api/me", "")
	w.clock.forward(sessionIdle - time.Minute)
	w.must(200, nil, crm.Admin, "GET", "/api/me", "") // was used in between
	w.must(401, nil, crm.Viewer, "GET", "/api/me", "")
	for range 13 {
		w.clock.forward(sessionIdle - time.Minute)
		w.ask(crm.Admin, "GET", "/api/me", "")
	}
	w.must(401, nil, crm.Admin, "GET", "/api/me", "")
}

func TestRoleChangeAndSwitchingOffEndSessions(t *testing.T) {
	w := newWorld(t)
	w.must(200, nil, crm.Admin, "PATCH", "/api/members/"+w.member[crm.Agent].ID, `{"role":"viewer"}`)
	w.must(401, nil, crm.Agent, "GET", "/api/me", "")
	w.must(200, nil, crm.Admin, "PATCH", "/api/members/"+w.member[crm.Viewer].ID, `{"off":true}`)
	w.must(401, nil, crm.Viewer, "GET", "/api/me", "")
	w.must(200, nil, crm.Admin, "PATCH", "/api/members/"+w.member[crm.Analyst].ID, `{"name":"New name"}`)
	w.must(200, nil, crm.Analyst, "GET", "/api/me", "")
}

func TestLogoutEndsTheSession(t *testing.T) {
	w := newWorld(t)
	a := w.must(204, nil, crm.Viewer, "POST", "/api/logout", "")
	require.Contains(t, a.header.Get("Set-Cookie"), "Max-Age=0")
	w.must(401, nil, crm.Viewer, "GET", "/api/me", "")
}

func TestOwnPasswordNeedsTheCurrentOne(t *testing.T) {
	w := newWorld(t)
	a := w.must(204, nil, crm.Agent, "POST", "/api/password", `{"password":"`+password+`"}`)
	w.must(401, nil, crm.Agent, "GET", "/api/me", "") // other sessions ended
	w.cookie[crm.Agent] = w.cookieOf(a)
	w.must(200, nil, crm.Agent, "GET", "/api/me", "")
	w.must(422, nil, crm.Agent, "POST", "/api/password", `{"password":"another long one"}`)
	w.must(422, nil, crm.Agent, "POST", "/api/password", `{"current":"wrong","password":"another long one"}`)
	w.must(204, nil, crm.Agent, "POST", "/api/password", `{"current":"`+password+`","password":"another long one"}`)
	require.Equal(t, 200, w.login("agent@example.com", "another long one").status)
}

func TestCookieIsSecureOnHTTPS(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.PublicURL = "https://flows.example.com" })
	require.NoError(t, w.server.SetPassword(t.Context(), w.member[crm.Admin].ID, password))
	a := w.login("admin@example.com", password)
	require.True(t, strings.HasPrefix(a.header.Get("Set-Cookie"), "__Host-sid="))
	require.Contains(t, a.header.Get("Set-Cookie"), "Secure")
	require.NotContains(t, a.header.Get("Set-Cookie"), "Domain")
	require.NotEmpty(t, a.header.Get("Strict-Transport-Security"))
}

func TestFirstAdminIsLockedOutUntilThereIsAPassword(t *testing.T) {
	w := newWorld(t)
	first, locked, err := w.server.FirstAdmin(t.Context(), "Ana", "ana@example.com")
	require.NoError(t, err)
	require.True(t, locked)
	require.Equal(t, w.member[crm.Admin].ID, first.ID, "no second admin is made")
	require.NoError(t, w.server.SetPassword(t.Context(), first.ID, password))
	_, locked, err = w.server.FirstAdmin(t.Context(), "Ana", "ana@example.com")
	require.NoError(t, err)
	require.False(t, locked)
}

func TestDemoViewerNeedsDemoMode(t *testing.T) {
	require.Equal(t, 404, newWorld(t).ask("", "GET", "/live?as=viewer", "").status)
	w := newWorld(t, func(c *Config) { c.Demo = true })
	a := w.ask("", "GET", "/live?as=viewer", "")
	require.Equal(t, 303, a.status)
	require.Contains(t, w.ask("", "GET", "/api/me", "", "Cookie", "sid="+w.cookieOf(a)).body, `"role":"viewer"`)
	require.Equal(t, 404, w.ask("", "GET", "/live?as=admin", "").status)
	require.Equal(t, 404, w.ask("", "GET", "/live?as=viewer", "", "X-Forwarded-For", "198.51.100.7").status)
}

func TestMetricsAreForThisMachineOrTheToken(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.MetricsToken = "let me measure" })
	require.Contains(t, w.ask("", "GET", "/metrics", "").body, "millrace_ws_clients")
	far := []string{"X-Forwarded-For", "198.51.100.7"}
	require.Equal(t, 404, w.ask("", "GET", "/metrics", "", far...).status)
	require.Equal(t, 404, w.ask("", "GET", "/metrics", "", append(far, "Authorization", "Bearer wrong")...).status)
	require.Equal(t, 200, w.ask("", "GET", "/metrics", "", append(far, "Authorization", "Bearer let me measure")...).status)
}

func TestPasswordsOfEveryHashAreToldApart(t *testing.T) {
	h := newHasher()
	kept, err := h.hash(t.Context(), password)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(kept, "$argon2id$v=19$m=19456,t=2,p=1$"))
	same, err := h.matches(t.Context(), kept, password)
	require.NoError(t, err)
	require.True(t, same)
	for _, other := range []string{"", "$argon2id$v=19$m=19456,t=2,p=1$$", "plain", "$argon2id$v=19$m=99999999,t=2,p=1$AAAA$AAAA"} {
		same, err = h.matches(t.Context(), other, password)
		require.NoError(t, err)
		require.False(t, same)
	}
}

func TestHashQueueIsBounded(t *testing.T) {
	h := newHasher()
	for range cap(h.waiting) {
		h.waiting <- struct{}{}
	}
	_, err := h.hash(t.Context(), password)
	require.Equal(t, 429, refusalOf(err).Status)
}

func TestMeTellsTheWorkspacesTimeAndWhetherThereIsAPassword(t *testing.T) {
	at := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	w := newWorld(t, func(c *Config) { c.Now, c.Speed = func() time.Time { return at }, 60 })
	var me Me
	w.must(200, &me, crm.Agent, "GET", "/api/me", "")
	require.Equal(t, at, me.Now)
	require.Equal(t, 60.0, me.Speed)
	require.False(t, me.HasPassword)

	require.NoError(t, w.server.SetPassword(t.Context(), w.member[crm.Admin].ID, password))
	a := w.login("admin@example.com", password)
	require.Contains(t, a.body, `"has_password":true`)
	a = w.ask("", "GET", "/api/me", "", "Cookie", "sid="+w.cookieOf(a))
	require.Contains(t, a.body, `"has_password":true`)
}
