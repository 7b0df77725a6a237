package server

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// FlowAt is the path of one flow.
type FlowAt struct {
	ID string `path:"id" maxLength:"64" pattern:"^[A-Za-z0-9_-]+$"`
}

// FlowMatch is a flow at the revision that the caller has seen.
type FlowMatch struct {
	FlowAt
	IfMatch string `header:"If-Match" doc:"The flow's ETag."`
}

// flowOut is one flow with its tag.
type flowOut struct {
	ETag string `header:"ETag"`
	Body flow.Flow
}

func outFlow(f flow.Flow) *flowOut { return &flowOut{ETag: etag(f.Rev), Body: f} }

// FlowNew is what a new flow needs.
type FlowNew struct {
	// Name is by language, or one text for English.
	Name     nameJSON `json:"name"`
	Resource string   `json:"resource" enum:"ticket,lead,deal,user,organization"`
}

// FlowEdit renames a flow or moves it in the enrollment order.
type FlowEdit struct {
	Name  nameJSON `json:"name,omitempty"`
	Order *int     `json:"order,omitempty" minimum:"0" maximum:"1000000"`
}

func (s *Server) flowRoutes() {
	handle(s, "GET /api/flows", "All flows that the member sees, in enrollment order", s.listFlows)
	handle(s, "POST /api/flows", "Make a flow with a start graph", s.createFlow, 201)
	handle(s, "GET /api/flows/{id}", "One flow", s.readFlow)
	handle(s, "PATCH /api/flows/{id}", "Rename or reorder a flow", s.editFlow)
	handle(s, "DELETE /api/flows/{id}", "Delete a flow that never had a run", s.deleteFlow)
	handle(s, "POST /api/flows/{id}/clone", "Copy a flow as a draft", s.cloneFlow, 201)
	handle(s, "POST /api/flows/{id}/state", "Activate, drain, pause, deactivate or archive", s.setState)
}

// sees reports whether a member may know of a flow: private ones are for their
// members, their owner and admins.
func sees(c caller, f flow.Flow) bool {
	if f.Settings.Public || c.Role == crm.Admin || f.Owner == c.ID {
		return true
	}
	for _, id := range f.Settings.Members {
		if id == c.ID {
			return true
		}
	}
	return false
}

// flow loads a flow that the caller may see; a hidden one is not found.
func (s *Server) flow(ctx context.Context, id string) (flow.Flow, store.Doc, error) {
	f, doc, err := load[flow.Flow](ctx, s.shelf(store.Flows), id)
	if flow.CodeOf(err) == flow.CodeNotFound || (err == nil && !sees(callerOf(ctx), f)) {
		return flow.Flow{}, doc, flow.Errorf(flow.CodeNotFound, "There is no flow %s.", id)
	}
	if err != nil {
		return f, doc, fmt.Errorf("loading flow %s: %w", id, err)
	}
	f.Rev = doc.Rev
	return f, doc, nil
}

// ownFlow loads a flow that the caller may change: analysts only their own.
func (s *Server) ownFlow(ctx context.Context, id string) (flow.Flow, store.Doc, error) {
	f, doc, err := s.flow(ctx, id)
	c := callerOf(ctx)
	if err == nil && c.Role == crm.Analyst && f.Owner != c.ID {
		return f, doc, flow.Errorf(flow.CodeForbidden, "This flow belongs to somebody else. Clone it to make your own.")
	}
	return f, doc, err
}

// matched loads an own flow at the revision of an If-Match header.
func (s *Server) matched(ctx context.Context, in FlowMatch) (flow.Flow, store.Doc, error) {
	f, doc, err := s.ownFlow(ctx, in.ID)
	if err != nil {
		return f, doc, err
	}
	rev, err := revOf(in.IfMatch)
	if err == nil && rev != f.Rev {
		err = stale(f.Rev)
	}
	return f, doc, err
}

