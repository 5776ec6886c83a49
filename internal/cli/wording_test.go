package cli_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// wordings are the fields that hold sentences for people.
var wordings = []string{
	"Title", "Why", "Says", "Label", "Consequence", "Blocked", "What", "Next", "NotChanged", "Text", "Notice", "Lines", "Cannot", "Help", "Object",
}

// matchers are the functions that look into a text.
var matchers = []string{
	"HasPrefix", "HasSuffix", "Contains", "ContainsAny", "Cut", "CutPrefix", "CutSuffix", "EqualFold", "Index", "Count", "Replace", "ReplaceAll", "TrimPrefix",
	"MatchString", "FindString", "FindStringSubmatch",
}

// heard are the places where a wording has to be looked into, and why. Each is one
// that nothing of ours has written, or decides nothing but how something is drawn.
var heard = map[string]string{
	"steps/explanations.go":           "the service's own words are explained, and nothing is unlocked by that",
	"steps/forecast.go":               "the service's own words make a forecast more careful",
	"internal/sandbox/cc_resource.go": "what the JSON reader says is put into the platform's words",
	"internal/engine/problem.go":      "the operation is not said twice",
	"apiclient/handler_redact.go":     "secrets are taken out",
}

// TestNothingIsDecidedByTheWordingOfAText: what is for people is said by fields, and
// decided on by identities beside them.
func TestNothingIsDecidedByTheWordingOfAText(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	inspectSources(t, ".", func(name string, at token.Position, files *token.FileSet, n ast.Node) bool {
		if !looksIntoWords(n) {
			return true
		}
		used[name] = true
		if heard[name] == "" {
			var text bytes.Buffer
			_ = printer.Fprint(&text, files, n)
			t.Errorf("%s decides by a wording: %s", at, &text)
		}
		return true
	})
	for name := range heard {
		if !used[name] {
			t.Errorf("%s looks into no wording any more: take it off the list", name)
		}
	}
}

// TestKeysAndFlagsAreNamedByInterfacesAlone: what decides does not know how it is shown.
func TestKeysAndFlagsAreNamedByInterfacesAlone(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?i)\bkey [a-z?]\b|--(api-url|landscape|provider|migration-url|yes|confirm|target|plain)\b`)
	for _, dir := range []string{"steps", "cfsession", "apiclient", "internal/engine"} {
		list, err := filepath.Glob("../../" + dir + "/*.go")
		if err != nil || len(list) == 0 {
			t.Fatal(dir, err)
		}
		for _, path := range list {
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING && !strings.HasSuffix(path, "_test.go") && named.MatchString(l.Value) {
					t.Errorf("%s: %s", files.Position(l.Pos()), l.Value)
				}
				return true
			})
		}
	}
}

// looksIntoWords reports whether a piece of code matches a wording or compares it with
// a text that stands in the program.
func looksIntoWords(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		f, ok := n.Fun.(*ast.SelectorExpr)
		return ok && slices.Contains(matchers, f.Sel.Name) && slices.ContainsFunc(n.Args, isWording)
	case *ast.BinaryExpr:
		return (n.Op == token.EQL || n.Op == token.NEQ) && (isWording(n.X) && isText(n.Y) || isWording(n.Y) && isText(n.X))
	case *ast.SwitchStmt:
		return n.Tag != nil && isWording(n.Tag)
	}
	return false
}

func isText(e ast.Expr) bool {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return false
	}
	text, err := strconv.Unquote(l.Value)
	return err == nil && text != ""
}

// isWording reports whether an expression is made of a wording or of an error's text.
func isWording(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Error" && len(n.Args) == 0 {
				found = true
			}
		case *ast.SelectorExpr:
			found = found || slices.Contains(wordings, n.Sel.Name)
		case *ast.FuncLit:
			return false
		}
		return true
	})
	return found
}
