package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// workFolder is a folder for as long as the process lives, in the system's temporary
// directory. One whose process was killed is taken away by the next that makes one: its
// lock is free then.
type workFolder struct {
	dir  string
	lock *flock.Flock
}

const (
	folderLock = "in-use.lock"
	// A folder is made before its lock is held, and was made without one by the versions
	// before; neither is abandoned before so long.
	youngest, oldest = time.Minute, 7 * 24 * time.Hour
)

// workFolders are the kinds of folders that the program makes.
var workFolders = []string{"demo", "ca"}

func newWorkFolder(kind string) (*workFolder, error) {
	sweepWorkFolders(os.TempDir(), time.Now())
	dir, err := os.MkdirTemp("", programName+"-"+kind+"-")
	if err != nil {
		return nil, fmt.Errorf("temporary folder: %w", err)
	}
	w := &workFolder{dir, flock.New(filepath.Join(dir, folderLock), flock.SetPermissions(0o600))}
	if _, err := w.lock.TryLock(); err != nil {
		return nil, errors.Join(fmt.Errorf("temporary folder: %w", err), os.RemoveAll(dir))
	}
	return w, nil
}

func (w *workFolder) remove() error {
	if err := errors.Join(w.lock.Unlock(), os.RemoveAll(w.dir)); err != nil {
		return fmt.Errorf("temporary folder: %w", err)
	}
	return nil
}

// sweepWorkFolders removes the folders of processes that are gone. What cannot be removed
// is somebody else's.
func sweepWorkFolders(in string, now time.Time) {
	for _, kind := range workFolders {
		dirs, _ := filepath.Glob(filepath.Join(in, programName+"-"+kind+"-*")) // the pattern is ours
		for _, dir := range dirs {
			if abandoned(dir, now) {
				_ = os.RemoveAll(dir)
			}
		}
	}
}

func abandoned(dir string, now time.Time) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() {
		return false
	}
	path := filepath.Join(dir, folderLock)
	held, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return now.Sub(info.ModTime()) > oldest
	case err != nil || now.Sub(held.ModTime()) < youngest:
		return false
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
	free, err := lock.TryLock()
	if err != nil {
		return false
	}
	_ = lock.Unlock()
	return free
}
