package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/gofrs/flock"

	"pg-migrate-wizard/steps"
)

// ErrNoMigration says that no migration is remembered here.
var ErrNoMigration = errors.New("no migration is remembered here")

// Journals lists the migrations of a state directory, ended ones too, the newest
// first. One that cannot be read to its end is among them with its damage, and with what
// its lines before that say: it is no reason not to work with the others.
func Journals(stateDir string) ([]steps.JournalSummary, error) {
	dir := filepath.Join(stateDir, "migrations")
	entries, err := journalsIn(stateDir)
	if err != nil {
		return nil, err
	}
	var list []steps.JournalSummary
	for _, entry := range entries {
		id, ok := strings.CutSuffix(entry.Name(), ".jsonl")
		if !ok {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		rec, err := readJournal(path)
		if err == nil && rec.Choices.Where == nil {
			continue
		}
		m := rec.summary(id, path)
		m.Damage = err
		list = append(list, m)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].At.After(list[j].At) })
	return list, nil
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
	for _, m := range list {
		if m.Damage == nil {
			return LoadMigration(stateDir, m.ID)
		}
	}
	return steps.State{}, ErrNoMigration
}

// Damaged says which journals cannot be read, one sentence each: what stands there is
// not known, so whoever works beside them has to be told.
func Damaged(list []steps.JournalSummary) []string {
	var says []string
	for _, m := range list {
		if m.Damage != nil {
			says = append(says, "A record of this machine cannot be read: "+m.Damage.Error()+".")
		}
	}
	return says
}

func (r record) resumed() steps.Resumed {
	return steps.Resumed{Choices: r.Choices, Did: r.Did, History: slices.Clone(r.History), Dangling: r.Dangling, LastSeen: r.LastSeen}
}

func (r record) resumedAs(id string) steps.Resumed {
	resumed := r.resumed()
	resumed.ID = id
	return resumed
}

func (r record) summary(id, path string) steps.JournalSummary {
	m := steps.Summarize(r.Choices, r.History)
	m.ID, m.At, m.Path = id, r.Last, path
	return m
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
