package rule

import (
	"errors"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/file"
)

// plain is what expr-lang says, as a pattern, and what authors read instead.
// {1} is the first thing caught, as it is; [1] the same as a word for its type.
type plain struct {
	says  *regexp.Regexp
	reads string
}

func rewrite(says, reads string) plain { return plain{regexp.MustCompile("^" + says + "$"), reads} }

var typePlains = []plain{
	rewrite(`(“.+)`, "{1}."), // ours already
	rewrite(`invalid operation: (\S+) \(mismatched type (.+)\)`, "“{1}” does not work on [2]."),
	rewrite(`type (.+) has no (?:field|method) (.+)`, "This is [1] and has no field “{2}”."),
	rewrite(`type (.+)\[.+\] is undefined`, "This is [1] and has no elements."),
	rewrite(`array elements can only be selected using an integer \(got (.+)\)`, "An element is named by a whole number, but this is [1]."),
	rewrite(`cannot use (.+) to get an element from .+`, "A field is named by a text, but this is [1]."),
	rewrite(`cannot slice (.+)`, "Only a part of a list or text can be taken, but this is [1]."),
	rewrite(`non-integer slice index (.+)`, "A part is named by whole numbers, but this is [1]."),
	rewrite(`cannot use (.+) as type (.+) in array`, "The list holds [2], so [1] is never in it."),
	rewrite(`cannot use (.+) as type .+ in map key`, "A field is named by a text, but this is [1]."),
	rewrite(`(?:expected bool, but got |non-bool expression \(type )([^)]+)(?:\).*)?`, "This must be a yes-or-no test, but it is [1]. Compare it with something."),
	rewrite(`builtin (\w+) takes only array \(got (.+)\)`, "“{1}” needs a list, but this is [2]."),
	rewrite(`predicate should return boolean \(got (.+)\)`, "The test must be yes or no, but it is [1]."),
	rewrite(`predicate should .+`, "A formula is needed here, but this is no value."),
	rewrite(`sortBy order .+`, `The order of sortBy is "asc" or "desc".`),
	rewrite(`unknown pointer .+`, "Inside a list function write # for the element."),
	rewrite(`cannot use pointer accessor outside predicate`, "# can only be written inside a list function such as any."),
	rewrite(`cannot redeclare .+`, "This name is taken. Choose another one for let."),
}

var mismatch = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched types (.+) and (.+)\)$`)

// typeIssue turns what the type checker found into an issue.
func typeIssue(src string, err error) Issue {
	from, said := 0, err.Error()
	var at *file.Error
	if errors.As(err, &at) {
		from, said = at.From, at.Message
	}
	code := "type_mismatch"
	if strings.HasPrefix(said, "expected bool") || strings.HasPrefix(said, "non-bool") {
		code = "not_a_condition"
	}
	return issueAt(src, from, code, plainType(said))
}

func plainType(said string) string {
	if m := mismatch.FindStringSubmatch(said); m != nil {
		return plainMismatch(m[1], typeWord(m[2]), typeWord(m[3]))
	}
	for _, p := range typePlains {
		m := p.says.FindStringSubmatch(said)
		if m == nil {
			continue
		}
		reads := p.reads
		for i, caught := range m[1:] {
			n := string(rune('1' + i))
			reads = strings.ReplaceAll(strings.ReplaceAll(reads, "["+n+"]", typeWord(caught)), "{"+n+"}", caught)
		}
		return reads
	}
	return "The types of the values do not go together here."
}

// typeWord names a Go type for authors.
func typeWord(t string) string {
	switch {
	case t == "string":
		return "a text"
	case t == "int" || t == "float64":
		return "a number"
	case t == "bool":
		return "yes or no"
	case t == "time.Time":
		return "a date"
	case t == "time.Duration":
		return "a length of time"
	case t == "nil":
		return "no value"
	case strings.HasPrefix(t, "[]"):
		return "a list"
	case strings.HasPrefix(t, "map["):
		return "a group of fields"
	}
	return "a value"
}

// plainMismatch explains two operands that do not go together, with a way out
// for the usual mistakes.
func plainMismatch(operator, left, right string) string {
	text := "“" + operator + "” does not work between " + left + " and " + right + "."
	both := left + ", " + right
	switch operator {
	case "&&", "||", "and", "or":
		return text + " Each side must be a yes-or-no test."
	case "..":
		return "“..” needs whole numbers. Write int(…) around the value."
	case "contains", "startsWith", "endsWith", "matches":
		if strings.Contains(both, "a list") {
			return text + " Write value in list."
		}
		return text + " It needs two texts."
	case "+":
		return text + " Write text(…) around what is not a text."
	}
	switch {
	case strings.Contains(both, "a date") && strings.Contains(both, "a text"):
		return text + ` Write dates as date("2026-12-31").`
	case strings.Contains(both, "a number") && strings.Contains(both, "a text"):
		return text + " Numbers are written without quotes."
	case (operator == "==" || operator == "!=") && strings.Contains(both, "a list"):
		return text + " Write value in list."
	}
	return text
}

var (
	unexpected = regexp.MustCompile(`^unexpected token (\w+)(?:\("(.*)"\))?$`)
	strange    = regexp.MustCompile(`^unrecognized character: U\+[0-9A-F]+ '(.+)'$`)
)

// plainSyntax says what the parser could not read.
func plainSyntax(src, said string) string {
	m := unexpected.FindStringSubmatch(said)
	odd := strange.FindStringSubmatch(said)
	switch {
	case strings.Contains(src, "{{"):
		return "{{ }} is for texts; here write the field's name alone"
	case odd != nil && strings.Contains("“”„‘’«»", odd[1]):
		return `use straight quotes, as in "new"`
	case odd != nil:
		return "“" + odd[1] + "” is not expected here"
	case said == "literal not terminated":
		return "a quote is not closed"
	case strings.HasPrefix(said, "expected at least"):
		return "the list function needs a list and a formula, as in any(lead.tags, # == \"vip\")"
	case m == nil:
		return said
	case m[1] == "EOF":
		return "it ends too early"
	case m[1] == "Operator" && m[2] == "=":
		return "compare with ==, not ="
	}
	return "“" + m[2] + "” is not expected here"
}
