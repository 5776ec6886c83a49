package engine

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"

	"pg-migrate-wizard/steps"
)

// ErrNoMigration says that no migration is remembered here.
var ErrNoMigration = errors.New("no migration is remembered here")

// Remembered is a migration that a state directory has a journal of.
type Remembered struct {
	steps.Saved
	API   string
	Path  string        // of the journal
	Ended *steps.Ending // nil: it has not ended
	// Spent are the targets that it has written to and given up: they cannot be used
	// for another try (contract: a replication needs a new target).
	Spent []steps.Ref
}

// Journals lists the migrations of a state directory, ended ones too, the newest
// first. What could not be read is left out of the list and told in the error.
func Journals(stateDir string) ([]Remembered, error) {
	dir := filepath.Join(stateDir, "migrations")
	entries, err := journalsIn(stateDir)
	if err != nil {
		return nil, err
	}
	var list []Remembered
	var broken error
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), ".jsonl")
		if !ok {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		rec, err := readJournal(path)
		if err != nil {
			broken = errors.Join(broken, err)
			continue
		}
		if rec.Choices.Where == nil {
			continue
		}
		list = append(list, Remembered{
			Saved: rec.saved(id), API: rec.Choices.Where.API, Path: path, Ended: rec.Choices.Ended,
			Spent: slices.Clone(rec.Choices.Spent),
		})
	}
	slices.SortStableFunc(list, func(a, b Remembered) int { return b.At.Compare(a.At) })
	return list, broken
}

// LoadMigration puts one migration together as its journal has it, without asking
// any server. ErrNoMigration if there is none of that identity.
func LoadMigration(stateDir, id string) (steps.State, error) {
	rec, err := readJournal(journalPath(stateDir, id))
	if errors.Is(err, fs.ErrNotExist) || err == nil && rec.Choices.Where == nil {
		return steps.State{}, ErrNoMigration
	}
	if err != nil {
		return steps.State{}, err
	}
	s, _ := steps.Apply(steps.New(), steps.Event{At: rec.Last, Is: rec.resumed()})
	return s, nil
}

// Load is LoadMigration of the newest one of a state directory, ended ones too.
// It is for reports: what is on the servers now is not in it.
func Load(stateDir string) (steps.State, error) {
	list, err := Journals(stateDir)
	if err != nil {
		return steps.State{}, err
	}
	if len(list) == 0 {
		return steps.State{}, ErrNoMigration
	}
	return LoadMigration(stateDir, list[0].ID)
}

func (r record) resumed() steps.Resumed {
	return steps.Resumed{Choices: r.Choices, Did: r.Did, History: slices.Clone(r.History), Dangling: r.Dangling}
}

// saved says in short what a journal is about.
func (r record) saved(id string) steps.Saved {
	w := r.Choices.Where
	s := steps.Saved{ID: id, Org: w.Org.Name, Space: w.Space.Name, At: r.Last, Step: cmp.Or(r.History.LastStep(), steps.SignIn)}
	if r.Choices.Source != nil {
		s.Source = r.Choices.Source.Name
	}
	if r.Choices.Target != nil {
		s.Target = r.Choices.Target.Name
	}
	return s
}

// InUse reports whether a program on this machine has a journal open.
func InUse(path string) bool {
	if _, err := os.Stat(path + ".lock"); err != nil {
		return false
	}
	lock := flock.New(path+".lock", flock.SetFlag(os.O_RDONLY))
	got, err := lock.TryRLock()
	if err != nil {
		return false
	}
	if got {
		_ = lock.Unlock()
	}
	return !got
}
