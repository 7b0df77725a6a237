package app

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
)

// recordsPage is the list of one resource's records.
type recordsPage struct {
	resource crm.Resource
	items    []crm.Record
	next     string
	search   string
	loaded   bool
	asks     int
}

func (p *recordsPage) enter(r *Root) {
	res, err := crm.ParseResource(r.at.id)
	if err != nil {
		r.at = place{name: "missing"}
		return
	}
	if p.resource != res {
		*p = recordsPage{resource: res}
	}
	p.read(r, "")
}

func (p *recordsPage) read(r *Root, cursor string) {
	q := url.Values{"limit": {"50"}}
	if p.search != "" {
		q.Set("search", p.search)
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	p.asks++
	ask, res := p.asks, p.resource
	load(r, "/api/"+res.Plural()+"?"+q.Encode(), func(list page[crm.Record], err error) {
		if ask != p.asks || res != p.resource {
			return
		}
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

// find searches 200 ms after the last key.
func (p *recordsPage) find(r *Root, text string) {
	p.search = text
	p.asks++
	ask := p.asks
	r.ctx.After(200*time.Millisecond, func(ui.Context) {
		if ask == p.asks {
			p.read(r, "")
		}
	})
}

func (r *Root) mayWork() bool { return r.me.member.Role != crm.Viewer }

func (p *recordsPage) view(r *Root) ([]ui.UI, ui.UI) {
	bar := []ui.UI{crumbs(r.t("nav.records")), ui.Elem("span").Class("push"), r.liveMark()}
	tabs := ui.Elem("div").Class("seg").Body(each(crm.Resources, func(_ int, res crm.Resource) ui.UI {
		a := ui.Elem("a").Attr("href", "/records/"+res.Plural()).DataSet("resource", string(res))
		if res == p.resource {
			a = a.Aria("current", "page")
		}
		return a.Body(icon(resourceIcons[res], "s"), ui.Elem("span").Class("hide-s").Text(r.t("resource."+res.Plural())))
	})...)
	var add ui.UI
	if r.mayWork() {
		add = ui.Elem("a").Class("btn primary").DataSet("action", "new-record").Attr("href", "/records/"+p.resource.Plural()+"/new").Body(
			icon("plus"), ui.Elem("span").Text(r.t("records.new", r.t("resource."+string(p.resource)))))
	}
	return bar, ui.Elem("div").Class("scroll").Body(ui.Elem("div").Class("page").Body(
		ui.Elem("div").Class("page-head").Body(ui.Elem("h1").Text(r.t("resource."+p.resource.Plural())), ui.Elem("div").Class("push").Body(add)),
		ui.Elem("div").Class("tools").Body(tabs, ui.Elem("span").Class("grow"), searchField(p.search, r.t("records.search"), func(v string) { p.find(r, v) })),
		p.listView(r)))
}

// columns are the fields that the list shows.
func (p *recordsPage) columns(r *Root) []crm.Field {
	s := r.schemas()[p.resource]
	var out []crm.Field
	for _, name := range []string{"status", "stage", "amount", "priority", "email", "phone", "company", "score", "city", "domain", "owner"} {
		if f, ok := s.Field(name); ok && !f.Sensitive && len(out) < 5 {
			out = append(out, f)
		}
	}
	return out
}

func (p *recordsPage) listView(r *Root) ui.UI {
	if p.loaded && len(p.items) == 0 {
		return ui.Elem("div").Class("card").Body(emptyState(resourceIcons[p.resource], r.t("records.empty"), r.t("records.empty.text"), nil))
	}
	cols := p.columns(r)
	head := []ui.UI{ui.Elem("th").Text(r.t("common.name"))}
	for _, f := range cols {
		head = append(head, ui.Elem("th").Class("hide-s "+numClass(f)).Text(crm.Say(f.Label, r.lang)))
	}
	head = append(head, ui.Elem("th").Class("hide-s").Text(r.t("common.updated")))
	var body ui.UI = skeletonRows(10, len(head))
	if p.loaded {
		body = ui.Elem("tbody").Body(each(p.items, func(_ int, rec crm.Record) ui.UI {
			open := func() { r.goTo("/records/" + p.resource.Plural() + "/" + rec.ID) }
			cells := []ui.UI{ui.Elem("td").Body(ui.Elem("div").Class("flow-name").Body(resourceChip(rec.Resource, "s"), ui.Elem("span").Class("name cut").Text(rec.Title())))}
			for _, f := range cols {
				cells = append(cells, ui.Elem("td").Class("hide-s "+numClass(f)).Body(r.cell(f, rec)))
			}
			cells = append(cells, ui.Elem("td").Class("hide-s muted").Body(r.timeView(rec.UpdatedAt)))
			return ui.Elem("tr").TabIndex(0).DataSet("record", rec.ID).OnClick(does(open), ui.EventScope("o", rec.ID)).OnKeyDown(rowKeys(open), ui.EventScope("k", rec.ID)).Body(cells...)
		})...)
	}
	return ui.Elem("div").Body(ui.Elem("div").Class("table-wrap").Body(ui.Elem("table").Body(ui.Elem("thead").Body(ui.Elem("tr").Body(head...)), body)),
		ui.If(p.next != "", func() ui.UI {
			return ui.Elem("div").Class("empty").Body(button("more", "", "", r.t("common.load"), func() { p.read(r, p.next) }, p.next))
		}))
}

func numClass(f crm.Field) string {
	if f.Type == crm.Money || f.Type == crm.Number {
		return "num"
	}
	return ""
}

// cell shows a value in a list.
func (r *Root) cell(f crm.Field, rec crm.Record) ui.UI {
	v := rec.Fields[f.Name]
	if v == nil || v == "" {
		return ui.Elem("span").Class("muted").Text("–")
	}
	switch f.Type {
	case crm.Choice:
		s, _ := v.(string)
		return ui.Elem("span").Class("pill bare " + s).Text(s)
	case crm.Ref:
		s, _ := v.(string)
		if f.Ref == "member" {
			return ui.Elem("span").Class("rowed").Body(avatar(r.memberName(s), "s"), ui.Elem("span").Class("cut").Text(r.memberName(s)))
		}
	}
	return ui.Elem("span").Text(r.show(f, v, rec.Text("currency")))
}

// show is a value as text for people.
func (r *Root) show(f crm.Field, v any, currency string) string {
	switch x := v.(type) {
	case nil:
		return ""
	case float64:
		if f.Type == crm.Money {
			digits := map[float64]int{1: 0, 100: 2, 1000: 3}[crm.MinorUnits(currency)]
			return strings.TrimSpace(r.amount(x/crm.MinorUnits(currency), digits) + " " + currency)
		}
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		if x {
			return r.t("common.yes")
		}
		return r.t("common.no")
	case string:
		if t, err := time.Parse(time.RFC3339, x); err == nil && f.Type == crm.Time {
			return r.when(t)
		}
		return x
	}
	return strings.Join(list(v), ", ")
}
