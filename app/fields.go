package app

import (
	"encoding/json"
	"strconv"
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/edit"
	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// fieldEdit is one property being edited in the panel.
type fieldEdit struct {
	e     *editor
	node  string
	typ   string
	prop  *nodes.Prop
	value any
	props map[string]any
	set   func(any) // nil: the property of the node
}

// put stores a new value; an empty one takes the property away.
func (f *fieldEdit) put(v any) {
	if f.set != nil {
		f.set(v)
		return
	}
	switch x := v.(type) {
	case string:
		if x == "" {
			v = nil
		}
	case []any:
		if len(x) == 0 {
			v = nil
		}
	case map[string]any:
		if len(x) == 0 {
			v = nil
		}
	}
	f.e.apply(edit.SetProp{Node: f.node, Prop: f.prop.Name, Value: v, Focus: f.node + "." + f.prop.Name})
}

// control is the element that edits the property's kind.
func (f *fieldEdit) control() ui.UI {
	switch f.prop.Kind {
	case nodes.KindTemplate, nodes.KindValue:
		return f.withPicker(f.valueText(), true)
	case nodes.KindCondition, nodes.KindFilter:
		return f.withPicker(f.text(), false)
	case nodes.KindChoice:
		return f.choice()
	case nodes.KindNumber:
		return f.number()
	case nodes.KindBool:
		return f.bool()
	case nodes.KindDuration:
		return f.duration()
	case nodes.KindField:
		return f.oneOf(f.fieldOptions())
	case nodes.KindFields:
		return f.several(f.fieldOptions())
	case nodes.KindNode:
		return f.oneOf(f.nodeOptions())
	case nodes.KindMember:
		return f.oneOf(f.memberOptions())
	case nodes.KindMembers:
		return f.several(f.memberOptions())
	case nodes.KindTeams:
		return f.several(f.teamOptions())
	case nodes.KindChoices:
		return f.several(f.choiceOptions())
	case nodes.KindEvent:
		return f.event()
	case nodes.KindCases:
		return f.cases()
	case nodes.KindValues:
		return f.values()
	case nodes.KindList:
		return f.lines()
	}
	if len(f.choiceOptions()) > 0 {
		return f.oneOf(f.choiceOptions())
	}
	return f.plain(f.text())
}

// text is a string value as it is.
func (f *fieldEdit) text() string {
	s, _ := f.value.(string)
	return s
}

// valueText shows any JSON value as the author would write it.
func (f *fieldEdit) valueText() string {
	switch v := f.value.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	data, err := json.Marshal(f.value)
	if err != nil {
		return ""
	}
	return string(data)
}

func (f *fieldEdit) id() string { return "f-" + f.prop.Name }

// plain is a text without fields, in one line or several.
func (f *fieldEdit) plain(text string) ui.UI {
	if f.prop.Rows > 1 {
		return ui.Elem("textarea").ID(f.id()).Class("in").Attr("rows", f.prop.Rows).Attr("readonly", f.e.frozen()).Attr("value", text).
			OnInput(typed(func(v string) { f.put(v) }), ui.EventScope(f.node, f.prop.Name))
	}
	return ui.Elem("input").ID(f.id()).Class("in").Attr("type", "text").Attr("value", text).Attr("readonly", f.e.frozen()).Spellcheck(false).Attr("autocomplete", "off").
		OnInput(typed(func(v string) { f.put(v) }), ui.EventScope(f.node, f.prop.Name))
}

// option is one choice of a list: what is stored and what is shown.
type option struct{ value, text string }

func (f *fieldEdit) choice() ui.UI {
	now := f.text()
	if now == "" {
		now = defaultText(f.prop)
	}
	opts := f.choiceOptions()
	if len(opts) > 3 || longest(opts) > 14 {
		return f.selectOf(opts, now, false)
	}
	return ui.Elem("div").Body(ui.Elem("div").Class("seg").Role("radiogroup").Body(each(opts, func(_ int, o option) ui.UI {
		return ui.Elem("button").Attr("type", "button").Role("radio").DataSet("choice", o.value).Aria("checked", yes(now == o.value)).Attr("disabled", f.e.frozen()).
			OnClick(does(func() { f.put(o.value) }), ui.EventScope(f.node, f.prop.Name, o.value)).Text(o.text)
	})...))
}

func longest(opts []option) int {
	n := 0
	for _, o := range opts {
		n = max(n, len([]rune(o.text)))
	}
	return n
}

func (f *fieldEdit) oneOf(opts []option) ui.UI { return f.selectOf(opts, f.text(), true) }

func (f *fieldEdit) selectOf(opts []option, now string, empty bool) ui.UI {
	if empty {
		opts = append([]option{{"", "—"}}, opts...)
	}
	known := false
	for _, o := range opts {
		known = known || o.value == now
	}
	if !known {
		opts = append(opts, option{now, now})
	}
	return ui.Elem("select").ID(f.id()).Class("in").Attr("disabled", f.e.frozen()).
		OnChange(typed(func(v string) { f.put(v) }), ui.EventScope(f.node, f.prop.Name)).
		Body(each(opts, func(_ int, o option) ui.UI {
			return ui.Elem("option").Attr("value", o.value).Attr("selected", o.value == now).Text(o.text)
		})...)
}

// list is a list of strings, however it was decoded.
func list(v any) []string {
	switch l := v.(type) {
	case []string:
		return l
	case []any:
		out := make([]string, 0, len(l))
		for _, x := range l {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

func anys(l []string) []any {
	out := make([]any, len(l))
	for i, s := range l {
		out[i] = s
	}
	return out
}

// several shows the chosen values as tags and offers the rest.
func (f *fieldEdit) several(opts []option) ui.UI {
	now := list(f.value)
	texts := map[string]string{}
	for _, o := range opts {
		texts[o.value] = o.text
	}
	chosen := map[string]bool{}
	tags := each(now, func(i int, v string) ui.UI {
		chosen[v] = true
		text := texts[v]
		if text == "" {
			text = v
		}
		without := append(append([]string{}, now[:i]...), now[i+1:]...)
		return ui.Elem("span").Class("tag").Body(ui.Elem("span").Text(text),
			ui.Elem("button").Attr("type", "button").Aria("label", f.e.root.t("common.remove")+" "+text).Attr("disabled", f.e.frozen()).
				OnClick(does(func() { f.put(anys(without)) }), ui.EventScope(f.node, f.prop.Name, strings.Join(now, "|"), v)).Body(icon("x", "s")))
	})
	var rest []ui.UI
	for _, o := range opts {
		if !chosen[o.value] {
			rest = append(rest, ui.Elem("option").Attr("value", o.value).Text(o.text))
		}
	}
	scope := ui.EventScope(f.node, f.prop.Name, strings.Join(now, "|"))
	add := func(v string) {
		if v = strings.TrimSpace(v); v != "" {
			f.put(anys(append(append([]string{}, now...), v)))
		}
	}
	var more ui.UI
	if len(opts) == 0 {
		more = ui.Elem("input").ID(f.id()).Class("in").Attr("placeholder", f.e.root.t("editor.type_enter")).Attr("readonly", f.e.frozen()).Attr("value", "").
			OnChange(func(ctx ui.Context, _ ui.Event) { add(ctx.JSSrc().Get("value").String()); ctx.JSSrc().Set("value", "") }, scope)
	} else {
		more = ui.Elem("select").ID(f.id()).Class("in").Attr("disabled", f.e.frozen() || len(rest) == 0).
			OnChange(func(ctx ui.Context, _ ui.Event) { add(ctx.JSSrc().Get("value").String()); ctx.JSSrc().Set("value", "") }, scope).
			Body(append([]ui.UI{ui.Elem("option").Attr("value", "").Attr("selected", true).Text(f.e.root.t("editor.add_value"))}, rest...)...)
	}
	return ui.Elem("div").Class("stack").Body(ui.If(len(tags) > 0, func() ui.UI { return ui.Elem("div").Class("tagset").Body(tags...) }), more)
}

func (f *fieldEdit) number() ui.UI {
	text := ""
	switch v := f.value.(type) {
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	case int:
		text = strconv.Itoa(v)
	case string:
		text = v
	}
	return ui.Elem("input").ID(f.id()).Class("in num").Attr("type", "text").Attr("inputmode", "decimal").Attr("value", text).Attr("readonly", f.e.frozen()).
		OnInput(typed(func(s string) {
			if n, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64); err == nil {
				f.put(n)
				return
			}
			f.put(s) // shown as a problem, never lost
		}), ui.EventScope(f.node, f.prop.Name))
}

func (f *fieldEdit) bool() ui.UI {
	on, _ := f.value.(bool)
	return ui.Elem("label").Class("check").Body(
		ui.Elem("input").ID(f.id()).Attr("type", "checkbox").Attr("checked", on).Attr("disabled", f.e.frozen()).
			OnChange(func(ctx ui.Context, _ ui.Event) { f.put(ctx.JSSrc().Get("checked").Bool()) }, ui.EventScope(f.node, f.prop.Name)),
		ui.Elem("span").Text(f.e.root.propText(f.typ, f.prop.Name, "label", f.prop.Label)))
}

func (f *fieldEdit) resource() crm.Schema { return f.e.root.schemas()[f.e.graph().Resource] }

func (f *fieldEdit) fieldOptions() []option {
	var opts []option
	for _, x := range f.resource().Fields {
		opts = append(opts, option{x.Name, crm.Say(x.Label, f.e.root.lang)})
	}
	return opts
}

func (f *fieldEdit) nodeOptions() []option {
	var opts []option
	for _, id := range edit.Order(f.e.graph(), f.e.doc.Catalogue) {
		n := f.e.graph().Nodes[id]
		if id != f.node && groupOf(n.Type) != nodes.Triggers && !flow.IsNote(n.Type) {
			opts = append(opts, option{id, f.e.root.nodeTitle(n)})
		}
	}
	return opts
}

func (f *fieldEdit) memberOptions() []option {
	var opts []option
	for _, m := range f.e.root.people {
		if !m.Off {
			opts = append(opts, option{m.ID, m.Name})
		}
	}
	return opts
}

func (f *fieldEdit) teamOptions() []option {
	var opts []option
	seen := map[string]bool{}
	for _, m := range f.e.root.people {
		for _, t := range m.Teams {
			if !seen[t] {
				seen[t] = true
				opts = append(opts, option{t, t})
			}
		}
	}
	return opts
}

// choiceOptions are the property's own choices, or those of a field of the
// record.
func (f *fieldEdit) choiceOptions() []option {
	var opts []option
	for _, c := range f.prop.Choices {
		text := f.prop.Texts[c]
		if text == "" {
			text = c
		}
		opts = append(opts, option{c, f.e.root.propText(f.typ, f.prop.Name, "choice."+c, text)})
	}
	if field, ok := f.resource().Field(f.prop.ChoicesOf); ok {
		for _, c := range field.Choices {
			opts = append(opts, option{c, c})
		}
	}
	return opts
}

// events are offered for KindEvent; any other dotted name may be typed.
func (f *fieldEdit) event() ui.UI {
	res := string(f.e.graph().Resource)
	names := []string{"message.received", res + ".updated", res + ".created", res + ".deleted", "request.answered", "payment.received"}
	return ui.Elem("div").Body(
		ui.Elem("input").ID(f.id()).Class("in").Attr("value", f.text()).Attr("list", "events").Attr("readonly", f.e.frozen()).Spellcheck(false).
			OnInput(typed(func(v string) { f.put(v) }), ui.EventScope(f.node, f.prop.Name)),
		ui.Elem("datalist").ID("events").Body(each(names, func(_ int, v string) ui.UI { return ui.Elem("option").Attr("value", v) })...))
}

// lines edits a list of texts, one a line.
func (f *fieldEdit) lines() ui.UI {
	return ui.Elem("textarea").ID(f.id()).Class("in").Attr("rows", max(2, f.prop.Rows)).Attr("readonly", f.e.frozen()).Attr("value", strings.Join(list(f.value), "\n")).
		OnInput(typed(func(v string) {
			if v == "" {
				f.put(nil)
				return
			}
			f.put(anys(strings.Split(v, "\n")))
		}), ui.EventScope(f.node, f.prop.Name))
}
