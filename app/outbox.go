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
		body = ui.Div().Class("card").Body(emptyState("send", r.t("outbox.empty"), r.t("outbox.empty.text"), nil))
	} else {
		body = p.listView(r)
	}
	return []ui.UI{crumbs(r.t("outbox.title")), ui.Span().Class("push"), r.liveMark()},
		ui.Div().Class("scroll").Body(ui.Div().Class("page").Body(
			ui.Div().Class("page-head").Body(ui.Div().Body(ui.H1().Text(r.t("outbox.title")), ui.If(r.me.demo, func() ui.UI { return ui.P().Class("sub").Text(r.t("live.demo")) })),
				ui.Div().Class("push").Body(button("reload", "ghost icon", "refresh-cw", r.t("error.reload"), func() { p.enter(r) }))),
			body))
}

func (p *outboxPage) listView(r *Root) ui.UI {
	var body ui.UI = skeletonRows(8, 5)
	if p.loaded {
		var rows []ui.UI
		for _, m := range p.items {
			rows = append(rows, p.rowView(r, m))
			if p.open == m.ID {
				rows = append(rows, ui.Tr().Body(ui.Td().ColSpan(5).Body(ui.Div().Class("steps").Body(ui.Pre().Text(m.Body), ui.If(m.Error != "", func() ui.UI { return ui.P().Class("error").Text(m.Error) })))))
			}
		}
		body = ui.TBody().Body(rows...)
	}
	return ui.Div().Body(ui.Div().Class("table-wrap").Body(ui.Table().Body(ui.THead().Body(ui.Tr().Body(
		ui.Th().Text(r.t("outbox.channel")), ui.Th().Text(r.t("outbox.to")), ui.Th().Class("hide-s").Text(r.t("outbox.message")), ui.Th().Class("hide-s").Text(r.t("common.state")), ui.Th().Class("hide-s").Text(r.t("outbox.at")))), body)),
		ui.If(p.next != "", func() ui.UI {
			return ui.Div().Class("empty").Body(button("more", "", "", r.t("common.load"), func() { p.read(r, p.next) }, p.next))
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
	return ui.Tr().TabIndex(0).DataSet("message", m.ID).Aria("expanded", yes(p.open == m.ID)).OnClick(does(toggle), ui.EventScope("o", m.ID)).OnKeyDown(rowKeys(toggle), ui.EventScope("k", m.ID)).Body(
		ui.Td().Body(ui.Div().Class("flow-name g-messages").Body(ui.Span().Class("chip s").Body(icon(channelIcons[m.Channel], "s")), ui.Span().Text(r.t("channel."+m.Channel)))),
		ui.Td().Class("name").Text(m.To), ui.Td().Class("hide-s cut").Text(text),
		ui.Td().Class("hide-s").Body(ui.Span().Class("pill "+m.State).Text(r.t("message."+m.State))),
		ui.Td().Class("hide-s muted").Body(r.timeView(m.At)))
}
