package server

import (
	"context"
	"fmt"
	"strings"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// maxCustom is how many custom fields a resource may have.
const maxCustom = 200

// FieldNew is a custom field for a resource.
type FieldNew struct {
	Resource  string            `json:"resource" enum:"ticket,lead,deal,user,organization"`
	Name      string            `json:"name"`
	Label     map[string]string `json:"label,omitempty"`
	Type      string            `json:"type" enum:"text,email,phone,number,money,bool,date,time,choice,tags,ref"`
	Choices   []string          `json:"choices,omitempty" maxItems:"200"`
	Ref       string            `json:"ref,omitempty" enum:"ticket,lead,deal,user,organization,member"`
	Sensitive bool              `json:"sensitive,omitempty"`
}

func (s *Server) schemaRoutes() {
	handle(s, "GET /api/schemas", "What the records of each resource may hold", s.readSchemas)
	handle(s, "POST /api/fields", "Add a custom field", s.addField, 201)
}

// schemas are the product's fields with this workspace's own.
func (s *Server) schemas(ctx context.Context) (crm.Schemas, error) {
	all, q := crm.BuiltIn(), store.ShelfQuery{Limit: 1000}
	for {
		docs, err := s.shelf(store.Fields).List(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("listing custom fields: %w", err)
		}
		for _, d := range docs {
			f, err := decode[crm.Field](d)
			if err != nil {
				return nil, err
			}
			resource, _, _ := strings.Cut(d.ID, ".") // a field's id is "<resource>.<name>"
			all, q.After = all.With(crm.Resource(resource), f), d.ID
		}
		if len(docs) < q.Limit {
			return all, nil
		}
	}
}

func (s *Server) schema(ctx context.Context, r crm.Resource) (crm.Schema, error) {
	all, err := s.schemas(ctx)
	return all[r], err
}

func (s *Server) readSchemas(ctx context.Context, _ *struct{}) (*struct{ Body crm.Schemas }, error) {
	all, err := s.schemas(ctx)
	if err != nil {
		return nil, err
	}
	return &struct{ Body crm.Schemas }{all}, nil
}

func (s *Server) addField(ctx context.Context, in *struct{ Body FieldNew }) (*struct{ Body crm.Field }, error) {
	b, res := in.Body, crm.Resource(in.Body.Resource)
	f := crm.Field{
		Name: b.Name, Label: b.Label, Type: crm.FieldType(b.Type), Choices: b.Choices, Ref: b.Ref,
		Sensitive: b.Sensitive, Custom: true,
	}
	if wrong := crm.ValidField(f); len(wrong) > 0 {
		return nil, refuse(flow.CodeInvalid, "This field cannot be added.").with(problemsOf(wrong)...)
	}
	all, err := s.schemas(ctx)
	if err != nil {
		return nil, err
	}
	if _, taken := all[res].Field(b.Name); taken {
		return nil, flow.Errorf(flow.CodeConflict, "A %s already has a field %q.", res, b.Name)
	}
	if len(all[res].Fields)-len(crm.BuiltIn()[res].Fields) >= maxCustom {
		return nil, flow.Errorf(flow.CodeLimit, "A resource may have %d custom fields.", maxCustom)
	}
	made, err := insert(ctx, s.shelf(store.Fields), string(res)+"."+b.Name, map[string]string{"resource": string(res)}, f)
	if err != nil {
		return nil, fmt.Errorf("storing field %s: %w", b.Name, err)
	}
	if !made {
		return nil, flow.Errorf(flow.CodeConflict, "A %s already has a field %q.", res, b.Name)
	}
	s.runner.FlowsChanged(ctx)
	return &struct{ Body crm.Field }{f}, nil
}
