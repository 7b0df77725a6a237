package app

import (
	"sort"
	"strconv"
	"time"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/crm"
	"millrace.dev/nodes"
)

// unit is a unit that durations are edited in.
type unit struct {
	name string
	each time.Duration
}

var units = []unit{
	{"weeks", 7 * 24 * time.Hour}, {"days", 24 * time.Hour}, {"hours", time.Hour}, {"minutes", time.Minute}, {"seconds", time.Second},
}

// duration edits an ISO 8601 duration as a number and a unit.
func (f *fieldEdit) duration() ui.UI {
	r := f.e.root
	text := f.text()
	d, err := nodes.ParseDuration(text)
	u, n := units[2], ""
	if err == nil && d > 0 {
		for _, x := range units {
			if d%x.each == 0 && (x.name != "weeks" || d >= 14*24*time.Hour) {
				u = x
				break
			}
		}
	}
	// The unit a person chose stays: 24 hours do not become a day while 245 is typed.
	place := f.node + "." + f.prop.Name
	if mine, ok := f.e.units[place]; ok && (err != nil || d%mine.each == 0) {
		u = mine
	}
	if err == nil && d > 0 {
		n = strconv.FormatInt(int64(d/u.each), 10)
	}
	if text != "" && err != nil {
		n = text
	}
	write := func(n string, u unit) {
		if f.e.units == nil {
			f.e.units = map[string]unit{}
		}
		f.e.units[place] = u
		if v, err := strconv.ParseInt(n, 10, 64); err == nil && v > 0 && v < 1<<31 {
			f.put(nodes.FormatDuration(time.Duration(v) * u.each))
			return
		}
		f.put(n)
	}
	count, _ := strconv.Atoi(n)
	return ui.Elem("div").Class("rowed").Body(
		ui.Elem("input").ID(f.id()).Class("in num").Attr("inputmode", "numeric").Attr("value", n).Attr("readonly", f.e.frozen()).
			OnInput(typed(func(v string) { write(v, u) }), ui.EventScope(f.node, f.prop.Name, u.name)),
		ui.Elem("select").Class("in").Aria("label", r.t("editor.unit")).Attr("disabled", f.e.frozen()).
			OnChange(typed(func(v string) {
				for _, x := range units {
					if x.name == v {
						write(n, x)
					}
				}
			}), ui.EventScope(f.node, f.prop.Name, n)).
			Body(each(units, func(_ int, x unit) ui.UI {
				return ui.Elem("option").Attr("value", x.name).Attr("selected", x.name == u.name).Text(r.n("unit."+x.name, max(count, 2)))
			})...))
}

