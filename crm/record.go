package crm

import "time"

// Record is one ticket, lead, deal, user or organization.
type Record struct {
	Resource Resource `json:"resource"`
	ID       string   `json:"id"`
	// Rev counts the record's writes, from 1. It orders the record's events.
	Rev int64 `json:"rev"`
	// Fields holds the values by field name; see FieldType for their shapes.
	Fields    map[string]any `json:"fields"`
	CreatedAt time.Time      `json:"created_at"`
	UpdatedAt time.Time      `json:"updated_at"`
	// Demo marks seeded sample data, removable in one action.
	Demo bool `json:"demo,omitempty"`
}

// Text returns the named field as text, "" when it is absent or not text.
func (r Record) Text(field string) string {
	s, _ := r.Fields[field].(string)
	return s
}

// Title is what a card or a list calls the record: a person or an organization
// goes by the name (their "title" is a job's), anything else by its title.
func (r Record) Title() string {
	names := []string{"title", "full_name", "name", "subject", "email"}
	if r.Resource == Lead || r.Resource == User || r.Resource == Organization {
		names = []string{"full_name", "name", "email", "phone", "title"}
	}
	for _, f := range names {
		if s := r.Text(f); s != "" {
			return s
		}
	}
	return r.ID
}

// Clone returns a copy whose Fields may be changed freely.
func (r Record) Clone() Record {
	r.Fields = CloneFields(r.Fields)
	return r
}

// CloneFields copies a field map; lists are copied too.
func CloneFields(m map[string]any) map[string]any {
	c := make(map[string]any, len(m))
	for k, v := range m {
		switch l := v.(type) {
		case []any:
			v = append([]any{}, l...)
		case []string:
			v = append([]string{}, l...)
		}
		c[k] = v
	}
	return c
}
