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
	"internal/secret":     {},
	"internal/sanitize":   {},
	"internal/retryafter": {},
	"internal/origin":     {},
	"steps":               {never: []string{"net", "os", "io", "bufio", "log", "syscall", "path/filepath", "context", "sync", "math/rand", "crypto/rand", "charm.land", "github.com", "golang.org"}},
	"internal/sandbox":    {},
	"apiclient":           {ours: []string{"internal/secret", "internal/sanitize", "internal/retryafter"}},
	"cfsession":           {ours: []string{"internal/secret", "internal/sanitize", "internal/retryafter", "internal/origin"}},
	"internal/engine":     {ours: []string{"internal/secret", "internal/sanitize", "steps", "apiclient", "cfsession"}, never: []string{"charm.land", "golang.org/x/term"}},
	"internal/plan":       {ours: []string{"internal/secret", "internal/sanitize", "internal/origin", "steps"}, never: []string{"net/http", "os", "path/filepath", "charm.land"}},
	"internal/report":     {ours: []string{"internal/sanitize", "steps"}, never: []string{"net", "os", "path/filepath", "charm.land", "github.com"}},
	"tui":                 {ours: []string{"internal/secret", "internal/sanitize", "steps", "internal/engine"}, never: []string{"net", "os/exec", "path/filepath", "log"}},
	"internal/status":     {ours: []string{"internal/sanitize", "steps", "internal/engine"}, never: []string{"net", "os/exec", "path/filepath", "log", "charm.land", "github.com/spf13"}},
	"internal/unattended": {ours: []string{"tui", "internal/secret", "internal/sanitize", "steps", "internal/engine", "internal/plan", "cfsession", "internal/status"}, never: []string{"net", "os/exec", "path/filepath", "log", "charm.land", "github.com/spf13"}},
	"internal/notify":     {ours: []string{"internal/sanitize", "internal/origin", "steps", "internal/engine", "internal/status"}, never: []string{"path/filepath", "log", "charm.land", "github.com/spf13"}},
	"internal/cli":        {ours: []string{"internal/notify", "internal/secret", "internal/sanitize", "steps", "internal/engine", "tui", "cfsession", "internal/sandbox", "internal/report", "internal/plan", "internal/status", "internal/unattended"}},
	"":                    {ours: []string{"internal/cli"}},

	"internal/lazyregexp":        {},                                                                                               // of use to all of them but steps, and knows none
	"internal/engine/enginetest": {ours: []string{"internal/secret", "steps", "cfsession", "internal/engine", "internal/sandbox"}}, // imported by tests alone: no line here allows it
}

// TestImportsPointOneWay holds the house together: steps decides, engine acts,
// tui shows, and who may know whom.
func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
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
			if other, ours := strings.CutPrefix(i, module+"/"); ours && !slices.Contains(room.ours, other) && (other != "internal/lazyregexp" || name == "steps") {
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
