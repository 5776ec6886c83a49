package engine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// Archive takes a migration's journal out of the migrations that are remembered, into
// the directory archive beside them: nothing is deleted, and nothing looks there. One
// that a program has open stays. It returns where the journal is then.
func Archive(stateDir, id string) (string, error) {
	from := journalPath(stateDir, id)
	to := filepath.Join(stateDir, "archive", id+".jsonl")
	if InUse(from) {
		return "", &JournalBusyError{from}
	}
	lock := flock.New(from+".lock", flock.SetPermissions(0o600))
	switch got, err := lock.TryLock(); {
	case err != nil:
		return "", &JournalError{from, err}
	case !got:
		return "", &JournalBusyError{from}
	}
	err := os.MkdirAll(filepath.Dir(to), 0o700)
	if err == nil {
		if _, there := os.Lstat(to); there == nil {
			err = errors.New("there is one of that identity in the archive: " + to)
		}
	}
	if err == nil {
		err = os.Rename(from, to)
	}
	err = errors.Join(err, lock.Unlock())
	if err != nil {
		return "", &JournalError{from, err}
	}
	if err := os.Remove(from + ".lock"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return to, &JournalError{from, err}
	}
	return to, nil
}
