package crm

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of custom fields.
const (
	MaxFieldName = 40
	MaxLabel     = 60
	MaxChoices   = 100
	MaxChoice    = 60
)

// reservedNames are the names that records, expressions and templates give
// another meaning.
var reservedNames = []string{
	"id", "rev", "resource", "fields", "created_at", "updated_at", "demo", "record", "prev", "event", "run", "vars", "steps",
	"org", "now", "true", "false", "nil", "not", "and", "or", "in", "let", "if", "else", "matches", "contains",
	"starts_with", "ends_with", "constructor", "prototype",
}

// ValidField checks the definition of a custom field. It does not know which
// names the resource has already.
func ValidField(f Field) []Invalid {
	var wrong []Invalid
	add := func(bad *Invalid) {
		if bad != nil {
			bad.Field = shown(f.Name)
			wrong = append(wrong, *bad)
		}
	}
	add(checkName(f.Name))
	if !slices.Contains(FieldTypes, f.Type) {
		add(refuse("wrong_type", "There is no field type %q.", shown(string(f.Type))))
	}
	add(checkLabel(f.Label))
	add(checkChoices(f))
	if f.Type == Ref && f.Ref != "member" && !Resource(f.Ref).Valid() {
		add(refuse("wrong_type", "Say what the field points at: member, ticket, lead, deal, user or organization."))
	}
	if f.Type != Ref && f.Ref != "" {
		add(refuse("wrong_type", "Only a ref field points at something: leave ref empty."))
	}
	return wrong
}

func checkName(name string) *Invalid {
	if slices.Contains(reservedNames, name) || Resource(name).Valid() {
		return refuse("reserved", "The name %q has a meaning of its own: choose another.", name)
	}
	ok := name != "" && len(name) <= MaxFieldName && name[0] >= 'a' && name[0] <= 'z' && !strings.HasSuffix(name, "_") && !strings.Contains(name, "__")
	for _, r := range name {
		ok = ok && (r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z')
	}
	if !ok {
		return refuse("bad_name", "Name the field with small letters, digits and single _, from a letter on, at most %d: renewal_date.", MaxFieldName)
	}
	return nil
}

func checkLabel(label map[string]string) *Invalid {
	for lang, s := range label {
		if !slices.Contains(Languages, lang) {
			return refuse("bad_name", "There is no language %q: use %s.", shown(lang), strings.Join(Languages, ", "))
		}
		if _, bad := text(s, MaxLabel, false); bad != nil {
			return bad
		}
	}
	if len(label) > 0 && trim(label["en"]) == "" {
		return refuse("bad_name", "Give the field an English label too: it stands in for the other languages.")
	}
	return nil
}

func checkChoices(f Field) *Invalid {
	if f.Type != Choice {
		if len(f.Choices) > 0 {
			return refuse("bad_choices", "Only a choice field has choices: leave them out.")
		}
		return nil
	}
	if len(f.Choices) > MaxChoices {
		return refuse("bad_choices", "There are %d choices: keep at most %d.", len(f.Choices), MaxChoices)
	}
	seen := map[string]bool{}
	for _, c := range f.Choices {
		s, bad := text(c, MaxChoice, false)
		low := strings.ToLower(s)
		if bad != nil || s != c || c == "" || utf8.RuneCountInString(c) > MaxChoice || seen[low] {
			return refuse("bad_choices", "The choice %q is blank, too long, repeated or has invisible characters: correct it.", shown(c))
		}
		seen[low] = true
	}
	return nil
}
