//go:build unix

package cfsession

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestWhatIsNoFileIsNotWaitedFor(t *testing.T) {
	stub := newStub(t)
	home := t.TempDir()
	path := writeConfig(t, home, "", "", nil)
	for name, make := range map[string]func() error{
		"pipe":      func() error { return syscall.Mkfifo(path, 0o600) },
		"directory": func() error { return os.Mkdir(path, 0o700) },
		"device":    func() error { return os.Symlink(os.DevNull, path) },
	} {
		if err := errors.Join(os.RemoveAll(path), make()); err != nil {
			t.Fatal(err)
		}
		_, err := Open(t.Context(), stub.options(home))
		out, ok := errors.AsType[*SignedOutError](err)
		if !ok || out.Reason != UnreadableFile {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := SignOut(t.Context(), home); err == nil {
			t.Errorf("%s: signed out", name)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, _ := filepath.Glob(path + ".damaged*"); len(left) != 0 {
		t.Errorf("set aside: %v", left)
	}
}
