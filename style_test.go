//go:build !js

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	maxFileLines     = 400
	medianFileLines  = 130
	maxFunctionLines = 80
)

// source is one Go file that is not a test.
type source struct {
	path  string
	lines int
	ast   *ast.File
}

func sources(t *testing.T) (*token.FileSet, []source) {
	t.Helper()
	set := token.NewFileSet()
	var all []source
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if path == "build" {
			return filepath.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(set, path, text, parser.ParseComments)
		all = append(all, source{path, strings.Count(string(text), "\n"), file})
		return err
	}))
	return set, all
}

func TestFilesStaySmall(t *testing.T) {
	_, all := sources(t)
	sizes := make([]int, 0, len(all))
	for _, s := range all {
		sizes = append(sizes, s.lines)
		if s.lines > maxFileLines && !strings.HasPrefix(s.path, "app/i18n/") {
			t.Errorf("%s has %d lines; split it below %d", s.path, s.lines, maxFileLines)
		}
	}
	sort.Ints(sizes)
	require.LessOrEqual(t, sizes[len(sizes)/2], medianFileLines, "the median file is too long")
}

func TestFunctionsStaySmall(t *testing.T) {
	set, all := sources(t)
	for _, s := range all {
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			lines := set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1
			if lines > maxFunctionLines && !oneValue(f) {
				t.Errorf("%s: %s has %d lines; at most %d", s.path, f.Name.Name, lines, maxFunctionLines)
			}
		}
	}
}

// oneValue reports whether a function only returns one literal: a table.
func oneValue(f *ast.FuncDecl) bool {
	if len(f.Body.List) != 1 {
		return false
	}
	_, ok := f.Body.List[0].(*ast.ReturnStmt)
	return ok
}

func TestExportedNamesAreDocumented(t *testing.T) {
	_, all := sources(t)
	for _, s := range all {
		if s.ast.Name.Name == "main" {
			continue
		}
		for _, d := range s.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && !ownMethod(d) {
					t.Errorf("%s: %s is exported and not documented", s.path, d.Name.Name)
				}
			case *ast.GenDecl:
				undocumented(t, s.path, d)
			}
		}
	}
}

// ownMethod reports whether a function is a method of an unexported type:
// the interface it serves documents it.
func ownMethod(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return false
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if index, ok := typ.(*ast.IndexExpr); ok {
		typ = index.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && !name.IsExported()
}

func undocumented(t *testing.T, path string, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
				t.Errorf("%s: type %s is exported and not documented", path, spec.Name.Name)
			}
		case *ast.ValueSpec:
			if spec.Names[0].IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
				t.Errorf("%s: %s is exported and not documented", path, spec.Names[0].Name)
			}
		}
	}
}

var bannedNames = regexp.MustCompile(`(Manager|Service|Handler|Helper|Util|Impl|Base|Data|Info|Workflow|Edge|Wire)$|^Get[A-Z]`)

func TestNamesUseOurWords(t *testing.T) {
	_, all := sources(t)
	for _, s := range all {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && bannedNames.MatchString(f.Name.Name) {
				t.Errorf("%s: %s is not a name of ours (DESIGN: words)", s.path, f.Name.Name)
			}
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok && bannedNames.MatchString(ts.Name.Name) {
					t.Errorf("%s: type %s is not a name of ours (DESIGN: words)", s.path, ts.Name.Name)
				}
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	_, all := sources(t)
	documented := map[string]bool{}
	for _, s := range all {
		dir := filepath.Dir(s.path)
		documented[dir] = documented[dir] || s.ast.Doc != nil
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("package %s has no package comment", dir)
		}
	}
}
