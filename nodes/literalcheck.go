package nodes

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"millrace.dev/flow"
)

var validEvent = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$`)

// literalOK checks a decoded value that is used as it is.
func (c *compiler) literalOK(p *Prop, v any, path string) bool {
	before := len(c.found)
	switch x := v.(type) {
	case string:
		c.literalText(p, x, path)
	case []string:
		for i, s := range x {
			c.literalItem(p, s, fmt.Sprintf("%s/%d", path, i), slices.Contains(x[:i], s))
		}
	case float64:
		if math.IsInf(x, 0) {
			c.wrongType(p)
		}
	case time.Duration:
		if x < time.Second {
			c.add(path, "too_small", fmt.Sprintf("%q must be at least one second.", p.Label))
		}
		if x > flow.MaxDelay {
			c.add(path, "too_large", fmt.Sprintf("%q may be at most %s.", p.Label, SayDuration(flow.MaxDelay)))
		}
	}
	return len(c.found) == before
}

func (c *compiler) literalText(p *Prop, s, path string) {
	switch p.Kind {
	case KindChoice:
		if !slices.Contains(p.Choices, s) {
			c.notAChoice(s, p.Choices, path)
		}
	case KindField:
		c.fieldName(s, path)
	case KindEvent:
		if !validEvent.MatchString(s) {
			c.add(path, "bad_event", fmt.Sprintf("%q is not an event. Events look like deal.updated or message.received.", s))
		}
	case KindText:
		if p.ChoicesOf != "" {
			c.choiceOf(p, s, path)
		}
	}
}

func (c *compiler) literalItem(p *Prop, s, path string, again bool) {
	switch {
	case strings.TrimSpace(s) == "":
		c.add(path, "required", "This entry is empty. Fill it in or delete it.")
	case again:
		c.add(path, "duplicate", fmt.Sprintf("%q is in the list twice.", s))
	case p.Kind == KindFields:
		c.fieldName(s, path)
	case p.Kind == KindChoices && len(p.Choices) > 0:
		if !slices.Contains(p.Choices, s) {
			c.notAChoice(s, p.Choices, path)
		}
	case p.Kind == KindChoices:
		c.choiceOf(p, s, path)
	}
}

func (c *compiler) fieldName(name, path string) {
	if f, ok := c.schema.Field(name); !ok || f.Sensitive {
		c.unknownField(name, path)
	}
}

func (c *compiler) unknownField(name, path string) {
	near := nearest(name, c.schema.Names())
	text := fmt.Sprintf("There is no field %q here.", name)
	if near != "" {
		text += fmt.Sprintf(" Did you mean %q?", near)
	}
	c.problem(flow.Problem{Path: path, Code: "unknown_field", Text: text, Suggestion: near})
}

// choiceOf checks a literal against the choices of a field of the record.
func (c *compiler) choiceOf(p *Prop, s, path string) bool {
	field, _ := c.schema.Field(p.ChoicesOf)
	if len(field.Choices) == 0 || slices.Contains(field.Choices, s) {
		return true
	}
	c.notAChoice(s, field.Choices, path)
	return false
}

func (c *compiler) notAChoice(s string, choices []string, path string) {
	c.problem(flow.Problem{
		Path: path, Code: "not_a_choice", Suggestion: nearest(s, choices),
		Text: fmt.Sprintf("%q is not one of: %s.", s, strings.Join(choices, ", ")),
	})
}
