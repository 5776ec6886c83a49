package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// StateDirError says why the records of migrations cannot be kept, or read, in a
// state directory.
type StateDirError struct {
	Dir string
	Err error
}

func (e *StateDirError) Error() string {
	err := e.Err
	if at, ok := errors.AsType[*fs.PathError](err); ok { // without the name of the system call
		err = fmt.Errorf("%s: %w", at.Path, at.Err)
	}
	return fmt.Sprintf("migrations cannot be remembered in %s (%v): make it writable, or name another directory with --state-dir", e.Dir, err)
}

func (e *StateDirError) Unwrap() error { return e.Err }

// CheckStateDir looks whether records can be kept in a state directory, by writing
// there: a promise to remember what was stopped must not break in the middle. The
// error is a *StateDirError. Nothing is left of the look.
func CheckStateDir(dir string) error {
	at := filepath.Join(dir, "migrations")
	var made []string // from the inside out
	for dir := at; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, dir)
	}
	defer func() {
		for _, dir := range made {
			_ = os.Remove(dir) // unless somebody has put something there
		}
	}()
	if err := os.MkdirAll(at, 0o700); err != nil {
		return &StateDirError{dir, err}
	}
	probe, err := os.CreateTemp(at, ".writable-*")
	if err != nil {
		return &StateDirError{dir, err}
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return &StateDirError{dir, err}
	}
	return nil
}

// journalsIn lists a state directory's journals; one that is not there has none.
func journalsIn(stateDir string) ([]os.DirEntry, error) {
	entries, err := os.ReadDir(filepath.Join(stateDir, "migrations"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &StateDirError{stateDir, err}
	}
	return entries, nil
}
