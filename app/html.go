package app

import (
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// icon draws a Lucide icon; size is "", "s" (14 px) or "l" (20 px).
func icon(name string, size ...string) ui.UI {
	return ui.Raw(iconText(name, strings.Join(size, " ")))
}

// iconText is the icon as markup.
func iconText(name, class string) string {
	d, ok := icons[name]
	if !ok {
		d = icons["circle-dashed"]
	}
	return `<svg class="i ` + class + `" viewBox="0 0 24 24" aria-hidden="true">` + d + `</svg>`
}

// logo is the product's mark.
const logo = `<svg viewBox="0 0 64 64" aria-hidden="true"><rect width="64" height="64" rx="15" fill="#4f46e5"></rect><g fill="none" stroke="#fff" stroke-linecap="round" stroke-linejoin="round"><circle cx="32" cy="32" r="9" stroke-width="4.5"></circle><path d="M32 23V12M39.8 36.5l9.500 5.500M24.200 36.500l-9.500 5.500" stroke-width="4.500"></path><path d="M41 15.200a19 19 0 0 1 10 17M46.500 44.500a19 19 0 0 1-20 5.700M13 31.500a19 19 0 0 1 10-16.500" stroke-width="3.200" opacity=".55"></path></g></svg>`

// esc escapes text for markup.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func esc(s string) string { return escaper.Replace(s) }

// yes is an ARIA boolean.
func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// does is an event handler that needs nothing of the event.
func does(f func()) ui.EventHandler { return func(ui.Context, ui.Event) { f() } }

// button is a labelled button with an action id; icon and class may be "".
func button(action, class, iconName, text string, f func(), scope ...any) ui.HTMLElem {
	b := ui.Elem("button").Attr("type", "button").Class("btn "+class).DataSet("action", action).
		OnClick(does(f), ui.EventScope(append([]any{action}, scope...)...))
	var body []ui.UI
	if iconName != "" {
		body = append(body, icon(iconName))
	}
	if strings.Contains(class, "icon") {
		return b.Aria("label", text).Title(text).Body(body...)
	}
	if text != "" {
		body = append(body, ui.Elem("span").Text(text))
	}
	return b.Body(body...)
}

// typed is an input handler that hands over the new text.
func typed(f func(string)) ui.EventHandler {
	return func(ctx ui.Context, _ ui.Event) { f(ctx.JSSrc().Get("value").String()) }
}

// onKey runs f when the key was pressed, and keeps the browser from acting.
func onKey(keys map[string]func()) ui.EventHandler {
	return func(_ ui.Context, e ui.Event) {
		if e.Get("isComposing").Truthy() {
			return
		}
		if f := keys[e.Get("key").String()]; f != nil {
			e.PreventDefault()
			e.Call("stopPropagation")
			f()
		}
	}
}

// focus moves the keyboard to the first element of a selector, after the next
// drawing.
func (r *Root) focus(selector string) {
	if ui.IsServer {
		return
	}
	r.ctx.Defer(func(ui.Context) {
		el := ui.Window().Get("document").Call("querySelector", selector)
		if el.Truthy() {
			el.Call("focus", map[string]any{"preventScroll": false})
		}
	})
}

// each builds one element per item.
func each[T any](items []T, f func(i int, item T) ui.UI) []ui.UI {
	out := make([]ui.UI, 0, len(items))
	for i, it := range items {
		if el := f(i, it); el != nil {
			out = append(out, el)
		}
	}
	return out
}

// searchField is a search input with its icon.
func searchField(text, hint string, f func(string)) ui.UI {
	return ui.Elem("div").Class("search").Body(icon("search"),
		ui.Elem("input").Attr("type", "search").Class("in").Attr("value", text).Attr("placeholder", hint).Aria("label", hint).
			Attr("autocomplete", "off").Spellcheck(false).OnInput(typed(f)))
}

// emptyState says in one sentence why there is nothing, and offers one action.
func emptyState(iconName, title, text string, action ui.UI) ui.UI {
	return ui.Elem("div").Class("empty").Body(
		ui.Elem("div").Class("art").Body(icon(iconName, "l")), ui.Elem("h2").Text(title), ui.Elem("p").Text(text), action)
}

// skeletonRows stand for a list that is still loading.
func skeletonRows(rows, cols int) ui.UI {
	return ui.Elem("tbody").Body(each(make([]int, rows), func(int, int) ui.UI {
		return ui.Elem("tr").Body(each(make([]int, cols), func(int, int) ui.UI {
			return ui.Elem("td").Body(ui.Elem("span").Class("skeleton"))
		})...)
	})...)
}
