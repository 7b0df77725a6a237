package app

import (
	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
)

// outboxPage lists what was sent, or would have been.
type outboxPage struct {
	items  []crm.Message
	next   string
	loaded bool
	open   string
}

// channelIcons show how a message went.
var channelIcons = map[string]string{"email": "mail", "sms": "message-square", "chat": "message-square", "webhook": "webhook", "notice": "bell"}

func (p *outboxPage) enter(r *Root) { p.read(r, "") }

func (p *outboxPage) read(r *Root, cursor string) {
	path := "/api/messages?limit=50"
	if cursor != "" {
		path += "&cursor=" + cursor
	}
	load(r, path, func(list page[crm.Message], err error) {
		p.loaded = true
		if r.fail(err) {
			return
		}
		if cursor == "" {
			p.items = nil
		}
		p.items, p.next = append(p.items, list.Items...), list.Next
	})
}

func (p *outboxPage) view(r *Root) ([]ui.UI, ui.UI) {
	var body ui.UI
	if p.loaded && len(p.items) == 0 {
		body = ui.Elem("div").Class("card").Body(emptyState("send", r.t("outbox.empty"), r.t("outbox.empty.text"), nil))
	} else {
		body = p.listView(r)
	}
	return []ui.UI{crumbs(r.t("outbox.title")), ui.Elem("span").Class("push"), r.liveMark()},
		ui.Elem("div").Class("scroll").Body(ui.Elem("div").Class("page").Body(
			ui.Elem("div").Class("page-head").Body(ui.Elem("div").Body(ui.Elem("h1").Text(r.t("outbox.title")), ui.If(r.me.demo, func() ui.UI { return ui.Elem("p").Class("sub").Text(r.t("live.demo")) })),
				ui.Elem("div").Class("push").Body(button("reload", "ghost icon", "refresh-cw", r.t("error.reload"), func() { p.enter(r) }))),
			body))
}

func (p *outboxPage) listView(r *Root) ui.UI {
	var body ui.UI = skeletonRows(8, 5)
	if p.loaded {
		var rows []ui.UI
		for _, m := range p.items {
			rows = append(rows, p.rowView(r, m))
			if p.open == m.ID {
				rows = append(rows, ui.Elem("tr").Body(ui.Elem("td").Attr("colspan", 5).Body(ui.Elem("div").Class("steps").Body(ui.Elem("pre").Text(m.Body), ui.If(m.Error != "", func() ui.UI { return ui.Elem("p").Class("error").Text(m.Error) })))))
			}
		}
		body = ui.Elem("tbody").Body(rows...)
	}
	return ui.Elem("div").Body(ui.Elem("div").Class("table-wrap").Body(ui.Elem("table").Body(ui.Elem("thead").Body(ui.Elem("tr").Body(
		ui.Elem("th").Text(r.t("outbox.channel")), ui.Elem("th").Text(r.t("outbox.to")), ui.Elem("th").Class("hide-s").Text(r.t("outbox.message")), ui.Elem("th").Class("hide-s").Text(r.t("common.state")), ui.Elem("th").Class("hide-s").Text(r.t("outbox.at")))), body)),
		ui.If(p.next != "", func() ui.UI {
			return ui.Elem("div").Class("empty").Body(button("more", "", "", r.t("common.load"), func() { p.read(r, p.next) }, p.next))
		}))
}

func (p *outboxPage) rowView(r *Root, m crm.Message) ui.UI {
	toggle := func() {
		if p.open == m.ID {
			p.open = ""
		} else {
			p.open = m.ID
		}
	}
	text := m.Subject
	if text == "" {
		text = m.Body
	}
	return ui.Elem("tr").TabIndex(0).DataSet("message", m.ID).Aria("expanded", yes(p.open == m.ID)).OnClick(does(toggle), ui.EventScope("o", m.ID)).OnKeyDown(rowKeys(toggle), ui.EventScope("k", m.ID)).Body(
		ui.Elem("td").Body(ui.Elem("div").Class("flow-name g-messages").Body(ui.Elem("span").Class("chip s").Body(icon(channelIcons[m.Channel], "s")), ui.Elem("span").Text(r.t("channel."+m.Channel)))),
		ui.Elem("td").Class("name").Text(r.recipient(m)), ui.Elem("td").Class("hide-s cut").Text(text),
		ui.Elem("td").Class("hide-s").Body(ui.Elem("span").Class("pill "+m.State).Text(r.t("message."+m.State))),
		ui.Elem("td").Class("hide-s muted").Body(r.timeView(m.At)))
}

// recipient is whom a message went to: a notice's is a member.
func (r *Root) recipient(m crm.Message) string {
	if m.Channel == "notice" {
		return r.memberName(m.To)
	}
	return m.To
}
