package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"

	"millrace.dev/crm"
)

// Client speaks the public API as one signed-in member.
type Client struct {
	server string
	http   *http.Client
}

// SignIn opens a one-time link and keeps the session it gives.
func SignIn(ctx context.Context, server, token string) (*Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("making a cookie jar: %w", err)
	}
	c := &Client{server: server, http: &http.Client{Jar: jar,
		// The link leads on to a page for people, which may not be built yet.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if _, err := c.send(ctx, http.MethodGet, "/live?k="+url.QueryEscape(token), nil, nil); err != nil {
		return nil, fmt.Errorf("signing in: %w", err)
	}
	return c, nil
}

// Create makes a record and returns it.
func (c *Client) Create(ctx context.Context, r crm.Resource, fields map[string]any) (crm.Record, error) {
	var rec crm.Record
	err := c.call(ctx, http.MethodPost, "/api/"+r.Plural(), fields, &rec)
	return rec, err
}

// Update merges fields into a record.
func (c *Client) Update(ctx context.Context, r crm.Resource, id string, fields map[string]any) error {
	return c.call(ctx, http.MethodPatch, "/api/"+r.Plural()+"/"+id, fields, nil)
}

// Tell reports something that happened outside: an answer, a call, a visit.
func (c *Client) Tell(ctx context.Context, ev crm.Event) error {
	body := map[string]any{"type": ev.Type, "kind": ev.Kind, "resource": ev.Resource, "record": ev.Record, "data": ev.Data}
	return c.call(ctx, http.MethodPost, "/api/events", body, nil)
}

// Members lists the workspace's members.
func (c *Client) Members(ctx context.Context) ([]crm.Member, error) {
	var page struct{ Items []crm.Member }
	err := c.call(ctx, http.MethodGet, "/api/members?limit=200", nil, &page)
	return page.Items, err
}

// AddMember adds a person who can be assigned work.
func (c *Client) AddMember(ctx context.Context, m crm.Member) (crm.Member, error) {
	var made crm.Member
	err := c.call(ctx, http.MethodPost, "/api/members", map[string]any{
		"name": m.Name, "email": m.Email, "role": m.Role, "teams": m.Teams, "language": m.Language}, &made)
	return made, err
}

// Records lists up to 200 records of a resource.
func (c *Client) Records(ctx context.Context, r crm.Resource) ([]crm.Record, error) {
	var page struct{ Items []crm.Record }
	err := c.call(ctx, http.MethodGet, "/api/"+r.Plural()+"?limit=200", nil, &page)
	return page.Items, err
}

// Publish imports a flow file, publishes it and turns it on.
func (c *Client) Publish(ctx context.Context, file []byte) error {
	var made struct{ ID string }
	if err := c.call(ctx, http.MethodPost, "/api/flows/import", json.RawMessage(file), &made); err != nil {
		return fmt.Errorf("importing: %w", err)
	}
	var draft struct{ Rev int64 }
	if err := c.call(ctx, http.MethodGet, "/api/flows/"+made.ID+"/draft", nil, &draft); err != nil {
		return fmt.Errorf("reading the draft: %w", err)
	}
	if err := c.call(ctx, http.MethodPost, "/api/flows/"+made.ID+"/publish",
		map[string]any{"draft_rev": draft.Rev}, nil); err != nil {
		return fmt.Errorf("publishing: %w", err)
	}
	return nil
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encoding %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(data)
	}
	data, err := c.send(ctx, method, path, body, map[string]string{"Content-Type": "application/json"})
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("reading the answer of %s %s: %w", method, path, err)
	}
	return nil
}

func (c *Client) send(ctx context.Context, method, path string, body io.Reader, header map[string]string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.server+path, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err != nil {
		return nil, fmt.Errorf("reading %s %s: %w", method, path, err)
	}
	if res.StatusCode >= 400 {
		return nil, fmt.Errorf("%s %s answered %d: %s", method, path, res.StatusCode, bytes.TrimSpace(data))
	}
	return data, nil
}
