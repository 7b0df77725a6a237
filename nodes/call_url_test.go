package nodes_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/nodes"
)

const hook = `{"url": "https://example.com/hooks/{{ deal.title }}?q={{ deal.title }}", "headers": ["X-Who: {{ owner.name }}", "Host: evil"], "body": "{\"t\": \"{{ deal.title }}\", \"n\": {{ deal.amount }}}"}`

func TestCallURLSendsTheRequestWithItsKey(t *testing.T) {
	h := dealHost()
	set(h, map[string]any{"title": `a/b "c"`})
	res := run(t, h, "call_url", `{"url": "https://example.com/hooks/{{ deal.title }}", "headers": ["X-Who: {{ owner.name }}"], "body": "{\"t\": \"{{ deal.title }}\"}"}`)
	require.Equal(t, []string{"ok"}, res.Ports)
	require.Len(t, h.Calls, 1)
	c := h.Calls[0]
	require.Equal(t, "POST", c.Method)
	require.Equal(t, "https://example.com/hooks/a%2Fb%20%22c%22", c.URL)
	require.JSONEq(t, `{"t": "a/b \"c\""}`, c.Body)
	require.Equal(t, map[string]string{"X-Who": "Ana", "Content-Type": "application/json", "Idempotency-Key": "r1:1"}, c.Header)
}

func TestCallURLSendsNoContentWithGet(t *testing.T) {
	h := dealHost()
	run(t, h, "call_url", `{"method": "GET", "url": "https://example.com/", "body": "{}"}`)
	require.Empty(t, h.Calls[0].Body)
	require.NotContains(t, h.Calls[0].Header, "Content-Type")
}

func TestCallURLTurnsTheAnswerIntoAPortOrATry(t *testing.T) {
	for status, port := range map[int]string{200: "ok", 201: "ok", 204: "ok", 301: "refused", 400: "refused", 401: "refused", 404: "refused", 409: "refused", 422: "refused"} {
		h := dealHost()
		h.Replies = []nodes.Reply{{Status: status, Body: `{"id": 7}`}}
		res := run(t, h, "call_url", `{"url": "https://example.com/"}`)
		require.Equal(t, []string{port}, res.Ports, status)
		require.Equal(t, nodes.Output{"status": status, "body": map[string]any{"id": 7.0}}, res.Output)
	}
	for _, status := range []int{408, 425, 429, 500, 502, 503, 599} {
		h := dealHost()
		h.Replies = []nodes.Reply{{Status: status, RetryAfter: 2 * time.Second}}
		_, err := h.Run(t, "call_url", `{"url": "https://example.com/"}`)
		var failed *nodes.Error
		require.ErrorAs(t, err, &failed, status)
		require.True(t, failed.Temporary)
		require.Equal(t, 2*time.Second, failed.After)
	}
}

func TestCallURLNeverWaitsLongerThanADayForTheOtherSystem(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{99999999 * time.Second: 24 * time.Hour, -time.Hour: 0} {
		h := dealHost()
		h.Replies = []nodes.Reply{{Status: 429, RetryAfter: asked}}
		_, err := h.Run(t, "call_url", `{"url": "https://example.com/"}`)
		var failed *nodes.Error
		require.True(t, errors.As(err, &failed))
		require.Equal(t, want, failed.After)
	}
}

func TestCallURLKeepsAnAnswerThatIsNoJSONAsText(t *testing.T) {
	h := dealHost()
	h.Replies = []nodes.Reply{{Status: 200, Body: "<b>ok</b>"}}
	require.Equal(t, "<b>ok</b>", run(t, h, "call_url", `{"url": "https://example.com/"}`).Output["body"])
}

func TestCallURLWantsAFixedHostAndOrdinaryHeaders(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://example.com":                    true,
		"http://example.com:8080/x":              true,
		"https://example.com/{{ deal.title }}":   true,
		"https://example.com?x={{ deal.title }}": true,
		"https://{{ deal.title }}/x":             false,
		"https://example.com{{ deal.title }}":    false,
		"https://example.com:{{ deal.title }}/":  false,
		"{{ deal.title }}":                       false,
		"gopher://example.com/":                  false,
		"javascript:alert(1)":                    false,
		"https://user:pw@example.com/":           false,
		"https://example.com@evil.test/":         false,
		"//example.com/":                         false,
		"file:///etc/passwd":                     false,
		"https:///x":                             false,
		`https://example.com\\@evil.test`:        false,
	} {
		got := codes(t, "call_url", `{"url": "`+address+`"}`)
		if ok {
			require.Empty(t, got, address)
		} else {
			require.Equal(t, []string{"/url bad_url"}, got, address)
		}
	}
	require.Equal(t, []string{"/headers bad_header"}, codes(t, "call_url", hook))
	require.Equal(t, []string{"/headers bad_header"}, codes(t, "call_url", `{"url": "https://example.com", "headers": ["no colon"]}`))
	require.Equal(t, []string{"/headers/0 unknown_field"}, codes(t, "call_url", `{"url": "https://example.com", "headers": ["A: {{ deal.x }}"]}`))
}

func TestCallURLLetsTheAuthorSayAnotherContentType(t *testing.T) {
	h := dealHost()
	run(t, h, "call_url", `{"url": "https://example.com/", "body": "x", "headers": ["content-type: text/plain"]}`)
	require.Equal(t, map[string]string{"content-type": "text/plain", "Idempotency-Key": "r1:1"}, h.Calls[0].Header)
}
