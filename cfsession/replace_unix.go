//go:build !windows

package cfsession

import (
	"path/filepath"

	"github.com/google/renameio/v2"
)

// replaceFile puts data in the place of a file, at once and durably. The
// temporary file lies beside it: tokens do not pass through /tmp.
func replaceFile(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o600,
		renameio.WithTempDir(filepath.Dir(path)), renameio.WithStaticPermissions(0o600))
}
