package rule

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// compilePattern reads the pattern of "matches", refusing those that cost too
// much to run (SAFETY.md M7).
func compilePattern(src string) (pattern, *Error) {
	if utf8.RuneCountInString(src) > maxPattern {
		return pattern{}, errorf(CodeArgument, "A pattern may have at most %d characters.", maxPattern)
	}
	tree, err := syntax.Parse(src, syntax.Perl)
	if err != nil {
		return pattern{}, errorf(CodeArgument, "The pattern is not valid: %s.", patternFault(err))
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil || len(prog.Inst) > maxPatternSize {
		return pattern{}, errorf(CodeArgument, "The pattern is too complex.")
	}
	re, err := regexp.Compile(src)
	if err != nil {
		return pattern{}, errorf(CodeArgument, "The pattern is not valid.")
	}
	return pattern{re: re, size: len(prog.Inst)}, nil
}

func patternFault(err error) string {
	if e, ok := err.(*syntax.Error); ok {
		return e.Code.String()
	}
	return fmt.Sprint(err)
}
