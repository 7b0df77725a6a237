package app

import (
	"encoding/json"
	"strconv"
	"strings"

	ui "github.com/maxence-charriere/go-app/v10/pkg/app"

	"millrace.dev/flow"
)

// refusal is the server's problem+json, as an error.
type refusal struct {
	Status int           `json:"status"`
	Code   flow.Code     `json:"code"`
	Title  string        `json:"title"`
	Detail string        `json:"detail"`
	Errors flow.Problems `json:"errors"`
	Count  int           `json:"count"`
}

// Error is the text for people.
func (r *refusal) Error() string {
	if r.Detail != "" {
		return r.Detail
	}
	return r.Title
}

// offline is the code of a request that never reached the server.
const offline flow.Code = "offline"

// answer is what the server said.
type answer struct {
	status int
	text   string
}

// request sends one request with the browser's fetch and waits for the answer;
// call it in a goroutine of its own. in is sent as JSON when not nil, out filled
// when not nil. rev is the revision for If-Match, 0 for none.
func request(method, path string, rev int64, in, out any) error {
	opts := map[string]any{"method": method, "credentials": "same-origin"}
	head := map[string]any{"Accept": "application/json"}
	if in != nil {
		body, err := json.Marshal(in)
		if err != nil {
			return err
		}
		opts["body"] = string(body)
		// What is being saved arrives even when the page is closed meanwhile;
		// browsers allow that for 64 KiB.
		opts["keepalive"] = method == "PUT" && len(body) < 60_000
		head["Content-Type"] = "application/json"
		if method == "PATCH" && strings.HasPrefix(path, "/api/") {
			head["Content-Type"] = "application/merge-patch+json"
		}
	}
	if rev > 0 {
		head["If-Match"] = `"r` + strconv.FormatInt(rev, 10) + `"`
	}
	opts["headers"] = head
	a, ok := fetchText(path, opts)
	if !ok {
		return &refusal{Code: offline}
	}
	if a.status >= 400 {
		r := &refusal{Status: a.status}
		if json.Unmarshal([]byte(a.text), r) != nil || r.Detail == "" && r.Title == "" {
			r.Title = "HTTP " + strconv.Itoa(a.status)
		}
		r.Status = a.status
		return r
	}
	if out == nil || a.text == "" {
		return nil
	}
	return json.Unmarshal([]byte(a.text), out)
}

// fetchText waits for the browser; ok is false when there was no answer.
func fetchText(path string, opts map[string]any) (answer, bool) {
	type result struct {
		a  answer
		ok bool
	}
	done := make(chan result, 1)
	status := 0
	var read, gotText, failed ui.Func
	gotText = ui.FuncOf(func(_ ui.Value, args []ui.Value) any {
		done <- result{answer{status, args[0].String()}, true}
		return nil
	})
	failed = ui.FuncOf(func(ui.Value, []ui.Value) any {
		done <- result{}
		return nil
	})
	read = ui.FuncOf(func(_ ui.Value, args []ui.Value) any {
		status = args[0].Get("status").Int()
		args[0].Call("text").Call("then", gotText, failed)
		return nil
	})
	defer func() { read.Release(); gotText.Release(); failed.Release() }()
	ui.Window().Call("fetch", path, opts).Call("then", read, failed)
	r := <-done
	return r.a, r.ok
}

// page is one page of a list.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// UnmarshalJSON takes a bare list too.
func (p *page[T]) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, &p.Items)
	}
	type plain page[T]
	return json.Unmarshal(data, (*plain)(p))
}

// load reads path and hands the result to done on the UI goroutine.
func load[T any](r *Root, path string, done func(T, error)) {
	call(r, "GET", path, 0, nil, done)
}

// call sends one request and hands the result to done on the UI goroutine. A
// request that finds nobody signed in shows the sign-in page.
func call[T any](r *Root, method, path string, rev int64, in any, done func(T, error)) {
	if ui.IsServer {
		return
	}
	r.ctx.Async(func() {
		var out T
		err := request(method, path, rev, in, &out)
		r.ctx.Dispatch(func(ui.Context) {
			if codeOf(err) == flow.CodeUnauthorized && path != "/api/login" {
				r.signedOut()
				return
			}
			done(out, err)
		})
	})
}

// none is the type of an answer without a body.
type none struct{}

// UnmarshalJSON takes anything.
func (none) UnmarshalJSON([]byte) error { return nil }

func codeOf(err error) flow.Code {
	if r, ok := err.(*refusal); ok {
		return r.Code
	}
	return flow.CodeOf(err)
}
