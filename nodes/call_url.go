package nodes

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

func init() {
	Register(Spec{
		Type: "call_url", Group: Messages, Title: "Call a URL",
		Summary: "Sends a web request to another system and keeps its answer.",
		Line:    "{method} {url}",
		Icon:    "webhook",
		Ports: []Port{
			{"ok", "The other system accepted the request."},
			{"refused", "The other system refused the request; trying again would not help."},
		},
		New:     func() Node { return new(callURL) },
		Example: `{"method": "POST", "url": "https://example.com/hooks/{{ record.id }}", "headers": ["X-Source: millrace"], "body": "{\"id\": \"{{ record.id }}\"}"}`,
	})
}

type callURL struct {
	Method, URL, Body string
	Headers           []string
}

func (n *callURL) Form(f *Form) {
	f.Choice(&n.Method, "method", "Method", "POST", "GET", "PUT", "PATCH", "DELETE")
	f.Template(&n.URL, "url", "Address").Required().Max(2000).Sink("url").Hint("https://… with a fixed host. Fields may stand in the path and after the question mark.")
	f.List(&n.Headers, "headers", "Headers").Max(20).Sink("header").Hint("One \"Name: value\" a line.")
	f.Template(&n.Body, "body", "Content").Rows(8).Sink("json").Hint("JSON. Put fields between quotes: {\"name\": \"{{ record.id }}\"}.").
		ShowIf("method", "POST", "PUT", "PATCH", "DELETE")
}

var (
	// fixedHost is how an address must start: no field can change the host.
	fixedHost = regexp.MustCompile(`^https?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?([/?#]|$)`)
	// header is a line "Name: value"; the name is a token (RFC 9110 §5.6.2).
	header = regexp.MustCompile("^([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*(.*)$")
)

func (n *callURL) Check(in Inspection) {
	if u := strings.TrimSpace(in.Text("url")); u != "" && !fixedHost.MatchString(u) {
		in.Report("url", "bad_url", "Start with http:// or https:// and a fixed host, then a / before the first field.")
	}
	lines, _ := texts(in.Props["headers"])
	list, _ := lines.([]string)
	for _, line := range list {
		if m := header.FindStringSubmatch(line); m == nil || forbiddenHeader(m[1]) {
			in.Report("headers", "bad_header", fmt.Sprintf("%q cannot be sent. Write \"Name: value\"; Host, Content-Length and the like are not yours to set.", line))
		}
	}
}

// forbiddenHeader reports whether a header belongs to the connection, not to the
// author.
func forbiddenHeader(name string) bool {
	switch strings.ToLower(name) {
	case "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "idempotency-key", "cookie":
		return true
	}
	return false
}

// setHeader replaces a header whatever the case of its name.
func setHeader(headers map[string]string, name, value string) {
	for old := range headers {
		if strings.EqualFold(old, name) {
			delete(headers, old)
		}
	}
	headers[name] = value
}

func (n *callURL) Run(ctx context.Context, h Host) (Result, error) {
	u, err := url.Parse(strings.TrimSpace(n.URL))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return Result{}, &Error{Code: "bad_url", Text: "The address is not an http or https one: " + show(n.URL)}
	}
	call := Call{Method: n.Method, URL: u.String(), Body: n.Body, Header: map[string]string{"Idempotency-Key": h.Subject().Key}}
	if call.Method == "" {
		call.Method = "POST"
	}
	if call.Method == "GET" {
		call.Body = ""
	}
	if call.Body != "" {
		setHeader(call.Header, "Content-Type", "application/json")
	}
	for _, line := range n.Headers {
		if m := header.FindStringSubmatch(line); m != nil && !forbiddenHeader(m[1]) {
			setHeader(call.Header, m[1], m[2])
		}
	}
	reply, err := h.Call(ctx, call)
	if err != nil {
		return Result{}, fmt.Errorf("calling %s: %w", u.Host, err)
	}
	return answered(reply)
}

// answered turns an answer into a port, or into an error that is tried again:
// 408, 425, 429 and 5xx.
func answered(r Reply) (Result, error) {
	out := Output{"status": r.Status, "body": answerBody(r.Body)}
	switch {
	case r.Status >= 200 && r.Status < 300:
		return Leave("ok", out), nil
	case r.Status >= 500, r.Status == 408, r.Status == 425, r.Status == 429:
		return Result{}, &Error{
			Code: "http_status", Temporary: true, After: min(max(r.RetryAfter, 0), 24*time.Hour),
			Text: fmt.Sprintf("The other system answered %d. It is tried again.", r.Status),
		}
	}
	res := Leave("refused", out)
	res.Note = fmt.Sprintf("The other system answered %d.", r.Status)
	return res, nil
}

// answerBody is the answer as later nodes read it: parsed when it is JSON.
func answerBody(body string) any {
	var v any
	if json.Unmarshal([]byte(body), &v) == nil {
		return v
	}
	return body
}

var _ Checker = (*callURL)(nil)
