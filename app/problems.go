package app

import (
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/app/edit"
	"millrace.dev/app/i18n"
	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// problemCounts are the errors and the warnings.
func (e *editor) problemCounts() (errs, warnings int) {
	for _, p := range e.problems {
		if p.Level == flow.LevelError {
			errs++
		} else {
			warnings++
		}
	}
	return errs, warnings
}

// propOf is the property that a problem is about, by its path, "" for none.
func propOf(p flow.Problem) string {
	parts := strings.Split(p.Path, "/")
	if len(parts) > 3 && parts[1] == "nodes" {
		return parts[3]
	}
	return ""
}

// problemsOf are a property's problems.
func (e *editor) problemsOf(node, prop string) flow.Problems {
	var ps flow.Problems
	for _, p := range e.problems {
		if p.Node == node && p.Connector == "" && propOf(p) == prop {
			ps = append(ps, p)
		}
	}
	return ps
}

// problemsButton opens the drawer and counts.
func (e *editor) problemsButton() ui.UI {
	errs, warnings := e.problemCounts()
	b := ui.Elem("button").Attr("type", "button").Class("btn ghost").DataSet("action", "problems").DataSet("count", errs+warnings).
		Aria("expanded", yes(e.drawer)).OnClick(does(func() { e.drawer = !e.drawer }))
	level, n := "", errs
	switch {
	case errs > 0:
		level = "error"
	case warnings > 0:
		level, n = "warning", warnings
	}
	if n == 0 {
		return b.Title(e.root.t("editor.no_problems")).Body(icon("circle-check"), ui.Elem("span").Class("hide-s").Text(e.root.t("editor.problems")))
	}
	return b.Body(icon("triangle-alert"), ui.Elem("span").Class("hide-s").Text(e.root.t("editor.problems")), ui.Elem("span").Class("badge "+level).Text(itoa(n)))
}

func (e *editor) drawerView() ui.UI {
	r := e.root
	return ui.Elem("section").Class("dock drawer").Aria("label", r.t("editor.problems")).Body(
		ui.Elem("header").Body(ui.Elem("b").Text(r.t("editor.problems")), ui.Elem("span").Class("muted").Text(r.n("editor.problem_count", len(e.problems))),
			ui.Elem("span").Class("grow"), button("close-problems", "ghost icon s", "x", r.t("common.close"), func() { e.drawer = false })),
		ui.If(len(e.problems) == 0, func() ui.UI { return ui.Elem("div").Class("empty").Body(ui.Elem("p").Text(r.t("editor.no_problems"))) }),
		ui.Elem("ul").Body(each(e.problems, func(i int, p flow.Problem) ui.UI { return e.problemRow(i, p) })...))
}

func (e *editor) problemRow(i int, p flow.Problem) ui.UI {
	mark, class := "circle-alert", "error"
	if p.Level != flow.LevelError {
		mark, class = "triangle-alert", "warning"
	}
	place := ""
	if n, ok := e.doc.Graph.Nodes[p.Node]; ok {
		place = e.root.nodeTitle(n)
	}
	return ui.Elem("li").Body(ui.Elem("button").Attr("type", "button").DataSet("problem", p.Code).OnClick(does(func() { e.showProblem(p) }), ui.EventScope(i, p.Path, p.Code)).Body(
		ui.Elem("span").Class(class).Body(icon(mark)), ui.Elem("span").Class("grow").Text(e.problemText(p)), ui.Elem("span").Class("place").Text(place)))
}

// showProblem goes to the place of a problem and focuses its field.
func (e *editor) showProblem(p flow.Problem) {
	switch {
	case p.Connector != "":
		e.choose(edit.SelectConnector(p.Connector))
	case p.Node != "":
		e.choose(edit.Select(p.Node))
		e.reveal(p.Node)
	default:
		return
	}
	e.panel = true
	if prop := propOf(p); prop != "" {
		e.root.focus(`[data-prop="` + prop + `"] .in, [data-prop="` + prop + `"] input, [data-prop="` + prop + `"] button`)
	}
}

// problemText says the most frequent problems in the member's language, and the
// others in the check's own words.
func (e *editor) problemText(p flow.Problem) string {
	r, n := e.root, e.doc.Graph.Nodes[p.Node]
	if name := propOf(p); name != "" && strings.Count(p.Path, "/") == 3 {
		for _, prop := range nodes.FormOf(n.Type) {
			switch {
			case prop.Name != name:
			case p.Code == "required":
				return r.t("problem.required", r.propText(n.Type, name, "label", prop.Label))
			case p.Code == "wrong_type" && prop.Kind == nodes.KindDuration:
				return r.t("problem.duration")
			}
		}
	}
	return i18n.Or(r.lang, "problem."+p.Code, p.Text)
}

// problemLines are shown under a field.
func (e *editor) problemLines(ps flow.Problems) []ui.UI {
	return each(ps, func(_ int, p flow.Problem) ui.UI {
		text := ui.Elem("span").Text(e.problemText(p))
		line := ui.Elem("div").Class("err "+string(p.Level)).Role("alert").DataSet("problem", p.Code).Body(icon("circle-alert", "s"), text)
		if p.Caret == "" {
			return line
		}
		return ui.Elem("div").Class("stack").Body(line, ui.Elem("pre").Class("caret").Text(p.Caret))
	})
}