// rows are the rows of a KindCases value.
func rows(v any) []map[string]any {
	l, _ := v.([]any)
	out := make([]map[string]any, 0, len(l))
	for _, x := range l {
		if m, ok := x.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// cases edits named rows, each with a condition or a value; each name is a port.
func (f *fieldEdit) cases() ui.UI {
	r := f.e.root
	now := rows(f.value)
	// Handlers outlive a drawing: they read the rows as they are then.
	live := func() []map[string]any { return rows(f.e.graph().Nodes[f.node].Props[f.prop.Name]) }
	store := func(next []map[string]any) {
		out := make([]any, len(next))
		for i, m := range next {
			out[i] = m
		}
		f.put(out)
	}
	change := func(i int, key string, v any) {
		next := append([]map[string]any{}, live()...)
		if i >= len(next) {
			return
		}
		m := map[string]any{}
		for k, x := range next[i] {
			m[k] = x
		}
		m[key] = v
		next[i] = m
		store(next)
	}
	list := each(now, func(i int, m map[string]any) ui.UI {
		name, _ := m["name"].(string)
		scope := ui.EventScope(f.node, f.prop.Name, i, len(now))
		kind := nodes.KindValue
		if f.prop.CaseKey == "if" {
			kind = nodes.KindCondition
		}
		inner := &fieldEdit{e: f.e, node: f.node, typ: f.typ, prop: &nodes.Prop{Name: f.prop.Name + "-" + itoa(i), Kind: kind}, value: m[f.prop.CaseKey],
			set: func(v any) { change(i, f.prop.CaseKey, v) }}
		return ui.Elem("div").Class("case").DataSet("case", name).Body(
			ui.Elem("div").Class("rowed").Body(
				ui.Elem("input").Class("in").Attr("value", name).Attr("placeholder", r.t("editor.case_name")).Aria("label", r.t("editor.case_name")).Attr("maxlength", 40).Attr("readonly", f.e.frozen()).
					OnInput(typed(func(v string) { change(i, "name", portID(v)) }), scope),
				button("remove-case", "ghost icon s", "x", r.t("common.remove"), func() {
					all := live()
					store(append(append([]map[string]any{}, all[:i]...), all[i+1:]...))
				}, f.node, i, len(now)).Attr("disabled", f.e.frozen())),
			inner.control())
	})
	add := func() {
		all := live()
		store(append(append([]map[string]any{}, all...), map[string]any{"name": "way_" + itoa(len(all)+1), f.prop.CaseKey: ""}))
	}
	return ui.Elem("div").Class("stack").Body(append(list, ui.Elem("div").Body(
		button("add-case", "s", "plus", r.t("editor.add_case"), add, f.node, len(now)).Attr("disabled", f.e.frozen())))...)
}

// portID makes a port's name of what was typed: letters, digits, _ and -.
func portID(s string) string {
	out := []rune{}
	for _, c := range s {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
			out = append(out, c)
		case c == ' ':
			out = append(out, '_')
		default:
			if b, ok := ascii(c); ok {
				out = append(out, b)
			}
		}
	}
	return string(out)
}

// values edits new values for fields of the record.
func (f *fieldEdit) values() ui.UI {
	r := f.e.root
	now, _ := f.value.(map[string]any)
	names := make([]string, 0, len(now))
	for k := range now {
		names = append(names, k)
	}
	sort.Strings(names)
	with := func(k string, v any, drop bool) {
		next := map[string]any{}
		all, _ := f.e.graph().Nodes[f.node].Props[f.prop.Name].(map[string]any)
		for n, x := range all {
			next[n] = x
		}
		next[k] = v
		if drop {
			delete(next, k)
		}
		f.put(next)
	}
	list := each(names, func(_ int, k string) ui.UI {
		label := k
		if field, ok := f.resource().Field(k); ok {
			label = crm.Say(field.Label, r.lang)
		}
		inner := &fieldEdit{e: f.e, node: f.node, typ: f.typ, prop: &nodes.Prop{Name: f.prop.Name + "-" + k, Kind: nodes.KindValue}, value: now[k],
			set: func(v any) { with(k, v, false) }}
		return ui.Elem("div").Class("case").DataSet("field", k).Body(
			ui.Elem("div").Class("rowed").Body(ui.Elem("span").Class("label grow").Text(label),
				button("remove-field", "ghost icon s", "x", r.t("common.remove"), func() { with(k, nil, true) }, f.node, k, len(now)).Attr("disabled", f.e.frozen())),
			inner.control())
	})
	var rest []ui.UI
	for _, o := range f.fieldOptions() {
		if _, set := now[o.value]; !set {
			rest = append(rest, ui.Elem("option").Attr("value", o.value).Text(o.text))
		}
	}
	return ui.Elem("div").Class("stack").Body(append(list, ui.Elem("select").ID(f.id()).Class("in").Attr("disabled", f.e.frozen()).
		OnChange(func(ctx ui.Context, _ ui.Event) {
			if v := ctx.JSSrc().Get("value").String(); v != "" {
				with(v, "", false)
			}
			ctx.JSSrc().Set("value", "")
		}, ui.EventScope(f.node, f.prop.Name, len(now))).
		Body(append([]ui.UI{ui.Elem("option").Attr("value", "").Attr("selected", true).Text(r.t("editor.add_field"))}, rest...)...))...)
}
