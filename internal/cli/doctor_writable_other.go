//go:build !unix

package cli

import (
	"io/fs"
	"os"
)

// mayWrite goes by the attribute: who may write is a question that only writing
// answers here.
func mayWrite(dir string) error {
	info, err := os.Stat(dir)
	if err == nil && info.Mode().Perm()&0o200 == 0 {
		err = fs.ErrPermission
	}
	return err
}
