package app

import (
	"strings"
	"sync"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/i18n"
	"millrace.dev/crm"
)

// Main starts the program in the browser.
func Main() {
	Routes()
	ui.RunWhenOnBrowser()
}

var routed sync.Once

// Routes tells go-app which paths are pages: all without a dot, drawn by Root.
func Routes() {
	routed.Do(func() {
		ui.RouteWithRegexp(`^/[^.]*$`, func() ui.Composer { return &Root{} })
	})
}

// Root is the whole app: the one component, which owns all state. Pages are
// plain structs that draw a part of it. It has no exported fields on purpose:
// go-app would overwrite them when the path changes.
type Root struct {
	ui.Compo
	ctx    ui.Context
	ready  bool // the browser has mounted it
	me     session
	lang   string
	theme  string
	calm   bool
	at     place
	schema crm.Schemas
	people []crm.Member
	sock   *socket
	amber  bool // the websocket is gone
	clock  clock
	menu   string
	ask    *question
	toasts []toast
	nextID int

	sign     signPage
	live     livePage
	flows    flowsPage
	editor   *editor
	runs     runsPage
	run      *runPage
	records  recordsPage
	record   *recordPage
	tasks    tasksPage
	outbox   outboxPage
	settings settingsPage
	unsaved  map[string]*editor // left before the server had their changes
}

// session is who is signed in.
type session struct {
	known  bool
	member crm.Member
	demo   bool
	// hasPassword tells whether there is a present password to ask for.
	hasPassword bool
}

// place is the page that a path names.
type place struct {
	name string // "flows", "flow", "runs", …
	id   string // of the flow, run or record; the resource of a records list
	sub  string // tab of a flow, id of a record
}

// placeOf reads a path.
func placeOf(path string) place {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	part := func(i int) string {
		if i < len(parts) {
			return parts[i]
		}
		return ""
	}
	switch {
	case part(0) == "":
		return place{name: "live"}
	case part(0) == "records" && part(1) == "":
		return place{name: "records", id: crm.Deal.Plural()}
	case part(0) == "records" && part(2) != "":
		return place{name: "record", id: part(1), sub: part(2)}
	case part(1) == "" || part(0) == "records":
		return place{name: part(0), id: part(1)}
	case part(0) == "flows":
		return place{name: "flow", id: part(1), sub: part(2)}
	case part(0) == "runs":
		return place{name: "run", id: part(1)}
	}
	return place{name: "missing"}
}

// OnMount begins: theme, language, who is signed in.
func (r *Root) OnMount(ctx ui.Context) {
	r.ctx, r.ready = ctx, true
	r.lang = stored("lang", "en")
	r.theme = stored("theme", "system")
	r.calm = stored("calm", "") != ""
	r.showCalm()
	r.setLanguage(r.lang)
	r.sock = newSocket(ctx, func(on bool) {
		if on && r.amber {
			r.setClock()
			r.saveAll()
		}
		r.amber = !on
	})
	r.at = placeOf(ui.Window().URL().Path)
	load(r, "/api/me", func(me meBody, err error) {
		r.me.known = true
		if err != nil {
			r.signedOut()
			return
		}
		r.signedIn(me)
	})
	r.guardLeaving()
	r.tick()
}

// tick redraws once in a while so that "2 min ago" stays true.
func (r *Root) tick() {
	d := 20 * time.Second
	if r.clock.speed > 1 {
		d = 5 * time.Second
	}
	r.ctx.After(d, func(ui.Context) { r.tick() })
}

// OnNav shows the page of the new path.
func (r *Root) OnNav(ctx ui.Context) {
	if !r.ready {
		return
	}
	next := placeOf(ctx.Page().URL().Path)
	if next == r.at {
		return
	}
	r.leave(next)
	r.at, r.menu, r.ask, r.settings = next, "", nil, settingsPage{}
	r.enter()
}

