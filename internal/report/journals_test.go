package report_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/report"
	"pg-migrate-wizard/steps"
)

// TestJournalsOfBeforeAreRead: the journals were written, and the reports made, by
// the program before its record had identities.
func TestJournalsOfBeforeAreRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cleaned-up", "backed-out"} {
		journal, err := os.ReadFile(filepath.Join("testdata", "journals", name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "migrations"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "migrations", name+".jsonl"), journal, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := engine.LoadMigration(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range s.History {
			if m.Kind == steps.MomentEffect && (m.ID == "" || m.Verb == "") {
				t.Errorf("%s: what is it about? %+v", name, m)
			}
		}
		want, err := os.ReadFile(filepath.Join("testdata", "journals", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var made struct{ Made time.Time }
		if err := json.Unmarshal(want, &made); err != nil {
			t.Fatal(err)
		}
		got, err := json.MarshalIndent(report.New(s, made.Made), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(values(t, want), values(t, got)); diff != "" {
			t.Errorf("%s: (-before +now)\n%s", name, diff)
		}
	}
}

func values(t *testing.T, text []byte) (v any) {
	t.Helper()
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
