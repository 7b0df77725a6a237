package enginetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"millrace.dev/crm"
	"millrace.dev/flow"
)

// section is one "-- name --" part of the text.
type section struct {
	name  string
	first int // line number of its first line
	lines []string
}

// Sections of a scenario's expectations, in order.
var wanted = []string{"trace", "effects", "enrollments"}

// Parse reads a scenario.
func Parse(text string) (Scenario, error) {
	parts := split(text)
	s := Scenario{Title: strings.TrimSpace(strings.Join(parts[0].lines, "\n")), Schemas: crm.BuiltIn()}
	for _, part := range parts[1:] {
		if err := s.read(part); err != nil {
			return Scenario{}, err
		}
	}
	if len(s.Flows) == 0 || s.Clock.IsZero() {
		return Scenario{}, fmt.Errorf("a scenario needs a flow and a clock")
	}
	return s, nil
}

func split(text string) []section {
	parts := []section{{}}
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if name, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(name, " --") {
			parts = append(parts, section{name: strings.TrimSuffix(name, " --"), first: i + 2})
			continue
		}
		last := &parts[len(parts)-1]
		last.lines = append(last.lines, line)
	}
	return parts
}

func (s *Scenario) read(part section) error {
	switch part.name {
	case "flow":
		f, problems := flow.ParseWritten(strings.Join(part.lines, "\n"))
		if problems.HasErrors() {
			return fmt.Errorf("flow of line %d: %s", part.first, problems)
		}
		s.Flows = append(s.Flows, f)
		return nil
	case "trace":
		s.Want.Trace = filled(part.lines)
		return nil
	case "effects":
		s.Want.Effects = filled(part.lines)
		return nil
	case "enrollments":
		s.Want.Enrollments = filled(part.lines)
		return nil
	case "world", "script":
	default:
		return fmt.Errorf("line %d: unknown section %q", part.first-1, part.name)
	}
	for i, line := range part.lines {
		l, err := parseLine(line)
		if err == nil && len(l.words) > 0 {
			if part.name == "world" {
				err = s.place(l)
			} else {
				err = s.step(l, part.first+i)
			}
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", part.first+i, err)
		}
	}
	return nil
}

func filled(lines []string) []string {
	var out []string
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// place reads a line of the world.
func (s *Scenario) place(l line) (err error) {
	switch what := l.words[0]; {
	case what == "clock" && len(l.words) == 2:
		s.Clock, err = time.Parse(time.RFC3339, l.words[1])
		return err
	case what == "member" && len(l.words) == 2:
		m := crm.Member{Role: crm.Agent}
		return recode(l.values, &m, func() { m.ID = l.words[1]; s.Members = append(s.Members, m) })
	case what == "field" && len(l.words) == 4:
		r, err := crm.ParseResource(l.words[1])
		if err != nil {
			return err
		}
		s.Schemas = s.Schemas.With(r, crm.Field{Name: l.words[2], Type: crm.FieldType(l.words[3]), Custom: true})
		return nil
	case crm.Resource(what).Valid() && len(l.words) == 2:
		rec := crm.Record{Resource: crm.Resource(what), ID: l.words[1], Rev: 1, CreatedAt: s.Clock, UpdatedAt: s.Clock}
		rec.Fields = s.stored(rec.Resource, l.values, l.values)
		s.Records = append(s.Records, rec)
		return nil
	}
	return fmt.Errorf("unknown line %q: use clock, member, field, or a record such as: deal D-1 amount=5", strings.Join(l.words, " "))
}

func recode(values map[string]any, into any, then func()) error {
	data, err := json.Marshal(values)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err == nil {
		then()
	}
	return err
}

// stored turns written values into stored ones: money into minor units.
func (s *Scenario) stored(r crm.Resource, values, around map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	currency, _ := around["currency"].(string)
	for name, v := range values {
		f, _ := s.Schemas[r].Field(name)
		if n, ok := v.(float64); ok && f.Type == crm.Money {
			v = crm.Minor(n, currency)
		}
		out[name] = v
	}
	return out
}

// step reads a line of the script.
func (s *Scenario) step(l line, number int) error {
	st := Step{Line: number, Fields: map[string]any{}}
	words := l.words
	if words[0] == "during" && len(words) > 2 {
		st.During, words = words[1], words[2:]
	} else {
		at, err := offset(words[0])
		if err != nil || len(words) < 2 {
			return fmt.Errorf("a step begins with a time such as +10m and a verb: %w", err)
		}
		st.At, words = at, words[1:]
	}
	st.Verb, words = words[0], words[1:]
	if err := st.target(words); err != nil {
		return err
	}
	for name, v := range l.values {
		st.option(name, v)
	}
	switch st.Verb {
	case "create", "update":
		around := st.Fields
		for _, rec := range s.Records {
			if st.Fields["currency"] == nil && rec.Resource == st.Resource && rec.ID == st.ID {
				around = rec.Fields
			}
		}
		st.Fields = s.stored(st.Resource, st.Fields, around)
	}
	s.Steps = append(s.Steps, st)
	return nil
}

// target reads what stands behind the verb.
func (st *Step) target(words []string) error {
	var into []*string
	var resource string
	switch st.Verb {
	case "update", "create", "delete":
		into = []*string{&resource, &st.ID}
	case "event":
		into = []*string{&st.Event, &resource, &st.ID}
	case "start", "cancel", "retry", "skip":
		into = []*string{&st.Flow, &st.ID}
	case "finish":
		into = []*string{&st.Flow, &st.ID, &st.Node}
	case "fail", "answer":
		into = []*string{&st.Node}
	case "on", "off", "publish":
		into = []*string{&st.Flow}
	case "again", "end":
	default:
		return fmt.Errorf("unknown verb %q", st.Verb)
	}
	if len(words) != len(into) {
		return fmt.Errorf("%s takes %d words, not %d", st.Verb, len(into), len(words))
	}
	for i, p := range into {
		*p = words[i]
	}
	if resource == "" {
		return nil
	}
	var err error
	st.Resource, err = crm.ParseResource(resource)
	return err
}

// option takes in name=value: the step's own by verb, else a field.
func (st *Step) option(name string, v any) {
	text := fmt.Sprint(v)
	number, _ := v.(float64)
	switch {
	case name == "by":
		st.By = text
	case st.Verb == "event" && name == "kind":
		st.Kind = text
	case st.Verb == "event" && name == "id":
		st.EventID = text
	case st.Verb == "finish" && name == "port":
		st.Port = text
	case st.Verb == "fail" && name == "times":
		st.Times = int(number)
	case st.Verb == "fail" && name == "temporary":
		st.Temporary, _ = v.(bool)
	case st.Verb == "fail" && name == "code":
		st.Code = text
	case st.Verb == "answer" && name == "status":
		st.Status = int(number)
	case name == "text" && st.Verb == "fail", name == "body" && st.Verb == "answer":
		st.Text = text
	default:
		st.Fields[name] = v
	}
}
