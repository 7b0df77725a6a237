package server

import (
	"context"
	"fmt"
	"strconv"

	"millrace.dev/flow"
	"millrace.dev/nodes"
	"millrace.dev/store"
)

// Publish says which draft shall go live, and why.
type Publish struct {
	// DraftRev is the draft's revision that the caller has seen.
	DraftRev int64  `json:"draft_rev" minimum:"1"`
	Note     string `json:"note,omitempty" maxLength:"2000"`
}

type versionOut struct {
	Body flow.Version
}

func (s *Server) versionRoutes() {
	handle(s, "POST /api/flows/{id}/publish", "Make the draft the version that new runs start on", s.publish, 201)
	handle(s, "GET /api/flows/{id}/versions", "The published versions, newest first, without graphs", s.listVersions)
	handle(s, "GET /api/flows/{id}/versions/{n}", "One published version", s.readVersion)
}

// publish makes a new immutable version of the draft and lets new runs start
// on it; runs inside stay on theirs. A flow's first version makes it active.
func (s *Server) publish(ctx context.Context, in *struct {
	FlowAt
	Body Publish
}) (*versionOut, error) {
	f, doc, err := s.flow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if f.State == flow.Archived {
		return nil, flow.Errorf(flow.CodeConflict, "The flow is archived.")
	}
	d, _, err := s.draft(ctx, f.ID)
	if err != nil {
		return nil, err
	}
	if d.Rev != in.Body.DraftRev {
		return nil, stale(d.Rev)
	}
	schemas, err := s.schemas(ctx)
	if err != nil {
		return nil, err
	}
	if found := nodes.Check(d.Graph, schemas); found.HasErrors() {
		return nil, refuse(flow.CodeInvalid, "The flow has problems that must be fixed before it can go live.").with(found...)
	}
	v, err := s.addVersion(ctx, flow.Version{
		Flow: f.ID, Number: f.Active + 1, Hash: d.Graph.Hash(), Graph: d.Graph,
		By: callerOf(ctx).ID, At: s.now(), Note: in.Body.Note,
	})
	if err != nil {
		return nil, err
	}
	f.Active, f.Settings = v.Number, v.Graph.Settings
	if f.State == flow.Drafted {
		f.State = flow.Active
	}
	if _, err := s.saveFlow(ctx, f, doc); err != nil {
		return nil, err
	}
	s.runner.FlowsChanged(ctx)
	return &versionOut{Body: v}, nil
}

// addVersion stores a version under the first free number from v.Number on.
//
// It goes before the flow's own write, and never the other way round: a version
// that no flow points at harms nobody, a flow that points at a version that is
// not there stops every run. The insert of a unique id decides between racing
// publishers; what a crash left behind after the insert is taken up again when
// it holds the same logic.
func (s *Server) addVersion(ctx context.Context, v flow.Version) (flow.Version, error) {
	for range 100 {
		id := versionID(v.Flow, v.Number)
		made, err := insert(ctx, s.shelf(store.Versions), id, map[string]string{"flow": v.Flow}, v)
		if err != nil {
			return v, fmt.Errorf("storing version %s: %w", id, err)
		}
		if made {
			return v, nil
		}
		there, err := s.version(ctx, v.Flow, v.Number)
		if err != nil {
			return v, err
		}
		if there.Hash == v.Hash && there.By == v.By && sameLayout(there.Graph, v.Graph) {
			return there, nil
		}
		v.Number++
	}
	return v, flow.Errorf(flow.CodeUnavailable, "Too many publish at once. Try again.")
}

func sameLayout(a, b flow.Graph) bool {
	if len(a.Layout) != len(b.Layout) {
		return false
	}
	for id, p := range a.Layout {
		if b.Layout[id] != p {
			return false
		}
	}
	return true
}

func versionID(flowID string, number int) string { return flowID + "@" + strconv.Itoa(number) }

func (s *Server) version(ctx context.Context, flowID string, number int) (flow.Version, error) {
	v, _, err := load[flow.Version](ctx, s.shelf(store.Versions), versionID(flowID, number))
	if flow.CodeOf(err) == flow.CodeNotFound {
		return v, flow.Errorf(flow.CodeNotFound, "There is no version %d.", number)
	}
	if err != nil {
		return v, fmt.Errorf("loading version %d of %s: %w", number, flowID, err)
	}
	return v, nil
}

func (s *Server) readVersion(ctx context.Context, in *struct {
	FlowAt
	N int `path:"n" minimum:"1"`
}) (*versionOut, error) {
	if _, _, err := s.flow(ctx, in.ID); err != nil {
		return nil, err
	}
	v, err := s.version(ctx, in.ID, in.N)
	if err != nil {
		return nil, err
	}
	return &versionOut{Body: v}, nil
}

// listVersions leaves out versions above the active one: they were never live.
func (s *Server) listVersions(ctx context.Context, in *struct {
	FlowAt
	Paging
}) (*pageOf[flow.Version], error) {
	f, _, err := s.flow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	versions := []flow.Version{}
	for n := f.Active; n > 0 && len(versions) < 200; n-- {
		v, err := s.version(ctx, f.ID, n)
		if flow.CodeOf(err) == flow.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		v.Graph = flow.Graph{Resource: v.Graph.Resource, Nodes: map[string]flow.Node{}, Connectors: map[string]flow.Connector{}}
		versions = append(versions, v)
	}
	return onePage(versions, ""), nil
}
