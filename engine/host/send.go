package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"millrace.dev/crm"
	"millrace.dev/nodes"
	"millrace.dev/store"
)

// States of a message in the ledger.
const (
	captured  = "captured"
	sent      = "sent"
	failed    = "failed"
	uncertain = "uncertain"
)

// Send implements nodes.Host. The ledger entry is written before a provider is
// asked: a repeated visit finds out whether the message went out. When that is
// not known, an e-mail is sent again with the same Message-ID.
func (v *Visit) Send(ctx context.Context, m crm.Message) (crm.Message, error) {
	if m.ID == "" {
		m.ID = v.subject.Key
	}
	l := ledger{shelf: v.outside.Store.Shelf(store.Messages)}
	if m.Channel != "email" || v.outside.Mail == nil || v.outside.Capture {
		m.State = captured
		return l.begin(ctx, m)
	}
	m.State, m.Error = uncertain, ""
	m, err := l.begin(ctx, m)
	if err != nil || m.State == sent || m.State == captured {
		return m, err
	}
	err = v.outside.Mail.Send(ctx, m)
	// What happened must be kept even if the process is being stopped.
	return l.end(context.WithoutCancel(ctx), m, err)
}

// ledger keeps messages by the key of their visit.
type ledger struct {
	shelf store.Shelf
	rev   int64
}

// begin enters a message, or returns the one that is there.
func (l *ledger) begin(ctx context.Context, m crm.Message) (crm.Message, error) {
	doc, err := entry(m)
	if err != nil {
		return m, err
	}
	created, err := l.shelf.Insert(ctx, doc)
	if err != nil {
		return m, fmt.Errorf("keeping message %s: %w", m.ID, err)
	}
	if l.rev = 1; created {
		return m, nil
	}
	if doc, err = l.shelf.Load(ctx, m.ID); err != nil {
		return m, fmt.Errorf("loading message %s: %w", m.ID, err)
	}
	l.rev = doc.Rev
	var old crm.Message
	if err := json.Unmarshal(doc.Body, &old); err != nil {
		return m, fmt.Errorf("reading message %s: %w", m.ID, err)
	}
	if old.State != sent && old.State != captured {
		m.State = uncertain // it is tried again, with the values of this try
		return m, nil
	}
	return old, nil
}

// end notes what the provider made of it and passes its error on.
func (l *ledger) end(ctx context.Context, m crm.Message, cause error) (crm.Message, error) {
	m.State = sent
	if cause != nil {
		m.State, m.Error = failed, cause.Error()
		if isUncertain(cause) {
			m.State = uncertain
		}
	}
	doc, err := entry(m)
	if err != nil {
		return m, err
	}
	doc.Rev = l.rev
	// Losing the race means that the same visit ran twice and the other one kept
	// what happened: the message is what matters, not who wrote it down.
	if _, err := l.shelf.CAS(ctx, doc); err != nil {
		return m, errors.Join(cause, fmt.Errorf("keeping message %s: %w", m.ID, err))
	}
	return m, cause
}

func entry(m crm.Message) (store.Doc, error) {
	body, err := json.Marshal(m)
	if err != nil {
		return store.Doc{}, fmt.Errorf("encoding message %s: %w", m.ID, err)
	}
	return store.Doc{ID: m.ID, Keys: map[string]string{"run": m.Run, "record": m.Record, "recent": store.Recent(m.At)}, Body: body}, nil
}

// codeUncertain marks a provider's error after which nobody knows whether the
// message went out.
const codeUncertain = "uncertain"

func isUncertain(err error) bool {
	var e *nodes.Error
	return errors.As(err, &e) && e.Code == codeUncertain
}
