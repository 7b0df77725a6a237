package app

import (
	"strconv"
	"strings"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// recordPage is one record's form, drawn from its schema, and its runs.
type recordPage struct {
	resource crm.Resource
	id       string // "" for a new one
	rec      crm.Record
	texts    map[string]string // what was typed, by field
	wrong    map[string]string
	failed   error
	loaded   bool
	busy     bool
	runs     runsPage
	pick     refPick
	titles   map[string]string // of records pointed at, by "<resource>/<id>"
}

func (r *Root) openRecord(plural, id string) {
	res, err := crm.ParseResource(plural)
	p := &recordPage{resource: res, texts: map[string]string{}, wrong: map[string]string{}, failed: err}
	r.record = p
	if err != nil || id == "new" {
		p.loaded = true
		return
	}
	p.id = id
	load(r, "/api/"+plural+"/"+id, func(rec crm.Record, err error) {
		p.rec, p.failed, p.loaded = rec, err, true
	})
	p.runs.record = id
	p.runs.reload(r)
}

func (r *Root) recordView() ([]ui.UI, ui.UI) {
	p := r.record
	if p == nil {
		return r.missingView()
	}
	list := "/records/" + p.resource.Plural()
	title := p.rec.Title()
	if p.id == "" {
		title = r.t("records.new", r.t("resource."+string(p.resource)))
	}
	bar := []ui.UI{crumbs(r.t("nav.records"), list, r.t("resource."+p.resource.Plural()), list, title), ui.Elem("span").Class("push")}
	if p.failed != nil {
		return bar, ui.Elem("div").Class("scroll").Body(emptyState("circle-alert", r.explain(p.failed), r.t("error.gone"), ui.Elem("a").Class("btn primary").Attr("href", list).Text(r.t("nav.records"))))
	}
	if r.mayWork() && p.loaded {
		if p.id != "" {
			bar = append(bar, button("delete-record", "ghost danger", "trash-2", r.t("common.delete"), func() { p.remove(r) }, p.id))
		}
		bar = append(bar, button("save-record", "primary", "check", r.t("common.save"), func() { p.save(r) }, p.id).Attr("disabled", p.busy || p.id != "" && len(p.texts) == 0))
	}
	if !r.mayWork() {
		bar = append(bar, ui.Elem("span").Class("saved").Body(icon("eye", "s"), ui.Elem("span").Text(r.t("editor.read_only"))))
	}
	body := []ui.UI{ui.Elem("div").Class("page-head").Body(resourceChip(p.resource, ""), ui.Elem("h1").Class("cut").Text(title))}
	fields := each(r.schemas()[p.resource].Fields, func(_ int, f crm.Field) ui.UI {
		if f.Sensitive {
			return nil
		}
		return p.fieldView(r, f)
	})
	body = append(body, ui.Elem("form").Class("card form").OnSubmit(func(ui.Context, ui.Event) { p.save(r) }).Body(fields...))
	if p.id != "" {
		body = append(body, ui.Elem("section").Class("sect").Body(ui.Elem("hr"), ui.Elem("h2").Text(r.t("records.history")), p.historyView(r)))
	}
	return bar, ui.Elem("div").Class("scroll").Body(ui.Elem("div").Class("page").Body(body...))
}

func (p *recordPage) historyView(r *Root) ui.UI {
	if len(p.runs.items) == 0 {
		return ui.Elem("p").Class("muted").Text(r.t("records.noruns"))
	}
	return ui.Elem("div").Class("table-wrap").Body(ui.Elem("table").Body(ui.Elem("tbody").Body(each(p.runs.items, func(_ int, run flow.Run) ui.UI {
		return p.runs.rowView(r, run, false)
	})...)))
}

// typed is what a field shows: what was typed, or the stored value.
func (p *recordPage) typed(f crm.Field) string {
	if s, ok := p.texts[f.Name]; ok {
		return s
	}
	switch x := p.rec.Fields[f.Name].(type) {
	case nil:
		return ""
	case string:
		if f.Type == crm.Time {
			if t, err := time.Parse(time.RFC3339, x); err == nil {
				return t.UTC().Format("2006-01-02T15:04")
			}
		}
		return x
	case float64:
		if f.Type == crm.Money {
			x /= crm.MinorUnits(p.currency())
		}
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	default:
		return strings.Join(list(x), ", ")
	}
}

func (p *recordPage) currency() string {
	if s, ok := p.texts["currency"]; ok {
		return s
	}
	return p.rec.Text("currency")
}

func (p *recordPage) fieldView(r *Root, f crm.Field) ui.UI {
	class := "field"
	if p.wrong[f.Name] != "" {
		class += " invalid"
	}
	if f.Name == "description" || f.Type == crm.Tags {
		class += " wide"
	}
	return ui.Elem("div").Class(class).DataSet("field", f.Name).Body(
		ui.Elem("label").Attr("for", "r-"+f.Name).Body(ui.Text(crm.Say(f.Label, r.lang)), ui.If(f.Required, func() ui.UI { return ui.Elem("span").Class("req").Text("*") })),
		p.input(r, f),
		ui.If(p.wrong[f.Name] != "", func() ui.UI {
			return ui.Elem("div").Class("err").Role("alert").Body(icon("circle-alert", "s"), ui.Elem("span").Text(p.wrong[f.Name]))
		}))
}

func (p *recordPage) input(r *Root, f crm.Field) ui.UI {
	id, now, off := "r-"+f.Name, p.typed(f), !r.mayWork()
	set := func(v string) { p.texts[f.Name] = v; delete(p.wrong, f.Name) }
	scope := ui.EventScope(p.resource, p.id, f.Name)
	choose := func(opts []option) ui.UI {
		opts = append([]option{{"", "—"}}, opts...)
		known := false
		for _, o := range opts {
			known = known || o.value == now
		}
		if !known {
			opts = append(opts, option{now, now})
		}
		return ui.Elem("select").ID(id).Class("in").Attr("disabled", off).OnChange(typed(set), scope).Body(each(opts, func(_ int, o option) ui.UI {
			return ui.Elem("option").Attr("value", o.value).Attr("selected", o.value == now).Text(o.text)
		})...)
	}
	switch f.Type {
	case crm.Bool:
		return choose([]option{{"true", r.t("common.yes")}, {"false", r.t("common.no")}})
	case crm.Choice:
		if len(f.Choices) > 0 {
			var opts []option
			for _, c := range f.Choices {
				opts = append(opts, option{c, c})
			}
			return choose(opts)
		}
	case crm.Ref:
		if f.Ref == "member" {
			var opts []option
			for _, m := range r.people {
				opts = append(opts, option{m.ID, m.Name})
			}
			return choose(opts)
		}
		return p.refInput(r, f, id)
	}
	if f.Name == "description" {
		return ui.Elem("textarea").ID(id).Class("in").Attr("rows", 4).Attr("readonly", off).Attr("value", now).OnInput(typed(set), scope)
	}
	kinds := map[crm.FieldType]string{crm.Email: "email", crm.Phone: "tel", crm.Date: "date", crm.Time: "datetime-local"}
	kind, hint := kinds[f.Type], ""
	if kind == "" {
		kind = "text"
	}
	if f.Type == crm.Tags {
		hint = r.t("records.tags.hint")
	}
	return ui.Elem("input").ID(id).Class("in").Attr("type", kind).Attr("placeholder", hint).Attr("readonly", off).Attr("value", now).Attr("autocomplete", "off").OnInput(typed(set), scope)
}

// patch is what was typed, as the API takes it; an emptied field is null.
func (p *recordPage) patch(r *Root) map[string]any {
	out := map[string]any{}
	for name, s := range p.texts {
		f, ok := r.schemas()[p.resource].Field(name)
		if !ok {
			continue
		}
		s = strings.TrimSpace(s)
		if s == "" {
			if p.id != "" {
				out[name] = nil
			}
			continue
		}
		out[name] = fieldJSON(f, s, p.currency())
	}
	return out
}

// fieldJSON reads what was typed into a field; what cannot be read is sent as it
// is, for the server to refuse with its reason.
func fieldJSON(f crm.Field, s, currency string) any {
	switch f.Type {
	case crm.Number, crm.Money:
		n, err := parseNumber(s, f.Type == crm.Money)
		if err != nil {
			return s
		}
		if f.Type == crm.Money {
			return crm.Minor(n, currency)
		}
		return n
	case crm.Bool:
		return s == "true"
	case crm.Time:
		if t, err := time.Parse("2006-01-02T15:04", s); err == nil {
			return t.UTC().Format(time.RFC3339)
		}
	case crm.Tags:
		var tags []any
		for _, t := range strings.Split(s, ",") {
			if t = strings.TrimSpace(t); t != "" {
				tags = append(tags, t)
			}
		}
		return tags
	}
	return s
}

// parseNumber reads a number as people write it: 12500.5, 12 500,50, 1,250,000.
// Three digits behind the only separator of an amount are thousands.
func parseNumber(s string, money bool) (float64, error) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "").Replace(s)
	if i := strings.LastIndexAny(s, ".,"); i >= 0 {
		whole, rest := strings.NewReplacer(".", "", ",", "").Replace(s[:i]), s[i+1:]
		if strings.Count(s, s[i:i+1]) == 1 && (!money || len(rest) != 3) {
			rest = "." + rest
		}
		s = whole + rest
	}
	if strings.Trim(s, "0123456789.-") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(s, 64)
}

