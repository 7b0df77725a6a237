package crm

// FieldType says what values a field holds and how screens edit it.
type FieldType string

// Field types. The value kept in a record's Fields is, by type:
// text, email, phone, choice, date (YYYY-MM-DD), time (RFC 3339 UTC) and ref
// (an id) are strings; number is a float64; money is an int64 in minor units
// of the record's currency field (ISO 4217); bool is a bool; tags is a list of
// strings. An absent key and nil both mean "no value".
const (
	Text   FieldType = "text"
	Email  FieldType = "email"
	Phone  FieldType = "phone"
	Number FieldType = "number"
	Money  FieldType = "money"
	Bool   FieldType = "bool"
	Date   FieldType = "date"
	Time   FieldType = "time"
	Choice FieldType = "choice"
	Tags   FieldType = "tags"
	Ref    FieldType = "ref"
)

// FieldTypes lists every type a custom field may have, in screen order.
var FieldTypes = []FieldType{Text, Email, Phone, Number, Money, Bool, Date, Time, Choice, Tags, Ref}

// Field describes one field of a resource.
type Field struct {
	// Name is the key in records, expressions and templates: snake_case, 1–40 characters.
	Name string `json:"name"`
	// Label is the field's name on screens, by language ("en", "vi", "ro", "pl").
	Label map[string]string `json:"label,omitempty"`
	Type  FieldType         `json:"type"`
	// Choices are the allowed values of a choice field; empty means any text.
	Choices []string `json:"choices,omitempty"`
	// Ref is what a ref field points at: a resource's name, or "member".
	Ref      string `json:"ref,omitempty"`
	Required bool   `json:"required,omitempty"`
	// Sensitive fields are never offered to expressions, templates or viewers.
	Sensitive bool `json:"sensitive,omitempty"`
	// Custom fields were added by an admin; the others are part of the product.
	Custom bool `json:"custom,omitempty"`
}
