//go:build unix

package cli

import "syscall"

// mayWrite asks the system, and writes nothing.
func mayWrite(dir string) error {
	const writeAndSearch = 0x2 | 0x1
	return syscall.Access(dir, writeAndSearch)
}
