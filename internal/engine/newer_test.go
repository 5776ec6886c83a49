package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pg-migrate-wizard/internal/engine"
)

// TestAJournalOfANewerProgramIsRefused: what a step or a request of its means, only
// the newer program knows.
func TestAJournalOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	for what, line := range map[string]string{
		`the step "vacuum" is not known`:           `{"v":1,"kind":"moment","moment":{"kind":"step","subject":"vacuum","word":"begun"}}`,
		`the request "drain-app" is not known`:     `{"v":1,"kind":"intent","id":"drain-app:x#1","effect":{"do":"drain-app"}}`,
		"a newer version of this program wrote it": `{"v":3,"kind":"choices"}`,
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "migrations"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "migrations", "x.jsonl"), []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := engine.LoadMigration(dir, "x")
		if _, ok := errors.AsType[*engine.JournalError](err); !ok || !strings.Contains(err.Error(), what) {
			t.Errorf("want %q, got %v", what, err)
		}
	}
}
