//go:build unix

package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"pg-migrate-wizard/internal/engine"
)

// TestAPipeIsNoJournal: it is told from one before anybody waits for its end.
func TestAPipeIsNoJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "migrations", "pipe.jsonl")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	list, err := engine.Journals(dir)
	if err != nil || len(list) != 1 || list[0].Damage == nil || !strings.Contains(list[0].Damage.Error(), "not a regular file") {
		t.Errorf("%+v, %v", list, err)
	}
	if _, err := engine.LoadMigration(dir, "pipe"); err == nil {
		t.Error("it was loaded")
	}
}
