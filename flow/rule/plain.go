package rule

import (
	"errors"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/file"
)

// goWords turns expr-lang's type names into words of authors.
var goWords = strings.NewReplacer(
	"map[string]interface {}", "a group", "[]interface {}", "a list", "[]string", "a list",
	"time.Duration", "a length of time", "time.Time", "a date",
	"float64", "a number", "string", "a text", "bool", "yes or no", "int", "a number", "unknown", "a value", "<nil>", "no value",
)

var (
	mismatch   = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched types (.+) and (.+)\)$`)
	mismatch1  = regexp.MustCompile(`^invalid operation: (\S+) \(mismatched type (.+)\)$`)
	noField    = regexp.MustCompile(`^type (.+) has no (?:field|method) (.+)$`)
	wrongIn    = regexp.MustCompile(`^cannot use (.+) as type (.+) in array$`)
	notBool    = regexp.MustCompile(`^(?:expected bool, but got|non-bool expression \(type) ([^)]+)\)?`)
	noElement  = regexp.MustCompile(`^type (.+)\[.+\] is undefined$`)
	strange    = regexp.MustCompile(`^unrecognized character: U\+[0-9A-F]+ '(.+)'$`)
	notList    = regexp.MustCompile(`^builtin (\w+) takes only array \(got (.+)\)$`)
	notBoolIn  = regexp.MustCompile(`^predicate should return boolean \(got (.+)\)$`)
	unexpected = regexp.MustCompile(`^unexpected token (\w+)(?:\("(.*)"\))?$`)
)

// typeIssue turns what the type checker found into an issue.
func typeIssue(src string, err error) Issue {
	var at *file.Error
	if !errors.As(err, &at) {
		return issueAt(src, 0, "not_a_condition", plainType(err.Error()))
	}
	code := "type_mismatch"
	if notBool.MatchString(at.Message) {
		code = "not_a_condition"
	}
	return issueAt(src, at.From, code, plainType(at.Message))
}

func plainType(s string) string {
	if m := mismatch.FindStringSubmatch(s); m != nil {
		return plainMismatch(m[1], goWords.Replace(m[2]), goWords.Replace(m[3]))
	}
	if m := noElement.FindStringSubmatch(s); m != nil {
		return "This is " + goWords.Replace(m[1]) + " and has no elements."
	}
	if m := mismatch1.FindStringSubmatch(s); m != nil {
		return "“" + m[1] + "” does not work on " + goWords.Replace(m[2]) + "."
	}
	if m := noField.FindStringSubmatch(s); m != nil {
		return "This is " + goWords.Replace(m[1]) + " and has no field “" + m[2] + "”."
	}
	if m := wrongIn.FindStringSubmatch(s); m != nil {
		return "The list holds " + goWords.Replace(m[2]) + ", so " + goWords.Replace(m[1]) + " is never in it."
	}
	if m := notBool.FindStringSubmatch(s); m != nil {
		return "This must be a yes-or-no test, but it is " + goWords.Replace(m[1]) + ". Compare it with something."
	}
	if m := notList.FindStringSubmatch(s); m != nil {
		return m[1] + " needs a list, but this is " + goWords.Replace(m[2]) + "."
	}
	if m := notBoolIn.FindStringSubmatch(s); m != nil {
		return "The test must be yes or no, but it is " + goWords.Replace(m[1]) + "."
	}
	return capital(goWords.Replace(s)) + "."
}

// plainMismatch explains two operands that do not go together, with a way out
// for the usual mistakes.
func plainMismatch(operator, left, right string) string {
	text := "“" + operator + "” does not work between " + left + " and " + right + "."
	both := left + " " + right
	switch {
	case left == "a number" && right == "a number":
		return "“" + operator + "” needs whole numbers. Write int(…) around the value."
	case operator == "+":
		return text + " Write text(…) around what is not a text."
	case strings.Contains(both, "a date") && strings.Contains(both, "a text"):
		return text + ` Write dates as date("2026-12-31").`
	case strings.Contains(both, "a number") && strings.Contains(both, "a text"):
		return text + " Numbers are written without quotes."
	case strings.Contains(both, "a list"):
		return text + " Write value in list."
	}
	return text
}

func plainSyntax(src, s string) string {
	m := unexpected.FindStringSubmatch(s)
	odd := strange.FindStringSubmatch(s)
	switch {
	case strings.Contains(src, "{{"):
		return "{{ }} is for texts; here write the field's name alone"
	case odd != nil && strings.Contains("“”„‘’«»", odd[1]):
		return "use straight quotes, as in \"new\""
	case odd != nil:
		return "“" + odd[1] + "” is not expected here"
	case s == "literal not terminated":
		return "a quote is not closed"
	case m == nil:
		return s
	case m[1] == "EOF":
		return "it ends too early"
	case m[1] == "Operator" && m[2] == "=":
		return "compare with ==, not ="
	}
	return "“" + m[2] + "” is not expected here"
}
