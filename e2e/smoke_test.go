package e2e

import (
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheDemoShowsALiveRunAndCallsNoOtherHost(t *testing.T) {
	p := start(t, "demo", "--rate", "5")
	b := openBrowser(t, 1440, 900)
	b.visit(p.link)
	b.read("Latest steps")
	b.picture("live")
	flow := p.signInAsViewer().items("/api/flows")[0]
	b.visit(p.url + "/flows/" + flow["id"].(string))
	b.watch()
	b.until(`window.lit.length > 0`, "a card of the running flow lights up")
	b.until(`window.tokens > 0`, "a token travels a connector")
	b.picture("live-flow")

	self, err := url.Parse(p.url)
	require.NoError(t, err)
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Equal(t, map[string]bool{self.Host: true}, b.hosts, "no request leaves the machine")
	require.Empty(t, b.errors)
	require.Contains(t, p.output(), "demo mode")
	require.Contains(t, p.output(), "one-time link, signs you in as Ana (admin)")
}

func TestTheOneTimeLinkWorksOnce(t *testing.T) {
	p := start(t, "serve", "--data", t.TempDir())
	p.signIn()
	again, err := http.Get(p.link)
	require.NoError(t, err)
	defer again.Body.Close()
	require.GreaterOrEqual(t, again.StatusCode, 400)
}

func TestASecondStartWithTheSameFolderFindsEverything(t *testing.T) {
	dir := t.TempDir()
	p := start(t, "demo", "--rate", "20", "--data", dir)
	c := p.signIn()
	require.Eventually(t, func() bool { return len(c.items("/api/runs?limit=50")) > 5 }, soon, 100*time.Millisecond)
	p.interrupt()
	require.NotContains(t, p.output(), "panic")

	q := start(t, "demo", "--rate", "0", "--data", dir)
	c = q.signIn()
	require.Len(t, c.items("/api/flows"), 6)
	require.Greater(t, len(c.items("/api/runs?limit=50")), 5)
	require.Len(t, c.items("/api/organizations"), 4)
	q.interrupt()
	_, err := os.Stat(dir)
	require.NoError(t, err)
}
