package cfsession

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// replaceFile puts data in the place of a file. Windows refuses the rename
// while another program (cf, a virus scanner) has the file open: it is tried
// again for a moment, as cf does. renameio does not exist on Windows.
func replaceFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "temp-config")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err = tmp.Write(data); err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", tmp.Name(), err)
	}
	for wait := 10 * time.Millisecond; ; wait *= 2 {
		if err = os.Rename(tmp.Name(), path); err == nil || wait > 200*time.Millisecond {
			return err
		}
		time.Sleep(wait)
	}
}