// saveFlow replaces a loaded flow.
func (s *Server) saveFlow(ctx context.Context, f flow.Flow, doc store.Doc) (flow.Flow, error) {
	f.UpdatedAt, f.Rev = s.now(), doc.Rev+1
	doc.Keys = flowKeys(f)
	ok, err := replace(ctx, s.shelf(store.Flows), doc, f)
	if err != nil {
		return f, fmt.Errorf("saving flow %s: %w", f.ID, err)
	}
	if !ok {
		_, now, err := load[flow.Flow](ctx, s.shelf(store.Flows), f.ID)
		if err != nil {
			return f, fmt.Errorf("loading flow %s: %w", f.ID, err)
		}
		return f, stale(now.Rev)
	}
	return f, nil
}

// flowKeys is what a flow is listed by: its order, as text that sorts.
func flowKeys(f flow.Flow) map[string]string {
	return map[string]string{"order": fmt.Sprintf("%09d", f.Order)}
}

// visibleFlows lists the flows that a caller sees, in enrollment order.
func (s *Server) visibleFlows(ctx context.Context, c caller) ([]flow.Flow, error) {
	flows := []flow.Flow{}
	after := ""
	for {
		docs, err := s.shelf(store.Flows).List(ctx, store.ShelfQuery{After: after, Limit: 1000})
		if err != nil {
			return nil, fmt.Errorf("listing flows: %w", err)
		}
		for _, d := range docs {
			f, err := decode[flow.Flow](d)
			if err != nil {
				return nil, err
			}
			if f.Rev = d.Rev; sees(c, f) {
				flows = append(flows, f)
			}
			after = d.ID
		}
		if len(docs) < 1000 {
			break
		}
	}
	sort.SliceStable(flows, func(i, j int) bool { return flows[i].Order < flows[j].Order })
	return flows, nil
}

func (s *Server) listFlows(ctx context.Context, _ *Paging) (*pageOf[flow.Flow], error) {
	flows, err := s.visibleFlows(ctx, callerOf(ctx))
	if err != nil {
		return nil, err
	}
	return onePage(flows, ""), nil
}

func (s *Server) readFlow(ctx context.Context, in *FlowAt) (*flowOut, error) {
	f, _, err := s.flow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return outFlow(f), nil
}

func (s *Server) createFlow(ctx context.Context, in *struct{ Body FlowNew }) (*flowOut, error) {
	name, err := in.Body.Name.names()
	if err != nil {
		return nil, err
	}
	g := startGraph(crm.Resource(in.Body.Resource))
	return s.addFlow(ctx, flow.Flow{Name: name, Resource: g.Resource}, g)
}

// addFlow stores a new flow with its draft. The draft goes first: a flow is
// seen only when it is complete, and a draft without a flow is seen by nobody.
func (s *Server) addFlow(ctx context.Context, f flow.Flow, g flow.Graph) (*flowOut, error) {
	now, by := s.now(), callerOf(ctx).ID
	f.ID, f.State, f.Owner, f.Active, f.Rev = idFor(ctx, "flw"), flow.Drafted, by, 0, 1
	f.Settings, f.CreatedAt, f.UpdatedAt, f.Demo = g.Settings, now, now, s.demo
	others, err := s.visibleFlows(ctx, caller{Member: crm.Member{Role: crm.Admin}})
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		f.Order = max(f.Order, o.Order+1)
	}
	d := flow.Draft{Flow: f.ID, Graph: g, Rev: 1, By: by, At: now}
	if _, err := insert(ctx, s.shelf(store.Drafts), f.ID, nil, d); err != nil {
		return nil, fmt.Errorf("storing draft of %s: %w", f.ID, err)
	}
	if _, err := insert(ctx, s.shelf(store.Flows), f.ID, flowKeys(f), f); err != nil {
		return nil, fmt.Errorf("storing flow %s: %w", f.ID, err)
	}
	return outFlow(f), nil
}

func (s *Server) editFlow(ctx context.Context, in *struct {
	FlowMatch
	Body FlowEdit
}) (*flowOut, error) {
	f, doc, err := s.matched(ctx, in.FlowMatch)
	if err != nil {
		return nil, err
	}
	if in.Body.Name != nil {
		if f.Name, err = in.Body.Name.names(); err != nil {
			return nil, err
		}
	}
	if in.Body.Order != nil {
		f.Order = *in.Body.Order
	}
	if f, err = s.saveFlow(ctx, f, doc); err != nil {
		return nil, err
	}
	s.runner.FlowsChanged(ctx)
	return outFlow(f), nil
}

