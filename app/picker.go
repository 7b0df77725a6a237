package app

import (
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/i18n"
	"millrace.dev/crm"
	"millrace.dev/flow/rule"
	"millrace.dev/nodes"
)

// picker is the open data picker: of which field, and its search. Opened by
// typing {{ it is inline: the field keeps the keyboard and is the search.
type picker struct {
	prop   string
	search string
	index  int
	inline bool
}

// withPicker is a text with a button that inserts fields: {{path}} into a
// template, the bare path into an expression. Typing {{ opens it too.
func (f *fieldEdit) withPicker(text string, template bool) ui.UI {
	e := f.e
	key := f.node + "." + f.prop.Name
	class := "in"
	if !template {
		class += " code"
	}
	scope := ui.EventScope(key)
	input := func(ctx ui.Context, _ ui.Event) {
		text := ctx.JSSrc().Get("value").String()
		f.put(text)
		if template {
			f.complete(text, utf16Index(text, ctx.JSSrc().Get("selectionStart").Int()))
		}
	}
	var field ui.UI
	if f.prop.Rows > 1 || !template {
		field = ui.Elem("textarea").ID(f.id()).Class(class).Attr("rows", max(f.prop.Rows, 2)).Attr("readonly", e.frozen()).Spellcheck(template).Attr("value", text).OnInput(input, scope).OnKeyDown(f.completeKeys, scope)
	} else {
		field = ui.Elem("input").ID(f.id()).Class(class).Attr("type", "text").Attr("value", text).Attr("readonly", e.frozen()).Spellcheck(false).Attr("autocomplete", "off").OnInput(input, scope).OnKeyDown(f.completeKeys, scope)
	}
	open := func() {
		if e.picker.prop == key {
			e.picker = picker{}
			return
		}
		e.picker = picker{prop: key}
		e.root.focus(".picker input")
	}
	return ui.Elem("div").Class("pick").Body(field,
		ui.If(!e.frozen(), func() ui.UI {
			return ui.Elem("button").Attr("type", "button").Class("open").DataSet("action", "pick").Aria("label", e.root.t("editor.insert_field")).Title(e.root.t("editor.insert_field")).
				OnClick(does(open), ui.EventScope(key, e.picker.prop)).Body(icon("braces", "s"))
		}),
		ui.If(e.picker.prop == key, func() ui.UI { return f.pickerView(template) }))
}

func (f *fieldEdit) pickerView(template bool) ui.UI {
	e, r := f.e, f.e.root
	names := f.names()
	p := &e.picker
	p.index = max(0, min(p.index, len(names)-1))
	group := ""
	var items []ui.UI
	for i, n := range names {
		if n.Group != group {
			group = n.Group
			items = append(items, ui.Elem("h4").Text(r.t("names."+group)))
		}
		class := ""
		if i == p.index {
			class = "at"
		}
		items = append(items, ui.Elem("button").Attr("type", "button").Class(class).Role("option").DataSet("path", n.Path).TabIndex(-1).
			OnClick(does(func() { f.insert(n.Path, template) }), ui.EventScope(f.node, f.prop.Name, n.Path)).
			Body(ui.Elem("span").Class("cut").Text(crm.Say(n.Label, r.lang)), ui.Elem("span").Class("path").Text(n.Path)))
	}
	// A press on the list leaves the keyboard where it is.
	keep := func(_ ui.Context, ev ui.Event) {
		if e.picker.inline {
			ev.PreventDefault()
		}
	}
	return ui.Elem("div").Class("menu picker").Role("listbox").OnMouseDown(keep).Body(
		ui.If(!p.inline, func() ui.UI {
			return ui.Elem("div").Class("search").Body(icon("search"), ui.Elem("input").Class("in").Attr("value", p.search).Attr("placeholder", r.t("editor.search_fields")).Aria("label", r.t("editor.search_fields")).
				OnInput(typed(func(v string) { e.picker.search, e.picker.index = v, 0 }), ui.EventScope(f.node, f.prop.Name)).
				OnKeyDown(f.completeKeys, ui.EventScope(f.node, f.prop.Name)))
		}),
		ui.Elem("div").Body(items...))
}

// complete opens the inline picker while the caret stands behind an open {{,
// and closes it when it no longer does.
func (f *fieldEdit) complete(text string, caret int) {
	before := string([]rune(text)[:min(caret, len([]rune(text)))])
	from := strings.LastIndex(before, "{{")
	key := f.node + "." + f.prop.Name
	switch {
	case from >= 0 && !strings.ContainsAny(before[from+2:], "}|"):
		f.e.picker = picker{prop: key, inline: true, search: strings.TrimSpace(before[from+2:])}
	case f.e.picker.inline:
		f.e.picker = picker{}
	}
}

// completeKeys walks the open picker and chooses from it.
func (f *fieldEdit) completeKeys(_ ui.Context, ev ui.Event) {
	e := f.e
	if e.picker.prop != f.node+"."+f.prop.Name || ev.Get("isComposing").Truthy() {
		return
	}
	names := f.names()
	switch ev.Get("key").String() {
	case "ArrowDown":
		e.picker.index = min(e.picker.index+1, max(0, len(names)-1))
	case "ArrowUp":
		e.picker.index = max(e.picker.index-1, 0)
	case "Enter":
		if len(names) == 0 {
			return
		}
		f.insert(names[min(e.picker.index, len(names)-1)].Path, f.prop.Kind != nodes.KindCondition && f.prop.Kind != nodes.KindFilter)
	case "Escape":
		e.picker = picker{}
		e.root.focus("#" + f.id())
	default:
		return
	}
	ev.PreventDefault()
	ev.Call("stopPropagation")
}

// names are what the field may use, filtered by the search; for a filter the
// record before the change too.
func (f *fieldEdit) names() []rule.Name {
	var out []rule.Name
	for _, n := range nodes.EnvOf(f.e.graph(), f.e.root.schemas()).Names() {
		if len(out) < 80 && matches(crm.Say(n.Label, f.e.root.lang)+" "+n.Path, strings.TrimSpace(f.e.picker.search)) {
			out = append(out, n)
		}
	}
	return out
}

// insert puts a field at the caret, or at the end.
func (f *fieldEdit) insert(path string, template bool) {
	e := f.e
	text := f.valueText()
	at := len([]rune(text))
	if el := ui.Window().GetElementByID(f.id()); el.Truthy() && el.Get("selectionStart").Truthy() {
		at = utf16Index(text, el.Get("selectionStart").Int())
	}
	rs := []rune(text)
	at = min(at, len(rs))
	before, after := string(rs[:at]), string(rs[at:])
	if template {
		if from := strings.LastIndex(before, "{{"); from >= 0 && !strings.Contains(before[from:], "}}") {
			before = before[:from]
		}
		path = "{{ " + path + " }}"
	}
	f.put(before + path + after)
	e.picker = picker{}
	e.root.focus("#" + f.id())
}

// utf16Index turns the browser's index of UTF-16 units into one of runes.
func utf16Index(s string, units int) int {
	n := 0
	for _, r := range s {
		if units <= 0 {
			break
		}
		units--
		if r > 0xffff {
			units--
		}
		n++
	}
	return n
}

// ascii is a letter without its marks, when that is plain.
func ascii(c rune) (rune, bool) {
	for _, b := range i18n.Fold(string(c)) {
		return b, b < 128 && b > ' ' && (b >= 'a' && b <= 'z' || b >= '0' && b <= '9')
	}
	return 0, false
}
