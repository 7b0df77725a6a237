package app

import (
	"net/url"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
)

// refPick is the open search for the record that a ref field points at.
type refPick struct {
	field string
	text  string
	found []crm.Record
	asks  int
}

// refTitle is the name of the record that a field points at; it is read once.
func (p *recordPage) refTitle(r *Root, f crm.Field, id string) string {
	key := f.Ref + "/" + id
	if t, ok := p.titles[key]; ok || id == "" {
		return t
	}
	if p.titles == nil {
		p.titles = map[string]string{}
	}
	p.titles[key] = id
	load(r, "/api/"+crm.Resource(f.Ref).Plural()+"/"+id, func(rec crm.Record, err error) {
		if err == nil {
			p.titles[key] = rec.Title()
		}
	})
	return id
}

// refInput shows the record's name and finds another by typing.
func (p *recordPage) refInput(r *Root, f crm.Field, id string) ui.UI {
	now := p.typed(f)
	open := p.pick.field == f.Name
	text := p.refTitle(r, f, now)
	if open {
		text = p.pick.text
	}
	find := func(s string) {
		p.pick.field, p.pick.text = f.Name, s
		p.find(r, f)
	}
	choose := func(rec crm.Record) {
		if p.titles == nil {
			p.titles = map[string]string{}
		}
		p.titles[f.Ref+"/"+rec.ID] = rec.Title()
		p.texts[f.Name], p.pick = rec.ID, refPick{}
	}
	clear := func() { p.texts[f.Name], p.pick = "", refPick{} }
	keys := map[string]func(){"Escape": func() { p.pick = refPick{} }, "Enter": func() {
		if len(p.pick.found) > 0 {
			choose(p.pick.found[0])
		}
	}}
	return ui.Elem("div").Class("pick").Body(
		ui.Elem("input").ID(id).Class("in").Attr("type", "text").Attr("value", text).Attr("autocomplete", "off").Attr("readonly", !r.mayWork()).
			Attr("placeholder", r.t("records.ref.hint", r.t("resource."+f.Ref))).Role("combobox").Aria("expanded", yes(open)).
			OnInput(typed(find), ui.EventScope(p.id, f.Name)).OnKeyDown(onKey(keys), ui.EventScope(p.id, f.Name)),
		ui.If(now != "" && r.mayWork(), func() ui.UI {
			return ui.Elem("button").Class("open").Attr("type", "button").Aria("label", r.t("common.remove")).OnClick(does(clear), ui.EventScope(p.id, f.Name)).Body(icon("x", "s"))
		}),
		ui.If(open && len(p.pick.found) > 0, func() ui.UI {
			return ui.Elem("div").Class("menu picker").Role("listbox").Body(each(p.pick.found, func(_ int, rec crm.Record) ui.UI {
				return ui.Elem("button").Attr("type", "button").Role("option").OnClick(does(func() { choose(rec) }), ui.EventScope(f.Name, rec.ID)).
					Body(resourceChip(rec.Resource, "s"), ui.Elem("span").Class("cut").Text(rec.Title()), ui.Elem("span").Class("path").Text(rec.Text("email")))
			})...)
		}))
}

func (p *recordPage) find(r *Root, f crm.Field) {
	p.pick.asks++
	ask := p.pick.asks
	r.ctx.After(180*time.Millisecond, func(ui.Context) {
		if ask != p.pick.asks || p.pick.field != f.Name {
			return
		}
		q := url.Values{"limit": {"8"}, "search": {p.pick.text}}
		load(r, "/api/"+crm.Resource(f.Ref).Plural()+"?"+q.Encode(), func(list page[crm.Record], err error) {
			if err == nil && ask == p.pick.asks {
				p.pick.found = list.Items
			}
		})
	})
}
