package app

import (
	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/edit"
	"millrace.dev/app/i18n"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// panelShown reports whether the right panel is open and has something to show.
func (e *editor) panelShown() bool {
	if e.doc == nil || !e.panel {
		return false
	}
	_, one := e.doc.Selection.One()
	return one || e.doc.Selection.Connector != "" || e.settings
}

// openPanel opens the panel of the selection and focuses its first invalid
// field, else its first field.
func (e *editor) openPanel() {
	e.panel = true
	e.redraw()
	e.update()
	e.root.focus(".panel .invalid .in, .panel .invalid input, .panel .invalid button")
	e.root.ctx.Defer(func(ui.Context) {
		doc := ui.Window().Get("document")
		if doc.Call("querySelector", ".panel .invalid").Truthy() {
			return
		}
		if el := doc.Call("querySelector", ".panel .body .in, .panel .body input"); el.Truthy() {
			el.Call("focus")
		}
	})
}

func (e *editor) openTitle() {
	e.panel = true
	e.root.focus(".panel header input")
}

// leavePanel gives the keyboard back to the canvas.
func (e *editor) leavePanel() {
	e.doc.EndField()
	e.picker = picker{}
	e.focusStage()
}

func (e *editor) panelView() ui.UI {
	var body []ui.UI
	switch {
	case e.settings:
		body = e.settingsPanel()
	case e.doc.Selection.Connector != "":
		body = e.connectorPanel()
	default:
		body = e.nodePanel()
	}
	return ui.Elem("aside").Class("dock panel").Aria("label", e.root.t("editor.panel")).
		OnKeyDown(onKey(map[string]func(){"Escape": e.escapePanel})).
		On("focusout", does(e.leaveField)).Body(body...)
}

// leaveField ends what undo takes back in one go, and the completion with it.
func (e *editor) leaveField() {
	e.doc.EndField()
	if e.picker.inline {
		e.picker = picker{}
	}
}

// escapePanel closes an open picker first, then leaves the panel.
func (e *editor) escapePanel() {
	if e.picker.prop != "" {
		e.picker = picker{}
		return
	}
	e.leavePanel()
}

func (e *editor) closeButton() ui.UI {
	return button("close-panel", "ghost icon s", "x", e.root.t("common.close"), func() { e.panel = false; e.leavePanel() })
}

func (e *editor) nodePanel() []ui.UI {
	id, n, ok := e.node()
	if !ok {
		return nil
	}
	r := e.root
	spec, _ := nodes.Lookup(n.Type)
	head := ui.Elem("header").Class("g-"+string(groupOf(n.Type))).Body(
		ui.Elem("span").Class("chip").Body(icon(iconOf(n.Type))),
		ui.Elem("div").Class("grow").Body(
			ui.Elem("input").Attr("value", n.Title).Attr("placeholder", r.typeTitle(n.Type)).Aria("label", r.t("editor.title")).Attr("maxlength", flow.MaxName).Attr("readonly", e.frozen()).DataSet("prop", "title").
				OnInput(typed(func(v string) { e.apply(edit.SetTitle{Node: id, Title: v, Focus: id + ".title"}) }), ui.EventScope(id)),
			ui.Elem("span").Class("kind").Text(r.typeTitle(n.Type)+" · "+id)),
		e.closeButton())
	fields := []ui.UI{ui.Elem("p").Class("about").Text(r.summary(spec))}
	for _, p := range nodes.FormOf(n.Type) {
		if shows(p, n) {
			fields = append(fields, e.propView(id, n, p))
		}
	}
	if other := e.otherProblems(id, n); len(other) > 0 {
		fields = append(fields, ui.Elem("div").Class("field").Body(e.problemLines(other)...))
	}
	fields = append(fields, e.leadsView(id, n)...)
	return []ui.UI{head, ui.Elem("div").Class("body").DataSet("panel", id).Body(fields...), e.nodeFooter(id, n)}
}

func (e *editor) nodeFooter(id string, n flow.Node) ui.UI {
	if e.frozen() {
		return nil
	}
	r := e.root
	off, text := "circle-pause", r.t("editor.disable")
	if n.Disabled {
		off, text = "circle-play", r.t("editor.enable")
	}
	return ui.Elem("footer").Body(
		button("disable", "s ghost", off, text, func() { e.apply(edit.SetDisabled{Nodes: []string{id}, Disabled: !n.Disabled}) }, id, n.Disabled),
		button("duplicate", "s ghost", "copy", r.t("editor.duplicate"), func() { e.apply(edit.Duplicate{Nodes: []string{id}}) }, id),
		ui.Elem("span").Class("grow"),
		button("delete", "s ghost danger", "trash-2", r.t("common.delete"), func() { e.deleteSelected(false) }, id))
}

// shows reports whether a property is to be seen: its When holds.
func shows(p *nodes.Prop, n flow.Node) bool {
	if p.When == nil {
		return true
	}
	now, _ := n.Props[p.When.Prop].(string)
	if now == "" {
		for _, q := range nodes.FormOf(n.Type) {
			if q.Name == p.When.Prop {
				now = defaultText(q)
			}
		}
	}
	for _, v := range p.When.Values {
		if v == now {
			return true
		}
	}
	return false
}

func defaultText(p *nodes.Prop) string {
	if s, ok := p.Default.(string); ok {
		return s
	}
	if len(p.Choices) > 0 && p.Kind == nodes.KindChoice {
		return p.Choices[0]
	}
	return ""
}

// otherProblems are the node's problems that belong to no field of its form.
func (e *editor) otherProblems(id string, n flow.Node) flow.Problems {
	known := map[string]bool{}
	for _, p := range nodes.FormOf(n.Type) {
		known[p.Name] = shows(p, n)
	}
	var ps flow.Problems
	for _, p := range e.problems {
		if p.Node == id && p.Connector == "" && !known[propOf(p)] {
			ps = append(ps, p)
		}
	}
	return ps
}

// propView is one field with its label, help and problems.
func (e *editor) propView(id string, n flow.Node, p *nodes.Prop) ui.UI {
	r := e.root
	ps := e.problemsOf(id, p.Name)
	class := "field"
	if ps.HasErrors() {
		class += " invalid"
	}
	f := &fieldEdit{e: e, node: id, typ: n.Type, prop: p, value: n.Props[p.Name], props: n.Props}
	if f.value == nil {
		f.value = p.Default
	}
	label := ui.Elem("label").Attr("for", "f-"+p.Name).Body(ui.Text(r.propText(n.Type, p.Name, "label", p.Label)),
		ui.If(p.Required, func() ui.UI {
			return ui.Elem("span").Class("req").Aria("label", r.t("common.required")).Text("*")
		}))
	if p.Kind == nodes.KindBool {
		label = ui.Elem("label").Class("sr")
	}
	body := []ui.UI{label, f.control()}
	body = append(body, e.problemLines(ps)...)
	if p.Help != "" && len(ps) == 0 {
		body = append(body, ui.Elem("span").Class("help").Text(r.propText(n.Type, p.Name, "hint", p.Help)))
	}
	return ui.Elem("div").Class(class).DataSet("prop", p.Name).DataSet("kind", string(p.Kind)).Body(body...)
}

// leadsView lists where the node's ports lead, and lets each be changed without
// a mouse.
func (e *editor) leadsView(id string, n flow.Node) []ui.UI {
	ports := nodes.PortsOf(n)
	if len(ports) == 0 {
		return nil
	}
	r := e.root
	rows := []ui.UI{}
	for _, p := range ports {
		out := edit.Outgoing(e.graph(), id, p.Name)
		label := r.t("editor.then")
		if p.Name != "out" {
			label = r.portTitle(p.Name)
		}
		explain := i18n.Or(r.lang, "node."+n.Type+".port."+p.Name, p.Text)
		if len(out) == 0 {
			rows = append(rows, ui.Elem("div").Class("lead").Title(explain).Body(ui.Elem("span").Class("from").Text(label), e.leadSelect(id, p.Name)))
		}
		for _, c := range out {
			to := e.graph().Nodes[e.graph().Connectors[c].To]
			rows = append(rows, ui.Elem("button").Attr("type", "button").Class("lead").Title(explain).DataSet("lead", c).
				OnClick(does(func() { e.choose(edit.SelectConnector(c)); e.panel = true }), ui.EventScope(c)).Body(
				ui.Elem("span").Class("from").Text(label), icon("arrow-right", "s"), ui.Elem("span").Class("cut").Text(r.nodeTitle(to)),
				ui.If(e.graph().Connectors[c].If != "", func() ui.UI { return ui.Elem("span").Class("mono muted cut").Text(e.graph().Connectors[c].If) })))
		}
	}
	return []ui.UI{ui.Elem("div").Class("field").Body(ui.Elem("span").Class("label").Text(r.t("editor.leads")), ui.Elem("div").Class("leads").Body(rows...))}
}

// leadSelect connects a free port by choosing from a list.
func (e *editor) leadSelect(id, port string) ui.UI {
	r := e.root
	from := edit.End{Node: id, Port: port}
	opts := []ui.UI{ui.Elem("option").Attr("value", "").Text(r.t("editor.ends_here"))}
	for _, t := range edit.ValidTargets(e.graph(), e.doc.Catalogue, from, "") {
		opts = append(opts, ui.Elem("option").Attr("value", t).Text(r.nodeTitle(e.graph().Nodes[t])))
	}
	return ui.Elem("select").Class("in").Attr("disabled", e.frozen()).Aria("label", port).
		OnChange(typed(func(v string) {
			if v != "" {
				e.apply(edit.Connect{From: from, To: v})
			}
		}), ui.EventScope(id, port)).Body(opts...)
}

func (e *editor) connectorPanel() []ui.UI {
	id := e.doc.Selection.Connector
	c := e.graph().Connectors[id]
	r := e.root
	from, port := c.Source()
	head := ui.Elem("header").Body(
		ui.Elem("span").Class("chip g-special").Body(icon("git-commit-horizontal")),
		ui.Elem("div").Class("grow").Body(ui.Elem("b").Class("cut").Text(r.nodeTitle(e.graph().Nodes[from])+" → "+r.nodeTitle(e.graph().Nodes[c.To])),
			ui.Elem("span").Class("kind").Text(r.portTitle(port))),
		e.closeButton())
	var ps flow.Problems
	for _, p := range e.problems {
		if p.Connector == id {
			ps = append(ps, p)
		}
	}
	class := "field"
	if ps.HasErrors() {
		class += " invalid"
	}
	cond := &fieldEdit{e: e, node: id, prop: &nodes.Prop{Name: "if", Kind: nodes.KindCondition}, value: c.If}
	cond.set = func(v any) {
		s, _ := v.(string)
		e.apply(edit.SetCondition{Connector: id, If: s, Focus: id + ".if"})
	}
	body := []ui.UI{
		ui.Elem("div").Class(class).DataSet("prop", "if").Body(append([]ui.UI{
			ui.Elem("label").Attr("for", "f-if").Text(r.t("editor.condition")), cond.control(), ui.Elem("span").Class("help").Text(r.t("editor.condition_help"))},
			e.problemLines(ps)...)...),
		ui.Elem("div").Class("field").DataSet("prop", "label").Body(ui.Elem("label").Attr("for", "f-label").Text(r.t("editor.label")),
			ui.Elem("input").ID("f-label").Class("in").Attr("value", c.Label).Attr("maxlength", flow.MaxName).Attr("readonly", e.frozen()).
				OnInput(typed(func(v string) { e.apply(edit.SetLabel{Connector: id, Label: v, Focus: id + ".label"}) }), ui.EventScope(id))),
	}
	body = append(body, e.orderView(id, from, port)...)
	return []ui.UI{head, ui.Elem("div").Class("body").DataSet("panel", id).Body(body...), ui.If(!e.frozen(), func() ui.UI {
		return ui.Elem("footer").Body(
			button("insert", "s ghost", "plus", r.t("editor.insert"), func() { e.quickOnConnector(id) }, id), ui.Elem("span").Class("grow"),
			button("delete-connector", "s ghost danger", "trash-2", r.t("common.delete"), func() { e.deleteConnector(id) }, id))
	})}
}

// orderView shows the connectors of one port in the order in which they are
// tried, and moves this one up.
func (e *editor) orderView(id, from, port string) []ui.UI {
	out := edit.Outgoing(e.graph(), from, port)
	if len(out) < 2 {
		return nil
	}
	r := e.root
	at := 0
	for i, o := range out {
		if o == id {
			at = i
		}
	}
	up := func() {
		next := append([]string(nil), out...)
		next[at-1], next[at] = next[at], next[at-1]
		e.apply(edit.SetOrder{Connectors: next})
	}
	return []ui.UI{ui.Elem("div").Class("field").Body(ui.Elem("span").Class("label").Text(r.t("editor.order")),
		ui.Elem("div").Class("rowed").Body(ui.Elem("span").Class("muted").Text(r.t("editor.order_of", itoa(at+1), itoa(len(out)))),
			button("earlier", "s", "chevron-up", r.t("editor.earlier"), up, id, at).Attr("disabled", at == 0 || e.frozen())))}
}

func (e *editor) settingsPanel() []ui.UI {
	r := e.root
	s := e.graph().Settings
	set := func(change func(*flow.Settings), focus string) {
		next := e.graph().Settings
		change(&next)
		e.apply(edit.SetSettings{Settings: next, Focus: focus})
	}
	check := func(on bool, text string, change func(*flow.Settings, bool)) ui.UI {
		return ui.Elem("label").Class("check").Body(ui.Elem("input").Attr("type", "checkbox").Attr("checked", on).Attr("disabled", e.frozen()).
			OnChange(does(func() { set(func(n *flow.Settings) { change(n, !on) }, "") }), ui.EventScope(text, on)), ui.Elem("span").Text(text))
	}
	entries := []string{flow.OneActive, flow.OnceEver, flow.Parallel}
	now := s.Reentry
	if now == "" {
		now = flow.OneActive
	}
	return []ui.UI{
		ui.Elem("header").Body(ui.Elem("span").Class("chip g-notes").Body(icon("settings")), ui.Elem("div").Class("grow").Body(ui.Elem("b").Text(r.t("editor.settings"))), e.closeButton()),
		ui.Elem("div").Class("body").Body(
			ui.Elem("div").Class("field").DataSet("prop", "reentry").Body(ui.Elem("label").Attr("for", "reentry").Text(r.t("editor.reentry")),
				ui.Elem("select").ID("reentry").Class("in").Attr("disabled", e.frozen()).OnChange(typed(func(v string) { set(func(n *flow.Settings) { n.Reentry = v }, "") }), ui.EventScope(now)).
					Body(each(entries, func(_ int, v string) ui.UI {
						return ui.Elem("option").Attr("value", v).Attr("selected", v == now).Text(r.t("reentry." + v))
					})...)),
			check(s.AllowMultiple, r.t("editor.allow_multiple"), func(n *flow.Settings, on bool) { n.AllowMultiple = on }),
			check(s.AllowSelf, r.t("editor.allow_self"), func(n *flow.Settings, on bool) { n.AllowSelf = on }),
			check(s.Public, r.t("editor.public"), func(n *flow.Settings, on bool) { n.Public = on }),
			ui.Elem("div").Class("field").DataSet("prop", "zone").Body(ui.Elem("label").Attr("for", "zone").Text(r.t("editor.zone")),
				ui.Elem("input").ID("zone").Class("in").Attr("value", s.Zone).Attr("placeholder", "UTC").Attr("readonly", e.frozen()).
					OnInput(typed(func(v string) { set(func(n *flow.Settings) { n.Zone = v }, "settings.zone") }), ui.EventScope(s.Reentry, s.Public, s.AllowSelf, s.AllowMultiple))))}
}
