package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/engine"
)

const wholeJournal = `{"v":1,"at":"2026-11-28T00:00:00Z","kind":"choices","choices":{"round":1,"where":{"api":"https://api.example","org":{"guid":"o","name":"acme"},"space":{"guid":"s","name":"prod"}},"source":{"guid":"a","name":"orders-db"},"target":{"guid":"b","name":"orders-hyperscaler"}}}
`

// damages are lines that no program of today can take in, and why.
var damages = map[string]string{
	`{"v":1,"at":"2026-11-28T00:00:01Z","kind":"choices"}`: `it has no "choices"`,
	`{"v":1,"at":"2026-11-28T00:00:01Z","kind":"moment"}`:  `it has no "moment"`,
	`{"v":1,"at":"2026-11-28T00:00:01Z","kind":"intent"}`:  `it has no "effect"`,
	`{"v":1,"at":"2026-11-28`:                              "invalid character",
	`{"v":1,"at":7}`:                                       "not a JSON string",
	`{"v":9,"kind":"open"}`:                                "a newer version of this program",
	`[]`:                                                   "cannot unmarshal",
	"\x00\x00\x00":                                         "invalid character",
}

// TestADamagedJournalStandsInNobodysWay: the other migrations of the machine are there,
// and so is what the damaged one says before its damage.
func TestADamagedJournalStandsInNobodysWay(t *testing.T) {
	t.Parallel()
	for damage, why := range damages {
		dir := t.TempDir()
		migrations := filepath.Join(dir, "migrations")
		write := func(name, text string) {
			t.Helper()
			if err := errors.Join(os.MkdirAll(migrations, 0o700), os.WriteFile(filepath.Join(migrations, name), []byte(text), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		write("whole.jsonl", strings.ReplaceAll(wholeJournal, "orders", "billing"))
		write("damaged.jsonl", wholeJournal+damage+"\n"+wholeJournal)
		write("nothing.jsonl", damage+"\n")
		list, err := engine.Journals(dir)
		if err != nil || len(list) != 3 {
			t.Fatalf("%q: %d journals, %v", damage, len(list), err)
		}
		for _, m := range list {
			switch m.ID {
			case "whole":
				if m.Damage != nil || m.Source != "billing-db" {
					t.Errorf("%q: %+v", damage, m)
				}
			case "damaged":
				if m.Source != "orders-db" || m.Org != "acme" || m.Damage == nil || !strings.Contains(m.Damage.Error(), "line 2: ") || !strings.Contains(m.Damage.Error(), why) {
					t.Errorf("%q: %+v", damage, m)
				}
			case "nothing":
				if m.Source != "" || m.Damage == nil || strings.Count(m.Damage.Error(), "nothing.jsonl") != 1 {
					t.Errorf("%q: %+v", damage, m)
				}
			}
		}
		if says := engine.Damaged(list); len(says) != 2 {
			t.Errorf("%q: %q", damage, says)
		}
		if s, err := engine.Load(dir); err != nil || s.Choices.Source.Name != "billing-db" {
			t.Errorf("%q: the newest that can be read: %v", damage, err)
		}
	}
}

// FuzzJournal: whatever stands in a journal, reading it ends with what it says or with
// an error.
func FuzzJournal(f *testing.F) {
	f.Add(wholeJournal)
	for damage := range damages {
		f.Add(damage)
	}
	f.Add(`{"kind":"outcome","result":"done"}`)
	f.Add(`{"kind":"moment","moment":{}}`)
	f.Add(`{"kind":"moment","moment":{"kind":"step"}}`)
	f.Add(`{"kind":"intent","effect":{}}`)
	f.Add(`{"kind":"intent","effect":{"do":"bind"}}`)
	f.Add(`{"kind":"choices","choices":{"round":-1,"where":{}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		dir := t.TempDir()
		path := filepath.Join(dir, "migrations", "x.jsonl")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text+"\n"), 0o600)); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, _ = engine.Journals(dir)
		_, _ = engine.LoadMigration(dir, "x")
		if d := time.Since(began); d > time.Minute {
			t.Errorf("it took %v", d)
		}
	})
}
