package server

import (
	"context"
	"strings"

	"millrace.dev/flow"
	"millrace.dev/nodes"
)

// fileOut is a flow file, to be saved by the browser.
type fileOut struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *Server) transferRoutes() {
	handle(s, "GET /api/flows/{id}/export", "The flow as a file: what is live, or the draft", s.exportFlow)
	handle(s, "POST /api/flows/import", "Make a draft of a flow file", s.importFlow, 201)
}

func (s *Server) exportFlow(ctx context.Context, in *struct {
	FlowAt
	Draft bool `query:"draft" doc:"Export the draft instead of what is live."`
}) (*fileOut, error) {
	f, _, err := s.flow(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if in.Draft {
		f.Active = 0
	}
	g, err := s.liveGraph(ctx, f)
	if err != nil {
		return nil, err
	}
	g.Settings.Members = nil // members of this workspace mean nothing elsewhere
	slug := slugOf(f.Name["en"])
	file := flow.File{Schema: flow.FileSchema, Flow: slug, Name: f.Name, Graph: g}
	return &fileOut{
		Type: "application/json", Disposition: `attachment; filename="` + slug + `.json"`, Body: file.Encode(),
	}, nil
}

// importFlow takes only a file without errors. The flow gets a new id, belongs
// to who imports it, is a draft, and runs nothing.
func (s *Server) importFlow(ctx context.Context, in *struct{ Body rawJSON }) (*flowOut, error) {
	file, found := flow.ParseFile(in.Body)
	if found.HasErrors() {
		return nil, refuse(flow.CodeInvalid, "This is not a flow file.").with(found...)
	}
	g := file.Graph
	g.Settings.Members = nil
	schemas, err := s.schemas(ctx)
	if err != nil {
		return nil, err
	}
	if found := nodes.Check(g, schemas); found.HasErrors() {
		return nil, refuse(flow.CodeInvalid, "The flow in this file has problems. Nothing was imported.").with(found...)
	}
	name, err := nameJSON(file.Name).names()
	if err != nil {
		return nil, err
	}
	return s.addFlow(ctx, flow.Flow{Name: name, Resource: g.Resource}, g)
}

// slugOf makes a readable file name of a name: letters, digits and dashes.
func slugOf(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= flow.MaxID {
			break
		}
	}
	if slug := strings.Trim(b.String(), "-"); slug != "" {
		return slug
	}
	return "flow"
}
