package cli_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "pg-migrate-wizard"

// house says which packages of ours each package may import, and which others
// it must not (with all that is below them). It holds for everything but tests.
var house = map[string]struct {
	ours  []string
	never []string
}{
	"secret":    {},
	"sanitize":  {},
	"steps":     {never: []string{"net", "os", "io", "bufio", "log", "syscall", "path/filepath", "context", "sync", "math/rand", "crypto/rand", "charm.land", "github.com", "golang.org"}},
	"sandbox":   {},
	"apiclient": {ours: []string{"secret", "sanitize"}},
	"cfsession": {ours: []string{"secret", "sanitize"}},
	"engine":    {ours: []string{"secret", "sanitize", "steps", "apiclient", "cfsession"}, never: []string{"charm.land", "golang.org/x/term"}},
	"plan":      {ours: []string{"secret", "sanitize", "steps"}, never: []string{"net/http", "os", "path/filepath", "charm.land"}},
	"report":    {ours: []string{"sanitize", "steps"}, never: []string{"net", "os", "path/filepath", "charm.land", "github.com"}},
	"tui":       {ours: []string{"secret", "sanitize", "steps", "engine"}, never: []string{"net", "os/exec", "path/filepath", "log"}},
	"cli":       {ours: []string{"secret", "sanitize", "steps", "engine", "tui", "cfsession", "sandbox", "report", "plan"}},
	"":          {ours: []string{"cli"}},

	"engine/enginetest": {ours: []string{"secret", "steps", "cfsession", "engine", "sandbox"}}, // imported by tests alone: no line here allows it
}

// TestImportsPointOneWay holds the house together: steps decides, engine acts,
// tui shows, and who may know whom.
func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for list := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := list.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		room, ok := house[name]
		if !ok {
			t.Errorf("%s has no place in the house: give it a line here", p.ImportPath)
			continue
		}
		seen++
		for _, i := range p.Imports {
			if other, ours := strings.CutPrefix(i, module+"/"); ours && !slices.Contains(room.ours, other) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
			if slices.ContainsFunc(room.never, func(n string) bool { return i == n || strings.HasPrefix(i, n+"/") }) {
				t.Errorf("%s imports %s", p.ImportPath, i)
			}
		}
	}
	if seen != len(house) {
		t.Errorf("%d of %d packages were seen", seen, len(house))
	}
}
