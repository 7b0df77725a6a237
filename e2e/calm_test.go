package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// stillness fails when a token travels or anything is animated while runs pass.
func (b *browser) stillness() {
	b.t.Helper()
	b.watch()
	const passed = `[...document.querySelectorAll(".connector-label [data-count]")].reduce((n, e) => n + +e.dataset.count, 0)`
	before := eval[int](b, passed)
	b.until(fmt.Sprintf(`%s > %d + 2`, passed, before), "runs pass connectors")
	require.Zero(b.t, eval[int](b, `window.tokens`))
	require.Zero(b.t, eval[int](b, `document.getAnimations().filter(a => a.playState === "running" && a.effect.getComputedTiming().endTime > 50).length`))
}

// TestNothingMovesInTheDemoForWhoWantsCalm covers the switch and the system's wish.
func TestNothingMovesInTheDemoForWhoWantsCalm(t *testing.T) {
	p := start(t, "demo", "--rate", "10")
	flow := p.signInAsViewer().items("/api/flows")[0]["id"].(string)
	t.Run("the switch in the settings", func(t *testing.T) {
		b := openBrowser(t, 1440, 900)
		b.visit(p.url + "/live?as=viewer")
		b.visit(p.url + "/settings")
		b.click(`[data-action="calm"]`)
		b.visit(p.url + "/flows/" + flow)
		b.stillness()
	})
	t.Run("the system's setting", func(t *testing.T) {
		b := openBrowser(t, 1440, 900)
		b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}})
			return err
		}))
		b.visit(p.url + "/live?as=viewer")
		b.visit(p.url + "/flows/" + flow)
		b.stillness()
	})
}