// OnResize tells the canvas its new size.
func (r *Root) OnResize(ui.Context) {
	if e := r.editor; e != nil && e.stage != nil {
		r.ctx.Defer(func(ui.Context) {
			if e.stage != nil {
				e.stage.measure()
				e.stage.class("is-frozen", e.frozen())
				e.redraw()
				e.fit(true)
			}
		})
	}
}

type meBody struct {
	Member      crm.Member `json:"member"`
	Demo        bool       `json:"demo"`
	HasPassword bool       `json:"has_password"`
	Now         time.Time  `json:"now"`
	Speed       float64    `json:"speed"`
}

func (r *Root) signedIn(me meBody) {
	r.me = session{known: true, member: me.Member, demo: me.Demo, hasPassword: me.HasPassword}
	r.clock = clock{at: time.Now().Round(0), now: me.Now, speed: me.Speed}
	if me.Member.Language != "" && stored("lang", "") == "" {
		r.setLanguage(me.Member.Language)
	}
	load(r, "/api/schemas", func(s crm.Schemas, err error) {
		if err == nil && len(s) > 0 {
			r.schema = s
		}
	})
	load(r, "/api/members", func(p page[crm.Member], err error) {
		if err == nil {
			r.people = p.Items
		}
	})
	r.takeUp()
	if r.at.name == "login" {
		r.goTo("/live")
		return
	}
	r.enter()
}

func (r *Root) signedOut() {
	r.sock.close()
	r.putAside()
	r.me = session{known: true}
	if r.at.name == "login" && ui.Window().URL().Query().Has("gone") {
		r.sign.wrong = r.t("sign.gone")
	}
	r.focus("#email")
}

// goTo shows another page.
func (r *Root) goTo(path string) { r.ctx.Navigate(path) }

// leave lets go of what only the present page needs.
func (r *Root) leave(next place) {
	if r.at.name == "flow" && (next.name != "flow" || next.id != r.at.id) && r.editor != nil {
		r.editor.close()
		r.editor = nil
	}
	if r.at.name == "run" && r.run != nil {
		r.run.close()
		r.run = nil
	}
	if r.at.name == "live" {
		r.sock.unwatch("live")
	}
}

// enter loads what the present page shows.
func (r *Root) enter() {
	if r.me.member.ID == "" {
		return
	}
	switch r.at.name {
	case "live":
		r.live.enter(r)
	case "flows":
		r.flows.enter(r)
	case "flow":
		r.openFlow(r.at.id)
	case "runs":
		r.runs.enter(r, "")
	case "run":
		r.openRun(r.at.id)
	case "records":
		r.records.enter(r)
	case "record":
		r.openRecord(r.at.id, r.at.sub)
	case "tasks":
		r.tasks.enter(r)
	case "outbox":
		r.outbox.enter(r)
	}
}

// t is a text in the member's language.
func (r *Root) t(key string, args ...string) string { return i18n.T(r.lang, key, args...) }

// n is a text with a number, in the right plural form.
func (r *Root) n(key string, n int, args ...string) string { return i18n.N(r.lang, key, n, args...) }

// Render draws the app; on the server, the frame that waits for the program.
func (r *Root) Render() ui.UI {
	switch {
	case !r.ready || !r.me.known:
		return r.waiting()
	case r.me.member.ID == "":
		return r.signView()
	}
	return r.frameView(r.pageView())
}

func (r *Root) pageView() (bar []ui.UI, body ui.UI) {
	switch r.at.name {
	case "live":
		return r.live.view(r)
	case "flows":
		return r.flows.view(r)
	case "flow":
		return r.flowView()
	case "runs":
		return r.runs.view(r)
	case "run":
		return r.runView()
	case "records":
		return r.records.view(r)
	case "record":
		return r.recordView()
	case "tasks":
		return r.tasks.view(r)
	case "outbox":
		return r.outbox.view(r)
	case "settings":
		return r.settingsView()
	}
	return r.missingView()
}

// schemas are the workspace's, or the product's own until they are known.
func (r *Root) schemas() crm.Schemas {
	if len(r.schema) == 0 {
		return crm.BuiltIn()
	}
	return r.schema
}