// deleteFlow refuses a flow that ever had a run: its history would lose its
// meaning. Such a flow is archived.
func (s *Server) deleteFlow(ctx context.Context, in *FlowMatch) (*struct{}, error) {
	f, _, err := s.matched(ctx, *in)
	if err != nil {
		return nil, err
	}
	if f.State == flow.Active || f.State == flow.Draining || f.State == flow.Paused {
		return nil, refuse(flow.CodeConflict, "The flow is %s. Deactivate it first.", f.State)
	}
	runs, _, err := s.runsOf(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	if runs > 0 {
		r := refuse(flow.CodeConflict, "%d records went through this flow. Archive it instead.", runs)
		r.Count = runs
		return nil, r
	}
	versions, err := every[flow.Version](ctx, s.shelf(store.Versions), store.ShelfQuery{Key: "flow", Value: f.ID})
	if err != nil {
		return nil, fmt.Errorf("listing versions of %s: %w", f.ID, err)
	}
	if err := s.shelf(store.Flows).Delete(ctx, f.ID); err != nil {
		return nil, fmt.Errorf("deleting flow %s: %w", f.ID, err)
	}
	for _, v := range versions {
		if err := s.shelf(store.Versions).Delete(ctx, versionID(f.ID, v.Number)); err != nil {
			return nil, fmt.Errorf("deleting version %d of %s: %w", v.Number, f.ID, err)
		}
	}
	if err := s.shelf(store.Drafts).Delete(ctx, f.ID); err != nil {
		return nil, fmt.Errorf("deleting draft of %s: %w", f.ID, err)
	}
	s.runner.FlowsChanged(ctx)
	return nil, nil
}

// runsOf counts a flow's runs, ever and unfinished.
func (s *Server) runsOf(ctx context.Context, id string) (ever, inside int, err error) {
	counts, err := s.store.Runs().Counts(ctx, id)
	if err != nil {
		return 0, 0, fmt.Errorf("counting runs of %s: %w", id, err)
	}
	for _, c := range counts {
		ever += c.N
		if !c.State.Final() {
			inside += c.N
		}
	}
	return ever, inside, nil
}

// copyOf is how a copy is called, by language.
var copyOf = map[string]string{"en": "Copy of ", "vi": "Bản sao của ", "ro": "Copie a ", "pl": "Kopia: "}

// cloneFlow copies what is live, or the draft of a flow that never was.
func (s *Server) cloneFlow(ctx context.Context, in *FlowAt) (*flowOut, error) {
	f, _, err := s.flow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	g, err := s.liveGraph(ctx, f)
	if err != nil {
		return nil, err
	}
	name := make(map[string]string, len(f.Name))
	for lang, text := range f.Name {
		name[lang] = cut(copyOf[lang]+text, flow.MaxName)
	}
	from := f.ID + "@" + strconv.Itoa(f.Active)
	return s.addFlow(ctx, flow.Flow{Name: name, Resource: f.Resource, ClonedFrom: from}, g)
}

// liveGraph is the active version's graph, or the draft's before the first.
func (s *Server) liveGraph(ctx context.Context, f flow.Flow) (flow.Graph, error) {
	if f.Active == 0 {
		d, _, err := s.draft(ctx, f.ID)
		return d.Graph, err
	}
	v, err := s.version(ctx, f.ID, f.Active)
	return v.Graph, err
}

// cut shortens text to n runes.
func cut(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}

// startGraph is what a new flow begins with: a trigger, ready to be led on.
func startGraph(r crm.Resource) flow.Graph {
	return flow.Graph{
		Resource: r, Settings: flow.DefaultSettings(),
		Nodes:      map[string]flow.Node{"start": {Type: "record_created", Props: map[string]any{}}},
		Connectors: map[string]flow.Connector{},
		Layout:     map[string]flow.Point{"start": {0, 0}},
	}
}

// nameJSON is a flow's name in a request: texts by language, or one text.
type nameJSON map[string]string

// UnmarshalJSON takes "Big deal" for {"en":"Big deal"}.
func (n *nameJSON) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*n = nameJSON{"en": text}
		return nil
	}
	return json.Unmarshal(data, (*map[string]string)(n))
}
