package server

import (
	"context"
	"fmt"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/store"
)

// draftOut is a flow's draft with its tag.
type draftOut struct {
	ETag string `header:"ETag"`
	Body flow.Draft
}

// problemsOut are the problems of a graph; none is an empty list.
type problemsOut struct {
	Body flow.Problems
}

func (s *Server) draftRoutes() {
	handle(s, "GET /api/flows/{id}/draft", "A flow's editable graph", s.readDraft)
	handle(s, "PUT /api/flows/{id}/draft", "Save the editable graph", s.saveDraft)
	handle(s, "POST /api/flows/check", "What publishing a graph would find", s.checkGraph)
}

// draft loads a flow's draft; whether the caller may see the flow is decided
// before.
func (s *Server) draft(ctx context.Context, id string) (flow.Draft, store.Doc, error) {
	d, doc, err := load[flow.Draft](ctx, s.shelf(store.Drafts), id)
	if err != nil {
		return d, doc, fmt.Errorf("loading draft of %s: %w", id, err)
	}
	d.Rev = doc.Rev
	return d, doc, nil
}

func (s *Server) readDraft(ctx context.Context, in *FlowAt) (*draftOut, error) {
	if _, _, err := s.flow(ctx, in.ID); err != nil {
		return nil, err
	}
	d, _, err := s.draft(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &draftOut{ETag: etag(d.Rev), Body: d}, nil
}

// saveDraft keeps a graph that may still be wrong in what it says (a typo in an
// expression must not cost the author the work), but never one that is wrong in
// its structure.
func (s *Server) saveDraft(ctx context.Context, in *struct {
	FlowMatch
	Body rawJSON
}) (*draftOut, error) {
	f, _, err := s.ownFlow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	rev, err := revOf(in.IfMatch)
	if err != nil {
		return nil, err
	}
	g, err := s.soundGraph(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	if g.Resource != f.Resource {
		return nil, badName("/resource", "other_resource", fmt.Sprintf("This flow is about a %s.", f.Resource))
	}
	_, doc, err := s.draft(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if doc.Rev != rev {
		return nil, stale(doc.Rev)
	}
	d := flow.Draft{Flow: f.ID, Graph: g, Rev: rev + 1, By: callerOf(ctx).ID, At: s.now()}
	ok, err := replace(ctx, s.shelf(store.Drafts), doc, d)
	if err != nil {
		return nil, fmt.Errorf("saving draft of %s: %w", f.ID, err)
	}
	if !ok {
		return nil, stale(rev + 1)
	}
	return &draftOut{ETag: etag(d.Rev), Body: d}, nil
}

func (s *Server) checkGraph(ctx context.Context, in *struct{ Body rawJSON }) (*problemsOut, error) {
	g, p := readGraph(in.Body)
	if p != nil {
		return &problemsOut{Body: flow.Problems{*p}}, nil
	}
	schemas, err := s.schemas(ctx)
	if err != nil {
		return nil, err
	}
	return &problemsOut{Body: append(flow.Problems{}, nodes.Check(g, schemas)...)}, nil
}

// soundGraph reads a graph and refuses one whose structure is broken.
func (s *Server) soundGraph(ctx context.Context, data []byte) (flow.Graph, error) {
	g, p := readGraph(data)
	if p != nil {
		return g, refuse(flow.CodeInvalid, "The graph cannot be read: %s", p.Text).with(*p)
	}
	schemas, err := s.schemas(ctx)
	if err != nil {
		return g, err
	}
	var broken flow.Problems
	for _, p := range nodes.Check(g, schemas) {
		if p.Level == flow.LevelError && structural[p.Code] {
			broken = append(broken, p)
		}
	}
	if len(broken) > 0 {
		return g, refuse(flow.CodeInvalid, "The graph is broken in its structure. Nothing was saved.").with(broken...)
	}
	return g, nil
}

// structural are the problems that no draft may hold: what has them cannot be
// drawn, or was never made by the editor.
var structural = map[string]bool{
	"unknown_resource": true, "too_many_nodes": true, "too_many_connectors": true, "bad_id": true,
	"unknown_type": true, "dangling_connector": true, "node_too_large": true, "bad_name": true,
	"unknown_routing": true, "into_trigger": true, "into_note": true,
}

// graphForm is a graph as it comes in. Settings stands without its methods, so
// that its keys are read strictly too.
type graphForm struct {
	Resource   crm.Resource              `json:"resource"`
	Settings   settingsForm              `json:"settings"`
	Nodes      map[string]flow.Node      `json:"nodes"`
	Connectors map[string]flow.Connector `json:"connectors"`
	Layout     map[string]flow.Point     `json:"layout"`
}

type settingsForm flow.Settings

// readGraph reads a graph strictly. Keys that a node's type does not know are
// left to nodes.Check: they are properties that an author can fix.
func readGraph(data []byte) (flow.Graph, *flow.Problem) {
	form := graphForm{Settings: settingsForm(flow.DefaultSettings())}
	if p := strict(data, &form); p != nil {
		return flow.Graph{}, p
	}
	g := flow.Graph{
		Resource: form.Resource, Settings: flow.Settings(form.Settings),
		Nodes: form.Nodes, Connectors: form.Connectors, Layout: form.Layout,
	}
	return g.Clone(), nil // no nil maps
}
