package rule

import (
	"sort"
	"strings"
	"time"

	"millrace.dev/crm"
)

// Name is one name of an Env, for the data picker and for completion.
type Name struct {
	// Path is what the author writes: "deal.amount".
	Path string
	// Type is one of the Type constants.
	Type string
	// Label is the name on screens, by language.
	Label map[string]string
	// Group is the part of the picker: "record", "event", "owner", "contact",
	// "org", "run", "vars" or "steps".
	Group string
}

var noTime time.Time

func in(en, vi, ro, pl string) map[string]string {
	return map[string]string{"en": en, "vi": vi, "ro": ro, "pl": pl}
}

// ownNames are the names that every record has beside its schema's fields.
var ownNames = []Name{
	{Path: "id", Type: TypeText, Label: in("ID", "Mã", "ID", "ID")},
	{Path: "created_at", Type: TypeTime, Label: in("Created", "Ngày tạo", "Creat", "Utworzono")},
	{Path: "updated_at", Type: TypeTime, Label: in("Changed", "Ngày sửa", "Modificat", "Zmieniono")},
}

var eventNames = []Name{
	{Path: "id", Type: TypeText, Label: in("Event ID", "Mã sự kiện", "ID eveniment", "ID zdarzenia")},
	{Path: "type", Type: TypeText, Label: in("Event type", "Loại sự kiện", "Tip eveniment", "Typ zdarzenia")},
	{Path: "kind", Type: TypeText, Label: in("Event kind", "Dạng sự kiện", "Fel eveniment", "Rodzaj zdarzenia")},
	{Path: "changed", Type: TypeList, Label: in("Changed fields", "Trường đã đổi", "Câmpuri modificate", "Zmienione pola")},
	{Path: "actor", Type: TypeText, Label: in("Changed by", "Người thực hiện", "Autor", "Autor zmiany")},
	{Path: "at", Type: TypeTime, Label: in("Event time", "Thời điểm sự kiện", "Data evenimentului", "Czas zdarzenia")},
	{Path: "data", Type: TypeGroup, Label: in("Event values", "Giá trị sự kiện", "Valorile evenimentului", "Wartości zdarzenia")},
}

var runNames = []Name{
	{Path: "id", Type: TypeText, Label: in("Run ID", "Mã lượt chạy", "ID rulare", "ID przebiegu")},
	{Path: "started_at", Type: TypeTime, Label: in("Run started", "Bắt đầu chạy", "Rulare începută", "Początek przebiegu")},
}

var ownerNames = []Name{
	{Path: "id", Type: TypeText, Label: in("Owner's ID", "Mã người phụ trách", "ID responsabil", "ID opiekuna")},
	{Path: "name", Type: TypeText, Label: in("Owner's name", "Tên người phụ trách", "Nume responsabil", "Nazwisko opiekuna")},
	{Path: "email", Type: TypeText, Label: in("Owner's e-mail", "E-mail người phụ trách", "E-mail responsabil", "E-mail opiekuna")},
}

// Names lists every name of e in the data picker's order: the record's own
// fields first. "record" and "prev" hold the same fields and are not repeated.
func (e Env) Names() []Name {
	names := recordNames(string(e.resource), "record", e.schemas[e.resource])
	names = append(names, under("event", eventNames)...)
	names = append(names, under("owner", ownerNames)...)
	if e.resource != crm.User {
		names = append(names, recordNames("contact", "contact", e.schemas[crm.User])...)
	}
	if e.resource != crm.Organization {
		names = append(names, recordNames("org", "org", e.schemas[crm.Organization])...)
	}
	names = append(names, under("run", runNames)...)
	for _, root := range []string{"vars", "steps"} {
		for _, n := range e.roots[root].names() {
			names = append(names, Name{Path: join(root, n), Type: TypeAny, Label: map[string]string{"en": n}, Group: root})
		}
	}
	return names
}

func recordNames(root, group string, s crm.Schema) []Name {
	var fields []Name
	for _, f := range s.Fields {
		if f.Sensitive {
			continue
		}
		label := f.Label
		if len(label) == 0 {
			label = map[string]string{"en": f.Name}
		}
		fields = append(fields, Name{Path: f.Name, Type: typeOf(f.Type), Label: label})
	}
	names := under(root, append(fields, ownNames...))
	for i := range names {
		names[i].Group = group
	}
	return names
}

func under(root string, names []Name) []Name {
	out := make([]Name, len(names))
	for i, n := range names {
		n.Path, n.Group = join(root, n.Path), root
		out[i] = n
	}
	return out
}

// join writes a path the way an expression reads it: parts that are not plain
// words are put in brackets.
func join(parts ...string) string {
	var b strings.Builder
	for i, p := range parts {
		switch {
		case i == 0:
			b.WriteString(p)
		case plainWord(p):
			b.WriteString("." + p)
		default:
			b.WriteString(`["` + p + `"]`)
		}
	}
	return b.String()
}

func plainWord(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// refRoots are the roots that hold what a ref field points at.
var refRoots = map[string]string{"owner": "owner", "contact": "contact", "organization": "org"}

// suggestField finds what was meant by a part that the group s, reached by
// path, does not have.
func (e Env) suggestField(path []string, part string, s *shape) string {
	if root := refRoots[path[len(path)-1]]; root != "" && len(path) == 2 && e.roots[root].fields[part] != nil {
		return join(root, part)
	}
	if n := nearest(part, s.names()); n != "" {
		return join(append(append([]string(nil), path...), n)...)
	}
	for _, root := range e.rootNames() {
		if e.roots[root].fields[part] != nil {
			return join(root, part)
		}
	}
	return ""
}

// firstField is a field of a group, for an example.
func (e Env) firstField(path []string) string {
	s := e.roots[path[0]]
	for _, part := range path[1:] {
		s = s.fields[part]
	}
	for _, name := range append([]string{"id"}, s.names()...) {
		if s.fields[name] != nil {
			return name
		}
	}
	return "name"
}

// suggestRoot finds what was meant by a path whose first part does not exist.
func (e Env) suggestRoot(path []string) string {
	own := e.roots[string(e.resource)]
	if crm.Resource(path[0]).Valid() && len(path) > 1 {
		for _, root := range []string{refRoots[path[0]], map[string]string{"user": "contact"}[path[0]], string(e.resource)} {
			if root != "" && e.roots[root].fields[path[1]] != nil {
				return join(root, path[1])
			}
		}
	}
	if len(path) == 1 {
		if own.fields[path[0]] != nil {
			return join(string(e.resource), path[0])
		}
		if n := nearest(path[0], own.names()); n != "" {
			return join(string(e.resource), n)
		}
	}
	if n := nearest(path[0], e.rootNames()); n != "" {
		return join(append([]string{n}, path[1:]...)...)
	}
	return ""
}

func (e Env) rootNames() []string {
	names := make([]string, 0, len(e.roots))
	for k := range e.roots {
		names = append(names, k)
	}
	sort.Slice(names, func(i, j int) bool {
		if own := string(e.resource); names[i] == own || names[j] == own {
			return names[i] == own
		}
		return names[i] < names[j]
	})
	return names
}
