package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// slowSaves makes every save of the page take a second.
const slowSaves = `(() => { const f = window.fetch;
	window.fetch = (u, o) => o?.method === "PUT" ? new Promise(r => setTimeout(() => r(f(u, o)), 1000)) : f(u, o); return true })()`

const wouldAsk = `(() => { const e = new Event("beforeunload", {cancelable: true}); window.dispatchEvent(e); return e.defaultPrevented })()`

func TestLeavingTheEditorLosesNoChangeAndComingBackShowsIt(t *testing.T) {
	w := newWorkshop(t)
	id := w.newFlow("Left behind")
	require.False(t, eval[bool](w.browser, wouldAsk))
	eval[bool](w.browser, slowSaves)
	w.drop("send_email", 640, 300)
	w.until(`document.querySelector('[data-state=saved]').textContent.includes("Saving")`, "a save is under way")
	w.drop("end", 640, 450)
	require.True(t, eval[bool](w.browser, wouldAsk), "the browser asks before it closes the page")
	w.click(`[data-nav="flows"]`)
	w.read("Left behind")
	require.True(t, eval[bool](w.browser, wouldAsk), "it still asks: the save has not ended")
	eval[any](w.browser, `history.back()`)
	w.see(card("end"))
	w.see(card("send_email"))
	w.click(`[data-nav="runs"]`)
	w.until("!"+wouldAsk, "all is saved, out of sight")
	nodes := w.c.must(http.MethodGet, "/api/flows/"+id+"/draft", nil)["graph"].(map[string]any)["nodes"].(map[string]any)
	require.Len(t, nodes, 3)
	require.Empty(t, w.errors)
}
