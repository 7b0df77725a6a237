package crm

import (
	"math"
	"sort"
	"time"
)

// Schema lists the fields a resource's records may hold.
type Schema struct {
	Resource Resource `json:"resource"`
	Fields   []Field  `json:"fields"`
}

// Schemas holds the schema of every resource of a workspace, custom fields
// included. It is read-only once built.
type Schemas map[Resource]Schema

// BuiltIn returns the schemas of the product without custom fields.
func BuiltIn() Schemas {
	return Schemas{
		Ticket:       ticketSchema(),
		Lead:         leadSchema(),
		Deal:         dealSchema(),
		User:         userSchema(),
		Organization: organizationSchema(),
	}
}

// With returns a copy of s in which the resource has the custom fields too.
func (s Schemas) With(r Resource, custom ...Field) Schemas {
	c := make(Schemas, len(s))
	for k, v := range s {
		c[k] = v
	}
	sch := c[r]
	sch.Fields = append(append([]Field(nil), sch.Fields...), custom...)
	c[r] = sch
	return c
}

// Field finds a field by name.
func (s Schema) Field(name string) (Field, bool) {
	for _, f := range s.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// Names lists the field names in schema order.
func (s Schema) Names() []string {
	names := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i] = f.Name
	}
	return names
}

// View is the record as expressions and templates see it: every schema field
// that is not sensitive is present (nil when it has no value), money is in
// major units (1500 minor units of RON are 15.0), dates and times are
// time.Time in UTC; id, created_at and updated_at are added.
func (s Schema) View(r Record) map[string]any {
	v := make(map[string]any, len(s.Fields)+3)
	currency := r.Text("currency")
	for _, f := range s.Fields {
		if f.Sensitive {
			continue
		}
		v[f.Name] = viewValue(f, r.Fields[f.Name], currency)
	}
	v["id"] = r.ID
	v["created_at"] = r.CreatedAt
	v["updated_at"] = r.UpdatedAt
	return v
}

func viewValue(f Field, v any, currency string) any {
	switch f.Type {
	case Money:
		if n, ok := asFloat(v); ok {
			return n / MinorUnits(currency)
		}
		return nil
	case Number:
		if n, ok := asFloat(v); ok {
			return n
		}
		return nil
	case Date, Time:
		s, _ := v.(string)
		for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
			if t, err := time.Parse(layout, s); err == nil {
				return t.UTC()
			}
		}
		return nil
	case Tags:
		if l, ok := v.([]string); ok {
			out := make([]any, len(l))
			for i, t := range l {
				out[i] = t
			}
			return out
		}
		return v
	}
	return v
}

func asFloat(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	}
	return 0, false
}

// MinorUnits is how many minor units make one unit of the currency (ISO 4217):
// 100 unless the currency has no or three decimals.
func MinorUnits(currency string) float64 {
	switch currency {
	case "VND", "JPY", "KRW", "CLP", "ISK":
		return 1
	case "KWD", "BHD", "OMR", "TND", "JOD":
		return 1000
	}
	return 100
}

// Minor converts an amount in major units to minor units, rounding half away
// from zero.
func Minor(major float64, currency string) int64 {
	return int64(math.Round(major * MinorUnits(currency)))
}

// Changed lists the names whose values differ between two field maps, sorted.
func Changed(before, after map[string]any) []string {
	var names []string
	for k, v := range after {
		if !Equal(before[k], v) {
			names = append(names, k)
		}
	}
	for k, v := range before {
		if _, there := after[k]; !there && v != nil {
			names = append(names, k)
		}
	}
	sort.Strings(names)
	return names
}

// Equal compares two field values; numbers compare by value, lists and maps by
// their items, nil and an absent value are the same.
func Equal(a, b any) bool {
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			return x == y
		}
	}
	if x, ok := asFloat(a); ok {
		y, ok := asFloat(b)
		return ok && x == y
	}
	la, aok := List(a)
	lb, bok := List(b)
	if aok || bok {
		if len(la) != len(lb) || aok != bok {
			return false
		}
		for i := range la {
			if !Equal(la[i], lb[i]) {
				return false
			}
		}
		return true
	}
	ma, aok := a.(map[string]any)
	mb, bok := b.(map[string]any)
	if aok || bok {
		return aok && bok && len(Changed(ma, mb)) == 0
	}
	return a == b
}

// List reads a list of values, as JSON gives it or as texts.
func List(v any) ([]any, bool) {
	switch l := v.(type) {
	case []any:
		return l, true
	case []string:
		out := make([]any, len(l))
		for i, s := range l {
			out[i] = s
		}
		return out, true
	}
	return nil, false
}
