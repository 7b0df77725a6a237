package crm

import "fmt"

// Resource is one of the five kinds of thing a flow works on.
type Resource string

// The five resources. User is the customer's person; who signs in is a Member.
const (
	Ticket       Resource = "ticket"
	Lead         Resource = "lead"
	Deal         Resource = "deal"
	User         Resource = "user"
	Organization Resource = "organization"
)

// Resources lists the five in the order screens show them.
var Resources = []Resource{Ticket, Lead, Deal, User, Organization}

// Plural is the resource's noun in URLs: "tickets", "leads", …
func (r Resource) Plural() string { return string(r) + "s" }

// Valid reports whether r is one of the five.
func (r Resource) Valid() bool {
	for _, k := range Resources {
		if k == r {
			return true
		}
	}
	return false
}

// ParseResource reads a resource from its singular ("deal") or plural
// ("deals") noun.
func ParseResource(s string) (Resource, error) {
	for _, k := range Resources {
		if s == string(k) || s == k.Plural() {
			return k, nil
		}
	}
	return "", fmt.Errorf("unknown resource %q: use one of ticket, lead, deal, user, organization", s)
}
