package cli

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// TestFoldersOfTheKilledAreSwept: and no others.
func TestFoldersOfTheKilledAreSwept(t *testing.T) {
	t.Parallel()
	in, now := t.TempDir(), time.Now()
	folder := func(name string, age time.Duration, locked string) {
		t.Helper()
		dir := filepath.Join(in, name)
		if err := os.MkdirAll(filepath.Join(dir, "state"), 0o700); err != nil {
			t.Fatal(err)
		}
		at := now.Add(-age)
		if locked != "" {
			path := filepath.Join(dir, folderLock)
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
			if locked == "held" {
				l := flock.New(path)
				if ok, err := l.TryLock(); !ok || err != nil {
					t.Fatal(ok, err)
				}
				t.Cleanup(func() { _ = l.Unlock() })
			}
		}
		if err := os.Chtimes(dir, at, at); err != nil {
			t.Fatal(err)
		}
	}
	for name, kept := range map[string]struct {
		age    time.Duration
		locked string
		stays  bool
	}{
		"pg-migrate-wizard-demo-killed":      {time.Hour, "free", false},
		"pg-migrate-wizard-ca-killed":        {time.Hour, "free", false},
		"pg-migrate-wizard-demo-alive":       {30 * 24 * time.Hour, "held", true},
		"pg-migrate-wizard-demo-being-made":  {0, "free", true},
		"pg-migrate-wizard-demo-no-lock-yet": {0, "", true},
		"pg-migrate-wizard-demo-of-before":   {8 * 24 * time.Hour, "", false},
		"pg-migrate-wizard-notes":            {30 * 24 * time.Hour, "free", true},
		"another-demo-killed":                {30 * 24 * time.Hour, "free", true},
	} {
		folder(name, kept.age, kept.locked)
		sweepWorkFolders(in, now)
		if _, err := os.Stat(filepath.Join(in, name)); (err == nil) != kept.stays {
			t.Errorf("%s: it stays: %v", name, err == nil)
		}
	}
}
