package engine

import (
	"errors"
	"slices"
	"time"

	"pg-migrate-wizard/steps"
)

// CloseItem notes in the record of a migration, ended or not, somebody's word on an open
// thing. No server is asked, and nothing else of the record is touched.
func CloseItem(stateDir, id string, word steps.ItemClosed, at time.Time) (now steps.State, err error) {
	if now, err = LoadMigration(stateDir, id); err != nil {
		return now, err
	}
	j, err := openJournal(stateDir, id)
	if err != nil {
		return now, err
	}
	defer func() { err = errors.Join(err, j.close()) }()
	rec, err := readJournal(j.path)
	if err != nil {
		return now, err
	}
	was := recorded(rec.resumed()) // as it stands there: a word draws no conclusions
	now, _ = steps.Apply(was, steps.Event{At: at, Is: word})
	if now.Notice != "" {
		return now, errors.New(now.Notice)
	}
	lines := slices.DeleteFunc(changesOf(was, now, at), func(l line) bool { return l.Kind != lineChoices && l.Kind != lineMoment })
	return now, j.append(lines)
}
