package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/nodes"
)

// Effect is something that a rehearsed run would have done to the world.
type Effect struct {
	At           time.Time
	Flow, Record string
	Node         string
	// Kind is a message's channel, "task", "call" or "change".
	Kind    string
	Message *crm.Message
	Task    *crm.Task
	Call    *nodes.Call
	// Change are a changed record's values, before and after.
	Resource      crm.Resource
	ID            string
	Before, After map[string]any
}

// String is the effect on one line, the same in every process.
func (e Effect) String() string {
	head := fmt.Sprintf("%s %s %s: %s", e.Flow, e.Record, e.Node, e.Kind)
	switch {
	case e.Message != nil:
		text := e.Message.Subject
		if text == "" {
			text = e.Message.Body
		}
		return fmt.Sprintf("%s to %s %q", head, e.Message.To, text)
	case e.Task != nil:
		due := ""
		if e.Task.Due != nil {
			due = " due +" + e.Task.Due.Sub(e.At).String()
		}
		return fmt.Sprintf("%s %q for %s%s", head, e.Task.Title, strings.Join(e.Task.Assignees, ","), due)
	case e.Call != nil:
		return fmt.Sprintf("%s %s %s %s", head, e.Call.Method, e.Call.URL, e.Call.Body)
	}
	var parts []string
	for _, f := range crm.Changed(e.Before, e.After) {
		parts = append(parts, fmt.Sprintf("%s=%v→%v", f, shownValue(e.Before[f]), shownValue(e.After[f])))
	}
	return fmt.Sprintf("%s %s %s %s", head, e.Resource, e.ID, strings.Join(parts, " "))
}

func shownValue(v any) any {
	if v == nil {
		return "-"
	}
	return plain(v)
}

// rehearsalHost is the Host of one visit of a rehearsed run. Effects are written
// down once per visit, however often it is tried.
type rehearsalHost struct {
	r       *Rehearsal
	subject nodes.Subject
}

func (h *rehearsalHost) Now() time.Time         { return h.r.now }
func (h *rehearsalHost) Subject() nodes.Subject { return h.subject }

// once notes an effect unless the visit has had it already.
func (h *rehearsalHost) once(what string, e Effect) {
	key := h.subject.Key + "|" + what
	if h.r.done[key] {
		return
	}
	h.r.done[key] = true
	e.At, e.Flow, e.Record, e.Node = h.r.now, h.subject.Flow, h.subject.Record.ID, h.subject.Node
	h.r.Effects = append(h.r.Effects, e)
}

func (h *rehearsalHost) Change(_ context.Context, res crm.Resource, id string, change func(*crm.Record) error) (crm.Record, error) {
	if h.r.done[h.subject.Key+"|"+recordKey(res, id)] {
		rec, _ := h.r.Record(res, id)
		return rec, nil
	}
	before, _ := h.r.Record(res, id)
	actor := fmt.Sprintf("flow:%s@%d", h.subject.Flow, h.subject.Version)
	after, err := h.r.write(res, id, actor, h.subject.Cause, change)
	if err == nil && after.Rev != before.Rev {
		h.once(recordKey(res, id), Effect{Kind: "change", Resource: res, ID: id, Before: before.Fields, After: after.Fields})
	}
	return after, err
}

func (h *rehearsalHost) AddTask(_ context.Context, t crm.Task) (crm.Task, error) {
	h.once(t.ID, Effect{Kind: "task", Task: &t})
	return t, nil
}

func (h *rehearsalHost) Send(_ context.Context, m crm.Message) (crm.Message, error) {
	m.State = "captured"
	h.once(m.ID, Effect{Kind: m.Channel, Message: &m})
	return m, nil
}

func (h *rehearsalHost) Call(_ context.Context, c nodes.Call) (nodes.Reply, error) {
	h.once("call", Effect{Kind: "call", Call: &c})
	status, body := 200, "{}"
	if h.r.Answer != nil {
		status, body = h.r.Answer(h.subject.Node)
	}
	return nodes.Reply{Status: status, Body: body}, nil
}

func (h *rehearsalHost) Members(_ context.Context, q nodes.Who) ([]crm.Member, error) {
	var found []crm.Member
	for _, m := range h.r.members {
		chosen := slices.Contains(q.IDs, m.ID) || slices.Contains(q.Roles, m.Role)
		for _, team := range m.Teams {
			chosen = chosen || slices.Contains(q.Teams, team)
		}
		if chosen && !m.Off {
			found = append(found, m)
		}
	}
	return found, nil
}
