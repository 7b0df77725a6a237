package server

import (
	"context"
	"fmt"
	"regexp"

	"millrace.dev/crm"
	"millrace.dev/flow"
	"millrace.dev/store"
)

// maxCustom is how many custom fields a resource may have.
const maxCustom = 200

// fieldName is what a field may be called: snake_case, 1–40 characters.
var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

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

// customField is how a custom field is stored.
type customField struct {
	Resource crm.Resource `json:"resource"`
	Field    crm.Field    `json:"field"`
}

func (s *Server) schemaRoutes() {
	handle(s, "GET /api/schemas", "What the records of each resource may hold", s.readSchemas)
	handle(s, "POST /api/fields", "Add a custom field", s.addField, 201)
}

// schemas are the product's fields with this workspace's own.
func (s *Server) schemas(ctx context.Context) (crm.Schemas, error) {
	custom, err := every[customField](ctx, s.shelf(store.Fields), store.ShelfQuery{})
	if err != nil {
		return nil, fmt.Errorf("listing custom fields: %w", err)
	}
	all := crm.BuiltIn()
	for _, c := range custom {
		all = all.With(c.Resource, c.Field)
	}
	return all, nil
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
	if !fieldName.MatchString(b.Name) || oneOf(b.Name, []string{"id", "created_at", "updated_at"}) {
		return nil, badName("/name", "bad_name", "A field's name is 1 to 40 small letters, digits or _, and begins with a letter.")
	}
	for lang, text := range b.Label {
		if p := checkText(flow.Pointer("label", lang), text, flow.MaxName); p != nil {
			return nil, refuse(flow.CodeInvalid, "%s", p.Text).with(*p)
		}
	}
	if (b.Type == string(crm.Ref)) != (b.Ref != "") {
		return nil, badName("/ref", "ref", "A field of type ref, and only such a field, says what it points at.")
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
	f := crm.Field{
		Name: b.Name, Label: b.Label, Type: crm.FieldType(b.Type), Choices: b.Choices, Ref: b.Ref,
		Sensitive: b.Sensitive, Custom: true,
	}
	made, err := insert(ctx, s.shelf(store.Fields), string(res)+"."+b.Name, map[string]string{"resource": string(res)},
		customField{Resource: res, Field: f})
	if err != nil {
		return nil, fmt.Errorf("storing field %s: %w", b.Name, err)
	}
	if !made {
		return nil, flow.Errorf(flow.CodeConflict, "A %s already has a field %q.", res, b.Name)
	}
	s.runner.FlowsChanged(ctx)
	return &struct{ Body crm.Field }{f}, nil
}
