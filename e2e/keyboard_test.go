package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// tabTo presses Tab until the focus is on an element that the selector matches.
func (w *workshop) tabTo(selector string) {
	w.t.Helper()
	w.see(selector)
	for range 120 {
		if eval[bool](w.browser, fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) {
			return
		}
		w.press(kb.Tab)
	}
	w.t.Fatalf("no number of Tabs leads to %s", selector)
}

// typeInto tabs to a field and replaces what stands in it.
func (w *workshop) typeInto(selector, text string) {
	w.t.Helper()
	w.tabTo(selector)
	w.retype(text)
}

// toCanvas gives the keyboard to the canvas.
func (w *workshop) toCanvas() {
	w.t.Helper()
	w.press(kb.Escape)
	w.tabTo("#stage")
}

// quickAdd presses N on the canvas, types the type's title and Enter: the node
// is wired to what is selected, and its panel opens.
func (w *workshop) quickAdd(title, typ string) {
	w.t.Helper()
	w.toCanvas()
	w.press("n")
	w.focused(`.quick input`)
	w.press(title, kb.Enter)
	w.see(card(typ))
	w.see(".panel [data-panel]")
}

func (w *workshop) focused(selector string) {
	w.t.Helper()
	w.until(fmt.Sprintf(`document.activeElement.matches(%q)`, selector), selector+" has the focus")
}

func TestTheSameFlowIsDrawnWithTheKeyboardAlone(t *testing.T) {
	w := newWorkshop(t)
	id := w.newFlowByKeyboard("Big deal")
	w.toCanvas()
	w.press(kb.Home, kb.Delete) // the trigger that a new flow comes with
	w.until(`!document.querySelector('[data-type="record_created"]')`, "the first trigger is gone")

	w.quickAdd("Record updated", "record_updated")
	w.typeInto(prop("when"), "deal.amount > 10000")
	w.quickAdd("Send e-mail", "send_email")
	w.typeInto(prop("to"), "{{ owner.email }}")
	w.typeInto(prop("subject"), "{{ deal.title }} grew")
	w.typeInto(prop("body"), "Has the customer agreed?")
	w.quickAdd("Wait for event", "wait_event")
	w.typeInto(prop("event"), "message.received")
	w.typeInto(prop("kind"), "reply")
	w.typeInto(prop("timeout"), "1")

	// The task comes by itself, and is then connected: C, port, target, Enter.
	w.toCanvas()
	w.press(kb.Escape)
	w.quickAdd("Create task", "create_task")
	w.typeInto(prop("subject"), "Call about {{ deal.title }}")
	w.tabTo(`[data-prop="owner"] input, [data-prop="owner"] [role="switch"]`)
	w.press(" ")
	w.toCanvas()
	w.press(kb.Home, kb.ArrowDown, kb.ArrowDown, "c")
	w.walkUntil(`document.querySelector("[data-mode]").innerText.includes("Timeout")`)
	w.press(kb.Enter)
	w.walkUntil(`document.querySelector('[data-type="create_task"].is-target, [data-type="create_task"] .is-target')`)
	w.press(kb.Enter)
	w.until(`document.querySelectorAll("[data-connector]").length == 3`, "the task is connected")
	w.picture("drawn-by-keyboard")

	w.tabTo(`[data-action="publish"]:not([disabled])`)
	w.press(kb.Enter)
	w.tabTo(`[data-action="publish-confirm"]`)
	w.press(kb.Enter)
	w.until(`!document.querySelector('[data-action="publish-confirm"]')`, "the dialog has closed")
	w.checkFlow(id)
	require.Empty(t, w.errors)
}

// walkUntil presses the right arrow until a JavaScript expression is true.
func (w *workshop) walkUntil(js string) {
	w.t.Helper()
	for range 8 {
		if eval[bool](w.browser, "!!("+js+")") {
			return
		}
		w.press(kb.ArrowRight)
	}
	w.t.Fatalf("no arrow leads to %s", js)
}

func (w *workshop) newFlowByKeyboard(name string) (id string) {
	w.t.Helper()
	w.tabTo(`[data-nav="flows"]`)
	w.press(kb.Enter)
	w.tabTo(`[data-action="new-flow-empty"], [data-action="new-flow"]`)
	w.press(kb.Enter)
	w.typeInto("#flow-name", name)
	w.tabTo(`[data-choice="deal"], [data-choice][aria-checked="true"]`)
	for range 5 {
		if eval[bool](w.browser, `document.querySelector('[data-choice="deal"]').getAttribute("aria-checked") == "true"`) {
			break
		}
		w.press(" ", kb.ArrowRight)
	}
	w.tabTo(`[data-choice="deal"]`)
	w.press(" ")
	w.tabTo(`[data-action="create-flow"]`)
	w.press(kb.Enter)
	w.see(card("record_created"))
	return eval[string](w.browser, `location.pathname.split("/")[2]`)
}
