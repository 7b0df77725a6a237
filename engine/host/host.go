package host

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/nodes"
	"millrace.dev/store"
)

// Providers are the ways out of this machine. The zero value sends no mail (the
// sink keeps it) and makes HTTP requests to public addresses only.
type Providers struct {
	// Mail sends e-mail; nil captures it.
	Mail Mail
	// Web makes outbound requests; nil is NewWeb's default.
	Web Web
	// Capture keeps everything, HTTP too: nothing leaves this machine.
	Capture bool
	// Captured answers captured requests, without the network; nil says 200.
	Captured Web
}

// Mail hands one e-mail to its next hop. An error that satisfies *nodes.Error
// says whether trying again may help.
type Mail interface {
	Send(ctx context.Context, m crm.Message) error
}

// Web makes one outbound HTTP request.
type Web interface {
	Do(ctx context.Context, c nodes.Call) (nodes.Reply, error)
}

// Outside is what the hosts of a process share.
type Outside struct {
	Store store.Store
	// Write changes records and sees to it that their events are logged.
	Write func(context.Context, store.Write) (store.Written, error)
	Now   func() time.Time
	Providers
}

// For is the host of one visit.
func (o *Outside) For(s nodes.Subject) *Visit { return &Visit{outside: o, subject: s} }

// Visit is the host of one visit of one node. It belongs to one goroutine.
type Visit struct {
	outside *Outside
	subject nodes.Subject
	changes int
}

var _ nodes.Host = (*Visit)(nil)

// Now implements nodes.Host.
func (v *Visit) Now() time.Time { return v.outside.Now() }

// Subject implements nodes.Host. Its record is as the visit's own changes left
// it.
func (v *Visit) Subject() nodes.Subject { return v.subject }

// Change implements nodes.Host. A visit's first change has the visit's key, the
// next ones have a number after it.
func (v *Visit) Change(ctx context.Context, r crm.Resource, id string, change func(*crm.Record) error) (crm.Record, error) {
	key := v.subject.Key
	if v.changes++; v.changes > 1 {
		key = fmt.Sprintf("%s:%d", key, v.changes)
	}
	done, err := v.outside.Write(ctx, store.Write{
		Resource: r, ID: id, Op: store.OpUpdate, OpKey: key, Change: change,
		Actor: fmt.Sprintf("flow:%s@%d", v.subject.Flow, v.subject.Version), Cause: v.subject.Cause, At: v.Now(),
	})
	if err != nil {
		return crm.Record{}, err
	}
	if own := v.subject.Record; own.Resource == r && own.ID == id {
		v.subject.Record = done.Record
	}
	return done.Record, nil
}

// AddTask implements nodes.Host. A task that exists already is returned as it
// is now.
func (v *Visit) AddTask(ctx context.Context, t crm.Task) (crm.Task, error) {
	if t.ID == "" {
		t.ID = v.subject.Key
	}
	body, err := json.Marshal(t)
	if err != nil {
		return t, fmt.Errorf("encoding task %s: %w", t.ID, err)
	}
	keys := map[string]string{"record": t.Record, "open": "true", "recent": store.Recent(t.CreatedAt)}
	shelf := v.outside.Store.Shelf(store.Tasks)
	created, err := shelf.Insert(ctx, store.Doc{ID: t.ID, Keys: keys, Body: body})
	if err != nil || created {
		return t, err
	}
	doc, err := shelf.Load(ctx, t.ID)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(doc.Body, &t)
}

// Members implements nodes.Host.
func (v *Visit) Members(ctx context.Context, q nodes.Who) ([]crm.Member, error) {
	var found []crm.Member
	page := store.ShelfQuery{Limit: 1000}
	for {
		docs, err := v.outside.Store.Shelf(store.Members).List(ctx, page)
		if err != nil {
			return nil, err
		}
		for _, d := range docs {
			var m crm.Member
			if err := json.Unmarshal(d.Body, &m); err != nil {
				return nil, fmt.Errorf("reading member %s: %w", d.ID, err)
			}
			if !m.Off && chosen(m, q) {
				found = append(found, m)
			}
		}
		if len(docs) < page.Limit {
			slices.SortFunc(found, func(a, b crm.Member) int { return strings.Compare(a.ID, b.ID) })
			return found, nil
		}
		page.After = docs[len(docs)-1].ID
	}
}

func chosen(m crm.Member, q nodes.Who) bool {
	return slices.Contains(q.IDs, m.ID) || slices.Contains(q.Roles, m.Role) ||
		slices.ContainsFunc(m.Teams, func(team string) bool { return slices.Contains(q.Teams, team) })
}

// unavailable is a provider's failure that trying again may mend.
func unavailable(code, text string, cause error) *nodes.Error {
	return &nodes.Error{Code: code, Text: text, Temporary: true, Cause: cause}
}
