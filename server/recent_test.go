package server

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// keep stores a document dated so many seconds after a moment.
func (w *world) keep(kind store.Kind, id, place string, after int, keys map[string]string, v func(at time.Time) any) {
	at := time.Date(2026, 3, 2, 8, 0, after, 0, time.UTC)
	body, err := json.Marshal(v(at))
	require.NoError(w.t, err)
	all := map[string]string{"recent": place + store.Recent(at)}
	for k, value := range keys {
		all[k] = value
	}
	made, err := w.db.Shelf(kind).Insert(w.t.Context(), store.Doc{ID: id, Keys: all, Body: body})
	require.NoError(w.t, err)
	require.True(w.t, made)
}

// listed reads a list page by page and tells the ids.
func listed[T any](w *world, role crm.Role, path string, id func(T) string) (ids []string) {
	for cursor := ""; ; {
		var page Page[T]
		w.must(200, &page, role, "GET", path+"&cursor="+cursor, "")
		for _, item := range page.Items {
			ids = append(ids, id(item))
		}
		if cursor = page.Next; cursor == "" {
			return ids
		}
	}
}

func TestTheOutboxIsNewestFirstHoweverMuchIsInIt(t *testing.T) {
	w := newWorld(t)
	const n = maxScan + 300
	for i := range n {
		// Ids are hashes of runs: they say nothing about the time.
		id := fmt.Sprintf("r%04d:1", (i*37)%n)
		w.keep(store.Messages, id, "", i, map[string]string{"run": fmt.Sprint("r", i%2)}, func(at time.Time) any {
			return crm.Message{ID: id, At: at, Flow: map[bool]string{true: "rare"}[i == 0], Subject: fmt.Sprint(i)}
		})
	}
	subject := func(m crm.Message) string { return m.Subject }
	all := listed(w, crm.Agent, "/api/messages?limit=200", subject)
	require.Len(t, all, n)
	for i, s := range all {
		require.Equal(t, fmt.Sprint(n-1-i), s)
	}
	require.Len(t, listed(w, crm.Agent, "/api/messages?limit=200&run=r1", subject), n/2)
	require.Equal(t, []string{"0"}, listed(w, crm.Agent, "/api/messages?limit=200&flow=rare", subject), "found behind a page without any")
	require.Equal(t, 422, w.ask(crm.Agent, "GET", "/api/messages?cursor=eHg", "").status)
}

func TestTasksAreNewestFirstAlsoAfterTheyWereTickedOff(t *testing.T) {
	w := newWorld(t)
	for i, id := range []string{"b:1", "c:1", "a:1"} {
		w.keep(store.Tasks, id, "", i, map[string]string{"record": "D-1", "open": "true"}, func(at time.Time) any {
			return crm.Task{ID: id, Record: "D-1", CreatedAt: at}
		})
	}
	id := func(t crm.Task) string { return t.ID }
	w.must(200, nil, crm.Agent, "PATCH", "/api/tasks/c:1", `{"done":true}`)
	require.Equal(t, []string{"a:1", "c:1", "b:1"}, listed(w, crm.Viewer, "/api/tasks?limit=1", id))
	require.Equal(t, []string{"a:1", "b:1"}, listed(w, crm.Viewer, "/api/tasks?limit=1&open=true", id))
	require.Equal(t, []string{"a:1", "b:1"}, listed(w, crm.Viewer, "/api/tasks?limit=1&open=true&record=D-1", id))
}

func TestEnrollmentsAreNewestFirstAndOfOneFlow(t *testing.T) {
	w := newWorld(t)
	var f flow.Flow
	w.must(201, &f, crm.Admin, "POST", "/api/flows", `{"name":"Big","resource":"deal"}`)
	for i, id := range []string{"deal:b:1", "deal:c:9", "deal:a:10"} {
		w.keep(store.Enrollments, f.ID+"|"+id, f.ID+"|", i, nil, func(at time.Time) any {
			return flow.Enrollment{ID: f.ID + "|" + id, Flow: f.ID, Event: id, At: at}
		})
	}
	w.keep(store.Enrollments, f.ID+"x|e", f.ID+"x|", 9, nil, func(at time.Time) any { return flow.Enrollment{Event: "other"} })
	require.Equal(t, []string{"deal:a:10", "deal:c:9", "deal:b:1"},
		listed(w, crm.Viewer, "/api/enrollments?limit=2&flow="+f.ID, func(e flow.Enrollment) string { return e.Event }))
}
