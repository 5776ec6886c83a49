package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pg-migrate-wizard/steps"
)

// ErrNoMigration says that no migration is remembered here.
var ErrNoMigration = errors.New("no migration is remembered here")

// Load puts the newest migration of a state directory together as its journal
// has it, ended ones too, without asking any server. It is for reports: what is
// on the servers now is not in it. ErrNoMigration if there is none.
func Load(stateDir string) (steps.State, error) {
	entries, err := os.ReadDir(filepath.Join(stateDir, "migrations"))
	if errors.Is(err, fs.ErrNotExist) {
		return steps.State{}, ErrNoMigration
	}
	if err != nil {
		return steps.State{}, err
	}
	var newest record
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".jsonl") {
			continue
		}
		rec, err := readJournal(filepath.Join(stateDir, "migrations", entry.Name()))
		if err != nil {
			return steps.State{}, err
		}
		if rec.Last.After(newest.Last) {
			newest = rec
		}
	}
	if newest.Choices.Where == nil {
		return steps.State{}, ErrNoMigration
	}
	s, _ := steps.Apply(steps.New(), steps.Event{At: newest.Last, Is: steps.Resumed{
		Choices: newest.Choices, Did: newest.Did, History: slices.Clone(newest.History), Dangling: newest.Dangling,
	}})
	return s, nil
}
