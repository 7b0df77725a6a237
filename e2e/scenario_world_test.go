package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"millrace.dev/bus"
	"millrace.dev/crm"
	"millrace.dev/engine/enginetest"
	"millrace.dev/engine/host"
	"millrace.dev/engine/runner"
	"millrace.dev/flow"
	"millrace.dev/server"
	"millrace.dev/store/sqlite"
)

// world is a whole server in memory on a virtual clock, with what a scenario's
// world holds. What the scenario calls u-1, D-1 or big-deal has other ids here.
type world struct {
	s       enginetest.Scenario
	clock   *setClock
	store   *bellStore
	bus     *bus.Bus
	server  *server.Server
	url     string
	outside *outside

	records   *names // of members too
	flows     *names
	visitors  map[string]*http.Client // by the scenario's member, "" the admin
	published map[string]int          // versions, by the scenario's flow
	last      enginetest.Step         // the last one that made an event
}

func openWorld(t *testing.T, s enginetest.Scenario) *world {
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	db, err := sqlite.Open(ctx, sqlite.Memory)
	require.NoError(t, err)
	w := &world{s: s, clock: &setClock{now: s.Clock.UTC()}, store: &bellStore{Store: db},
		records: newNames(), flows: newNames(), visitors: map[string]*http.Client{}, published: map[string]int{}}
	w.outside = newOutside(w)
	w.bus, err = bus.Open(ctx, bus.Config{Log: log})
	require.NoError(t, err)
	r := runner.New(runner.Config{Store: w.store, Bus: w.bus, Clock: w.clock, Log: log,
		Outside: host.Providers{Mail: w.outside, Web: w.outside}})
	require.NoError(t, r.Start(ctx))
	w.server, err = server.New(server.Config{Store: w.store, Runner: r, Log: log, Now: w.clock.Now})
	require.NoError(t, err)
	web := httptest.NewServer(w.server)
	w.url = web.URL
	t.Cleanup(func() {
		web.Close()
		require.NoError(t, w.server.Close())
		require.NoError(t, r.Stop(ctx))
		require.NoError(t, w.bus.Close())
		require.NoError(t, db.Close())
	})
	admin, _, err := w.server.FirstAdmin(ctx, "Admin", "admin@millrace.test")
	require.NoError(t, err)
	require.NoError(t, w.signIn("", admin.ID))
	require.NoError(t, w.furnish())
	return w
}

// furnish makes what is there before the script begins. Records come before the
// flows, and are matched by then: in the scenario's world they were always there.
func (w *world) furnish() error {
	for res, schema := range w.s.Schemas {
		for _, f := range schema.Fields {
			if f.Custom {
				if err := w.call("", "POST", "/api/fields", map[string]any{"resource": res, "name": f.Name, "type": f.Type}, nil); err != nil {
					return err
				}
			}
		}
	}
	for _, m := range w.people() {
		if err := w.addMember(m); err != nil {
			return err
		}
	}
	for _, rec := range w.s.Records {
		if err := w.create("", rec.Resource, rec.ID, rec.Fields); err != nil {
			return err
		}
	}
	for behind := true; behind; {
		var err error
		if behind, err = w.behind(); err != nil {
			return err
		}
	}
	for _, f := range w.s.Flows {
		if w.published[f.Flow] == 0 {
			if err := w.publish(f.Flow); err != nil {
				return err
			}
		}
	}
	return nil
}

// people are the scenario's members by id, so that their ids here are in the
// same order, and after them those who only act.
func (w *world) people() []crm.Member {
	all := slices.Clone(w.s.Members)
	slices.SortFunc(all, func(a, b crm.Member) int { return cmp.Compare(a.ID, b.ID) })
	for _, st := range w.s.Steps {
		if st.By != "" && !slices.ContainsFunc(all, func(m crm.Member) bool { return m.ID == st.By }) {
			all = append(all, crm.Member{ID: st.By, Name: st.By, Email: st.By + "@millrace.test", Role: crm.Admin})
		}
	}
	return all
}

func (w *world) addMember(m crm.Member) error {
	var made crm.Member
	body := map[string]any{"name": m.Name, "email": m.Email, "role": m.Role, "teams": m.Teams}
	if err := w.call("", "POST", "/api/members", body, &made); err != nil {
		return err
	}
	w.records.add(m.ID, made.ID)
	return w.signIn(m.ID, made.ID)
}

func (w *world) create(by string, res crm.Resource, id string, fields map[string]any) error {
	var made crm.Record
	if err := w.call(by, "POST", "/api/"+res.Plural(), w.records.translated(fields), &made); err != nil {
		return err
	}
	w.records.add(id, made.ID)
	return nil
}

// publish publishes the next section of a flow.
func (w *world) publish(id string) error {
	var file flow.File
	n := 0
	for _, f := range w.s.Flows {
		if f.Flow == id && n <= w.published[id] {
			file, n = f, n+1
		}
	}
	if n <= w.published[id] {
		return fmt.Errorf("there is no further version of flow %s", id)
	}
	if n == 1 {
		var made flow.Flow
		if err := w.call("", "POST", "/api/flows/import", w.records.translated(json.RawMessage(file.Encode())), &made); err != nil {
			return err
		}
		w.flows.add(id, made.ID)
	}
	path := "/api/flows/" + w.flows.here(id)
	var draft flow.Draft
	if err := w.call("", "GET", path+"/draft", nil, &draft); err != nil {
		return err
	}
	if n > 1 {
		if err := w.call("", "PUT", path+"/draft", w.records.translated(file.Graph), &draft, "If-Match", fmt.Sprintf(`"r%d"`, draft.Rev)); err != nil {
			return err
		}
	}
	w.published[id] = n
	return w.call("", "POST", path+"/publish", map[string]any{"draft_rev": draft.Rev}, nil)
}

// signIn opens a one-time link for a member.
func (w *world) signIn(by, member string) error {
	token, err := w.server.OneTimeLink(context.Background(), member)
	if err != nil {
		return err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	w.visitors[by] = &http.Client{Jar: jar, Timeout: soon}
	res, err := w.visitors[by].Get(w.url + "/live?k=" + token)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// call sends a request as a member of the scenario and reads the answer.
func (w *world) call(by, method, path string, in, out any, header ...string) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, w.url+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := w.visitors[by].Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, data)
	}
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(data, out)
}
