package tui

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// stillMigration is one in which nothing happens.
type stillMigration struct{ state steps.State }

func (s stillMigration) Snapshot() engine.Snapshot          { return engine.Snapshot{State: s.state} }
func (stillMigration) Updates() <-chan struct{}             { return nil }
func (stillMigration) Requests() ([]engine.Request, int)    { return nil, 0 }
func (stillMigration) Answer(_ steps.Answer, _ secret.Text) {}
func (stillMigration) LookAgain()                           {}

// restless are the numbers that depend on how a second was cut in two.
var (
	restless = regexp.MustCompile(`[0-9]+( s\b| min\b|:[0-9][0-9]\b(:[0-9][0-9]\b)?)|look [0-9]+`)
	seconds  = regexp.MustCompile(`:[0-9][0-9]`)
	digits   = regexp.MustCompile(`[0-9]+`)
)

// frame compares the screen with the one that is kept for the running test;
// UPDATE_GOLDEN=1 keeps the present one.
func (th *theatre) frame(name string) {
	th.t.Helper()
	th.compare(name, th.text())
}

func (th *theatre) compare(name, text string) {
	t := th.t
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(t.Name()), name+".txt")
	got := restless.ReplaceAllStringFunc(text, func(s string) string {
		return digits.ReplaceAllString(seconds.ReplaceAllString(s, ":##"), "#")
	})
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // test data
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil { //nolint:gosec // test data
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path) //nolint:gosec // test data
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the screen has changed (UPDATE_GOLDEN=1 keeps it):\n%s", diff)
	}
}
