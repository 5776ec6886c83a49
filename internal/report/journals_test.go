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
		before := values(t, want)
		if diff := cmp.Diff(before, known(before, values(t, got))); diff != "" {
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

// known is what a reader of before sees of a value: fields are added, and it ignores what
// it does not know.
func known(before, now any) any {
	switch b := before.(type) {
	case map[string]any:
		n, ok := now.(map[string]any)
		if !ok {
			return now
		}
		seen := map[string]any{}
		for field, value := range n {
			if was, ok := b[field]; ok {
				seen[field] = known(was, value)
			}
		}
		return seen
	case []any:
		n, ok := now.([]any)
		if !ok || len(n) != len(b) {
			return now
		}
		seen := []any{}
		for i := range n {
			seen = append(seen, known(b[i], n[i]))
		}
		return seen
	}
	return now
}
