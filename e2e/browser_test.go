package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// browser is one Chromium tab with a person's hands and eyes.
type browser struct {
	t   *testing.T
	ctx context.Context
	mu  sync.Mutex
	// hosts are the hosts that the page asked for anything.
	hosts map[string]bool
	// errors are what the page printed as errors.
	errors []string
}

// open starts Chromium with a fresh profile.
func openBrowser(t *testing.T, width, height int) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "google-chrome", "chromium-browser"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("left out: Chromium is not installed")
	}
	o := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(width, height),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), o...)
	ctx, stop := chromedp.NewContext(alloc)
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	b := &browser{t: t, ctx: ctx, hosts: map[string]bool{}}
	require.NoError(t, chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{})
		return err
	})))
	require.NoError(t, chromedp.Listen(ctx, b.listen))
	b.do(chromedp.EmulateViewport(int64(width), int64(height)))
	t.Cleanup(func() {
		if t.Failed() {
			b.picture("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
			t.Logf("the page's errors: %v", b.errors)
		}
		cancel()
		stop()
		stopAlloc()
	})
	return b
}

func (b *browser) listen(ev any) {
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if host, ok := strings.CutPrefix(ev.Request.URL, "http"); ok {
			host = strings.TrimPrefix(strings.TrimPrefix(host, "s"), "://")
			b.mu.Lock()
			b.hosts[strings.SplitN(host, "/", 2)[0]] = true
			b.mu.Unlock()
		}
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			text += " " + e.Description
		}
		b.fail(text)
	case *runtime.EventConsoleAPICalled:
		for _, a := range ev.Args {
			text := string(a.Value) + a.Description
			if ev.Type == runtime.ConsoleAPICalledTypeError || strings.HasPrefix(text, "panic") {
				b.fail(text)
			}
		}
	}
}

func (b *browser) fail(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.errors) < 20 { // the first ones tell
		b.errors = append(b.errors, text)
	}
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, actions...))
}

// visit opens an address and waits until the app has drawn its rail.
func (b *browser) visit(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url))
	b.see("[data-nav]")
}

// eval runs a JavaScript expression and returns its value.
func eval[T any](b *browser, js string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js))
	require.NoError(b.t, err, js)
	return v
}

// until waits until a JavaScript expression is true.
func (b *browser) until(js, what string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, soon)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool]("!!("+js+")", chromedp.WithPollingInterval(50*time.Millisecond)))
	require.NoError(b.t, err, "waiting until %s", what)
}

// see waits until something is on the screen.
func (b *browser) see(selector string) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.querySelector(%q)", selector), selector+" is there")
}

// read waits until a text stands on the page.
func (b *browser) read(text string) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.body.innerText.includes(%q)", text), fmt.Sprintf("%q can be read", text))
}

// at is the middle of an element, in CSS pixels of the window.
func (b *browser) at(selector string) (x, y float64) {
	b.t.Helper()
	b.see(selector)
	p := eval[[]float64](b, fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoViewIfNeeded && e.scrollIntoViewIfNeeded();
		const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`, selector))
	return p[0], p[1]
}

// mouse sends one mouse event; held is whether the left button is down.
func (b *browser) mouse(kind input.DispatchMouseEventType, x, y float64, held bool, clicks int64) {
	b.t.Helper()
	p := input.DispatchMouseEventParams{Type: kind, X: x, Y: y, ClickCount: clicks}
	if kind != chromedp.MouseMoved || held {
		p.Button = input.MouseButtonLeft
	}
	if held {
		p.Buttons = 1
	}
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.DispatchMouseEvent, p)
		return err
	}))
}

// click presses and releases the left button on the middle of an element.
func (b *browser) click(selector string) {
	b.t.Helper()
	x, y := b.at(selector)
	b.clickAt(x, y)
}

func (b *browser) clickAt(x, y float64) {
	b.t.Helper()
	b.mouse(chromedp.MouseMoved, x, y, false, 0)
	b.mouse(chromedp.MousePressed, x, y, true, 1)
	b.mouse(chromedp.MouseReleased, x, y, false, 1)
}

// drag holds the left button from one place to another, in small moves.
func (b *browser) drag(x0, y0, x1, y1 float64) {
	b.t.Helper()
	b.mouse(chromedp.MouseMoved, x0, y0, false, 0)
	b.mouse(chromedp.MousePressed, x0, y0, true, 1)
	const moves = 8
	for i := 1; i <= moves; i++ {
		t := float64(i) / moves
		b.mouse(chromedp.MouseMoved, x0+(x1-x0)*t, y0+(y1-y0)*t, true, 0)
	}
	b.frame()
	b.mouse(chromedp.MouseReleased, x1, y1, false, 1)
	b.frame()
}

// frame waits until the page has drawn twice.
func (b *browser) frame() {
	b.t.Helper()
	_, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](
		`new Promise(r => requestAnimationFrame(() => requestAnimationFrame(() => r(true))))`,
		func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
	require.NoError(b.t, err)
}

// press presses keys one after another: texts as they are, names of package kb.
func (b *browser) press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.keys(k, 0)
	}
	b.frame()
}

// chord presses a key with Ctrl held.
func (b *browser) chord(key string) {
	b.t.Helper()
	b.keys(key, chromedp.ModifierCtrl)
	b.frame()
}

// keys presses the keys of a text. A key and its character are one event, as
// from a keyboard: what the page prevents is not typed.
func (b *browser) keys(text string, held chromedp.Modifier) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, r := range text {
			events := kb.Encode(r)
			down := *events[0]
			down.Modifiers |= int64(held)
			if typed := events[1]; typed.Type == kb.KeyChar && held == 0 {
				down.Text, down.UnmodifiedText = typed.Text, typed.UnmodifiedText
			}
			up := *events[len(events)-1]
			for _, e := range []input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, t, input.DispatchKeyEvent, e); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// retype replaces what stands in the field that has the focus.
func (b *browser) retype(text string) {
	b.t.Helper()
	b.chord("a")
	b.press(kb.Backspace)
	b.press(text)
}

// fill clicks into a field with the mouse and types.
func (b *browser) fill(selector, text string) {
	b.t.Helper()
	b.click(selector)
	b.retype(text)
}

// watch notes, in the page, in which order cards light up (window.lit, by type),
// and how many tokens set out (window.tokens).
func (b *browser) watch() {
	b.t.Helper()
	b.see("[data-node]")
	eval[bool](b, `(() => { window.lit = []; window.tokens = 0;
		const note = (changes) => {
			for (const c of changes) for (const n of c.addedNodes) if (n.classList?.contains("token")) window.tokens++;
			document.querySelectorAll(".node.is-running, .node.is-waiting, .node.is-done").forEach(n => {
				const t = n.closest("[data-type]").dataset.type; if (!window.lit.includes(t)) window.lit.push(t); });
		};
		new MutationObserver(note).observe(document.body, {subtree: true, childList: true, attributes: true, attributeFilter: ["class"]});
		return true; })()`)
}

// picture keeps what the tab shows, where MILLRACE_PICTURES says.
func (b *browser) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("MILLRACE_PICTURES")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Logf("taking picture %s: %v", name, err)
		return
	}
	require.NoError(b.t, os.MkdirAll(dir, 0o755))
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

func navigate(url string) chromedp.Action[chromedp.Void] { return chromedp.Navigate(url) }