// wrongText says what is wrong with a field, in the member's language where it
// can be said in general.
func (r *Root) wrongText(f crm.Field, p flow.Problem) string {
	if p.Code == "required" {
		return r.t("problem.required", crm.Say(f.Label, r.lang))
	}
	return p.Text
}

func (p *recordPage) save(r *Root) {
	method, path := "POST", "/api/"+p.resource.Plural()
	if p.id != "" {
		method, path = "PATCH", path+"/"+p.id
	}
	in := p.patch(r)
	for name, v := range in {
		if f, _ := r.schemas()[p.resource].Field(name); f.Type == crm.Number || f.Type == crm.Money {
			if _, unread := v.(string); unread {
				p.wrong[name] = r.t("records.number")
				r.focus("#r-" + name)
				return
			}
		}
	}
	p.busy = true
	call(r, method, path, p.rec.Rev, in, func(rec crm.Record, err error) {
		p.busy = false
		if e, ok := err.(*refusal); ok {
			for _, problem := range e.Errors {
				name := problem.Path[strings.LastIndex(problem.Path, "/")+1:]
				if known, ok := r.schemas()[p.resource].Field(name); ok {
					p.wrong[name] = r.wrongText(known, problem)
				}
			}
		}
		if r.fail(err) {
			return
		}
		created := p.id == ""
		p.rec, p.id, p.texts = rec, rec.ID, map[string]string{}
		if created {
			r.say(r.t("records.created"))
			r.goTo("/records/" + p.resource.Plural() + "/" + rec.ID)
			return
		}
		r.say(r.t("common.saved"))
		r.ctx.After(700*time.Millisecond, func(ui.Context) { p.runs.reload(r) })
	})
}

func (p *recordPage) remove(r *Root) {
	call(r, "DELETE", "/api/"+p.resource.Plural()+"/"+p.id, p.rec.Rev, nil, func(_ none, err error) {
		if !r.fail(err) {
			r.say(r.t("records.deleted"))
			r.goTo("/records/" + p.resource.Plural())
		}
	})
}
