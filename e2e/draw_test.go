package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	adminMail = "admin@example.com"
	password  = "correct horse battery staple"
)

// workshop is a served workspace with an admin signed in over HTTP and in the
// browser, and a deal that belongs to the admin.
type workshop struct {
	*browser
	p    *process
	c    *client
	deal string
}

func newWorkshop(t *testing.T) *workshop {
	p := start(t, "serve", "--data", t.TempDir())
	w := &workshop{p: p, c: p.signIn(), browser: openBrowser(t, 1440, 900)}
	me := w.c.must(http.MethodGet, "/api/me", nil)["member"].(map[string]any)
	w.c.must(http.MethodPatch, "/api/members/"+me["id"].(string), map[string]any{"password": password})
	w.c.must(http.MethodPost, "/api/login", map[string]any{"email": adminMail, "password": password})
	w.deal = w.c.must(http.MethodPost, "/api/deals", map[string]any{
		"title": "Kitchen refit", "amount": 500_000, "currency": "EUR", "status": "open", "owner": me["id"]})["id"].(string)

	w.do(navigate(p.url + "/login"))
	w.fill("#email", adminMail)
	w.fill("#password", password)
	w.click(`[data-action="sign-in"]`)
	w.see(`[data-nav="flows"]`)
	return w
}

// newFlow makes a flow for deals through the list of flows, and empties it.
func (w *workshop) newFlow(name string) (id string) {
	w.t.Helper()
	w.click(`[data-nav="flows"]`)
	w.click(`[data-action="new-flow-empty"], [data-action="new-flow"]`)
	w.click(`[data-choice="deal"]`)
	w.fill("#flow-name", name)
	w.click(`[data-action="create-flow"]`)
	w.see(card("record_created"))
	id = eval[string](w.browser, `location.pathname.split("/")[2]`)
	w.frame()
	return id
}

// card selects the node of a type on the canvas.
func card(typ string) string { return fmt.Sprintf(`[data-node][data-type=%q]`, typ) }

func port(typ, name string) string { return card(typ) + fmt.Sprintf(` [data-port=%q]`, name) }

func prop(name string) string { return "#f-" + name }

// drop drags a palette item to a place on the canvas.
func (w *workshop) drop(typ string, x, y float64) {
	w.t.Helper()
	fx, fy := w.at(fmt.Sprintf(`[data-palette=%q]`, typ))
	w.drag(fx, fy, x, y)
	w.see(card(typ))
}

// connect drags from a port to the body of a node.
func (w *workshop) connect(from, name, to string) {
	w.t.Helper()
	before := w.count("[data-connector]")
	x0, y0 := w.at(port(from, name))
	x1, y1 := w.at(card(to))
	w.drag(x0, y0, x1, y1)
	w.until(fmt.Sprintf(`document.querySelectorAll("[data-connector]").length > %d`, before), from+" leads to "+to)
}

func (w *workshop) count(selector string) int {
	w.t.Helper()
	return eval[int](w.browser, fmt.Sprintf(`document.querySelectorAll(%q).length`, selector))
}

// publish presses Publish and confirms.
func (w *workshop) publish() {
	w.t.Helper()
	w.click(`[data-action="publish"]:not([disabled])`)
	w.click(`[data-action="publish-confirm"]`)
	w.until(`!document.querySelector('[data-action="publish-confirm"]')`, "the dialog has closed")
}

// checkFlow requires the graph that the story is about.
func (w *workshop) checkFlow(id string) {
	w.t.Helper()
	graph := w.c.must(http.MethodGet, "/api/flows/"+id+"/versions/1", nil)["graph"].(map[string]any)
	types := map[string]string{}
	for node, v := range graph["nodes"].(map[string]any) {
		types[node] = v.(map[string]any)["type"].(string)
	}
	var ways []string
	for _, v := range graph["connectors"].(map[string]any) {
		x := v.(map[string]any)
		node, name, _ := strings.Cut(x["from"].(string), ".")
		ways = append(ways, types[node]+"."+name+" → "+types[x["to"].(string)])
	}
	require.ElementsMatch(w.t, []string{
		"record_updated.out → send_email", "send_email.sent → wait_event", "wait_event.timeout → create_task"}, ways)
}

// changeDeal changes the deal over HTTP, as another program would.
func (w *workshop) changeDeal(minor int) {
	w.t.Helper()
	w.c.must(http.MethodPatch, "/api/deals/"+w.deal, map[string]any{"amount": minor})
}

func TestTheFlowIsDrawnWithTheMousePublishedAndWatchedLive(t *testing.T) {
	w := newWorkshop(t)
	id := w.newFlow("Big deal")
	w.click(card("record_created"))
	w.click(`.panel [data-action="delete"]`)
	w.until(`!document.querySelector('[data-type="record_created"]')`, "the first trigger is gone")

	w.drop("record_updated", 640, 150)
	w.fill(prop("when"), "deal.amount > 10000")
	w.drop("send_email", 640, 300)
	w.fill(prop("to"), "{{ owner.email }}")
	w.fill(prop("subject"), "{{ deal.title }} grew")
	w.fill(prop("body"), "Has the customer agreed?")
	w.drop("wait_event", 640, 450)
	w.fill(prop("event"), "message.received")
	w.fill(prop("kind"), "reply")
	w.fill(prop("timeout"), "1")
	w.drop("create_task", 640, 620)
	w.fill(prop("subject"), "Call about {{ deal.title }}")
	w.click(`[data-prop="owner"] input, [data-prop="owner"] [role="switch"]`)

	w.connect("record_updated", "out", "send_email")
	w.connect("send_email", "sent", "wait_event")
	w.connect("wait_event", "timeout", "create_task")
	w.picture("drawn-by-mouse")
	w.publish()
	w.checkFlow(id)

	w.watch()
	w.changeDeal(900_000) // 9,000.00: not enough
	w.changeDeal(1_500_000)
	w.until(`window.lit.includes("wait_event")`, "the wait lights up")
	require.Equal(t, []string{"record_updated", "send_email", "wait_event"}, eval[[]string](w.browser, `window.lit`), "in order")
	w.picture("live")
	mails := w.c.items("/api/messages")
	require.Len(t, mails, 1)
	require.Equal(t, adminMail, mails[0]["to"])
	require.Equal(t, "Kitchen refit grew", mails[0]["subject"])
	require.Empty(t, w.errors)
}
