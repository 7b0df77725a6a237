package server

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

func TestOfRacingPublishersOneWins(t *testing.T) {
	w := newWorld(t)
	f := w.flow(crm.Admin)
	w.must(200, nil, crm.Admin, "PUT", "/api/flows/"+f.ID+"/draft", goodGraph, "If-Match", `"r1"`)
	var wg sync.WaitGroup
	answers := make([]answer, 8)
	for i := range answers {
		wg.Go(func() { answers[i] = w.ask(crm.Admin, "POST", "/api/flows/"+f.ID+"/publish", `{"draft_rev":2}`) })
	}
	wg.Wait()
	for _, a := range answers {
		require.Contains(t, []int{201, 412}, a.status, a.body)
	}
	w.must(200, &f, crm.Admin, "GET", "/api/flows/"+f.ID, "")
	require.Equal(t, flow.Active, f.State)
	v, err := w.server.version(t.Context(), f.ID, f.Active)
	require.NoError(t, err, "the active version is there")
	require.Equal(t, v.Graph.Hash(), v.Hash)
}

func TestPublishTakesUpWhatACrashLeftBehind(t *testing.T) {
	w := newWorld(t)
	f := w.published()
	left, err := w.server.version(t.Context(), f.ID, 1)
	require.NoError(t, err)
	left.Number, left.Note = 2, "the process died after storing this"
	made, err := insert(t.Context(), w.db.Shelf(store.Versions), versionID(f.ID, 2), map[string]string{"flow": f.ID}, left)
	require.NoError(t, err)
	require.True(t, made)
	var list Page[flow.Version]
	w.must(200, &list, crm.Admin, "GET", "/api/flows/"+f.ID+"/versions", "")
	require.Len(t, list.Items, 1, "it was never live")
	a := w.must(201, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/publish", `{"draft_rev":2}`)
	require.Contains(t, a.body, `"number":2`)

	w.must(200, nil, crm.Admin, "PUT", "/api/flows/"+f.ID+"/draft", graphWith(trigger, ""), "If-Match", `"r2"`)
	a = w.must(201, nil, crm.Admin, "POST", "/api/flows/"+f.ID+"/publish", `{"draft_rev":3}`)
	require.Contains(t, a.body, `"number":3`)
	first, err := w.server.version(t.Context(), f.ID, 1)
	require.NoError(t, err)
	require.Contains(t, first.Graph.Nodes, "mail", "a version never changes")
}

func TestExportedFlowIsImportedWithTheSameLogic(t *testing.T) {
	w := newWorld(t)
	f := w.published()
	file := w.must(200, nil, crm.Viewer, "GET", "/api/flows/"+f.ID+"/export", "")
	require.Contains(t, file.header.Get("Content-Disposition"), `attachment; filename="big-deal.json"`)
	var copied flow.Flow
	w.must(201, &copied, crm.Analyst, "POST", "/api/flows/import", file.body)
	require.NotEqual(t, f.ID, copied.ID)
	require.Equal(t, flow.Drafted, copied.State)
	require.Equal(t, w.member[crm.Analyst].ID, copied.Owner)
	d, _, err := w.server.draft(t.Context(), copied.ID)
	require.NoError(t, err)
	v, err := w.server.version(t.Context(), f.ID, 1)
	require.NoError(t, err)
	require.Equal(t, v.Hash, d.Graph.Hash())
}

func TestServerFinishesRequestsBeforeItStops(t *testing.T) {
	w := newWorld(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.server.Serve(ctx, ln) }()
	url := "http://" + ln.Addr().String()
	res, err := http.Get(url + "/readyz")
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 200, res.StatusCode)
	stop()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("the server does not stop")
	}
	_, err = http.Get(url + "/readyz")
	require.Error(t, err)
}

func FuzzGraphIsReadOrRefusedWithAPlace(f *testing.F) {
	f.Add([]byte(goodGraph))
	f.Add([]byte(graphWith(trigger+","+trigger, "")))
	f.Add([]byte(`{"resource":"deal","settings":{"Public":1}}`))
	f.Add([]byte(`{"nodes":{"a":[[[[`))
	f.Add([]byte("{\"\xff\":1}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p := checkJSON(data); p != nil {
			require.NotEmpty(t, p.Text)
			return
		}
		g, p := readGraph(data)
		if p != nil {
			require.NotEmpty(t, p.Code)
			require.NotEmpty(t, p.Text)
			return
		}
		require.NotNil(t, g.Nodes)
		require.NotEmpty(t, g.Hash(), "what was read can be written")
	})
}
