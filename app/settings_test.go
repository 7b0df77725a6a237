package app

import (
	"testing"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/require"

	"millrace.dev/app/i18n"
	"millrace.dev/crm"
	"millrace.dev/flow"
)

func settingsHTML(r *Root) string {
	_, body := r.settingsView()
	return ui.HTMLString(body)
}

func TestOnlyAdminsChangeMembers(t *testing.T) {
	r := someRoot(crm.Admin)
	html := settingsHTML(r)
	require.Contains(t, html, `data-action="add-member"`)
	require.Contains(t, html, `id="role-m2"`)
	require.NotContains(t, html, `id="role-m1"`, "nobody takes their own role away by a slip")
	r.me.member.Role = crm.Analyst
	html = settingsHTML(r)
	require.Contains(t, html, "Đức Phạm")
	require.NotContains(t, html, `data-action="add-member"`)
	require.NotContains(t, html, `<select`)
}

func TestTheFirstPasswordAsksForNoPresentOne(t *testing.T) {
	r := someRoot(crm.Admin)
	f := &passwordForm{password: "long enough it is", again: "long enough it is"}
	r.settings.password = f
	require.NotContains(t, settingsHTML(r), "password-current")
	require.Empty(t, f.check(r))
	r.me.hasPassword = true
	require.Contains(t, settingsHTML(r), "password-current")
	require.Contains(t, f.check(r), "current")
}

func TestAPasswordIsCheckedBeforeItIsSent(t *testing.T) {
	r := someRoot(crm.Admin)
	require.Contains(t, (&passwordForm{password: "elevenchars", again: "elevenchars"}).check(r), "password")
	require.Contains(t, (&passwordForm{password: "twelve chars", again: "twelve char"}).check(r), "again")
	require.Empty(t, (&passwordForm{password: "mật khẩu dài", again: "mật khẩu dài"}).check(r))
}

func TestWhatTheServerFindsWrongStandsAtItsField(t *testing.T) {
	r := someRoot(crm.Admin)
	r.lang = "pl"
	err := &refusal{Errors: flow.Problems{{Path: "/email", Code: "bad_email", Text: "This is not an e-mail address."}}}
	require.Equal(t, map[string]string{"email": i18n.T("pl", "wrong.bad_email")}, r.wrongs(err, "name", "email"))
	require.Equal(t, map[string]string{"": "HTTP 500"}, r.wrongs(&refusal{Title: "HTTP 500"}, "name"))
}

func TestNoticesNameTheirMember(t *testing.T) {
	r := someRoot(crm.Admin)
	require.Equal(t, "Đức Phạm", r.recipient(crm.Message{Channel: "notice", To: "m2"}))
	require.Equal(t, "m2", r.recipient(crm.Message{Channel: "email", To: "m2"}))
}

func TestTheDemosPaceIsForItsAdmins(t *testing.T) {
	r := someRoot(crm.Admin)
	r.live.pace = &pace{Rate: 1}
	require.Nil(t, r.live.paceView(r))
	r.me.demo = true
	html := ui.HTMLString(r.live.paceView(r))
	require.Contains(t, html, `data-action="pace-pause"`)
	require.Contains(t, html, "1/s")
	r.me.member.Role = crm.Viewer
	require.Nil(t, r.live.paceView(r))
}

func TestThePaceGoesUpAndDownItsScale(t *testing.T) {
	require.Equal(t, 2.0, pace{Rate: 1}.faster())
	require.Equal(t, 0.5, pace{Rate: 1}.slower())
	require.Equal(t, 5.0, pace{Rate: 3}.faster())
	require.Equal(t, 2.0, pace{Rate: 3}.slower())
	require.Equal(t, 100.0, pace{Rate: 100}.faster())
	require.Equal(t, 0.1, pace{Rate: 0.1}.slower())
}

func TestAFastWorkspacesClockIsExtrapolated(t *testing.T) {
	wall, there := time.Unix(1_000_000, 0), time.Unix(5_000_000, 0)
	c := clock{at: wall, now: there, speed: 60}
	require.Equal(t, there.Add(time.Minute), c.present(wall.Add(time.Second)))
	require.Equal(t, wall, clock{}.present(wall), "this computer's, until the server has told")
}

func TestAStepsOutputIsReadable(t *testing.T) {
	r := someRoot(crm.Agent)
	p := &runPage{root: r, run: flow.Run{ID: "r7"}}
	html := ui.HTMLString(ui.Elem("div").Body(p.outputView(map[string]any{"task": "r7:5", "assignees": []any{"m1", "m2"}, "status": 200.0, "body": map[string]any{"queued": true}})))
	require.Contains(t, html, "assignees: Ana Pop, Đức Phạm\nbody: {&#34;queued&#34;:true}\nstatus: 200")
	require.NotContains(t, html, "r7:5")
	require.Empty(t, outputLines(nil, "r7"))
}
