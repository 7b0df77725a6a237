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
	notList    = regexp.MustCompile(`^builtin (\w+) takes only array \(got (.+)\)$`)
	notBoolIn  = regexp.MustCompile(`^predicate should return boolean \(got (.+)\)$`)
	unexpected = regexp.MustCompile(`^unexpected token (\w+)(?:\("(.*)"\))?$`)
)

// typeIssue turns what the type checker found into an issue.
func typeIssue(src string, err error, condition bool) Issue {
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
		return "“" + m[1] + "” does not work between " + goWords.Replace(m[2]) + " and " + goWords.Replace(m[3]) + "."
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

func plainSyntax(s string) string {
	m := unexpected.FindStringSubmatch(s)
	switch {
	case m == nil:
		return s
	case m[1] == "EOF":
		return "it ends too early"
	case m[1] == "Operator" && m[2] == "=":
		return "compare with ==, not ="
	}
	return "“" + m[2] + "” is not expected here"
}
