package cli_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// inspectSources calls do for each node of the program's own source below a folder of the
// repository, tests left out: with the file's name there, and the node's place.
func inspectSources(t *testing.T, below string, do func(name string, at token.Position, files *token.FileSet, n ast.Node) (deeper bool)) {
	t.Helper()
	const root = "../.."
	err := filepath.WalkDir(filepath.Join(root, below), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		name = filepath.ToSlash(name)
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				return true
			}
			return do(name, files.Position(n.Pos()), files, n)
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
