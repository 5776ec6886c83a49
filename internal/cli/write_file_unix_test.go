//go:build unix

package cli

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestWhatIsNoFileIsNotReplaced: whatever stands where a file is to be written.
func TestWhatIsNoFileIsNotReplaced(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "w") // short enough for the path of a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	at := func(name string) string { return filepath.Join(dir, name) }
	socket, err := net.Listen("unix", at("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close() //nolint:errcheck // of the test
	if err := errors.Join(
		syscall.Mkfifo(at("pipe"), 0o600),
		os.Mkdir(at("directory"), 0o700),
		os.WriteFile(at("file"), []byte("old"), 0o600),
		os.Symlink("file", at("link")),
		os.Symlink("link", at("link-to-link")),
		os.Symlink("nothing-yet", at("dangling")),
		os.Symlink("circle", at("circle")),
		os.Symlink("/dev/null", at("to-device")),
		os.Symlink("pipe", at("to-pipe")),
	); err != nil {
		t.Fatal(err)
	}
	for name, refused := range map[string]string{
		"new": "", "file": "", "link": "", "link-to-link": "", "dangling": "",
		"circle": "too many links", "directory": "it is a directory",
		"pipe": "not replaced", "socket": "not replaced", "to-device": "not replaced", "to-pipe": "not replaced",
	} {
		before, errBefore := os.Lstat(at(name))
		err := writeFile(at(name), []byte(name), 0o600)
		switch {
		case refused == "" && err != nil, refused != "" && (err == nil || !strings.Contains(err.Error(), refused) || strings.Count(err.Error(), at(name)) != 1):
			t.Errorf("%s: %v", name, err)
		case refused == "":
			if got, err := os.ReadFile(at(name)); err != nil || string(got) != name {
				t.Errorf("%s has %q, %v", name, got, err)
			}
		}
		after, err := os.Lstat(at(name))
		if err != nil || errBefore == nil && after.Mode().Type() != before.Mode().Type() {
			t.Errorf("%s was %v and is %v, %v", name, before.Mode(), after.Mode(), err)
		}
	}
	if err := writeFile("/dev/null", nil, 0o600); err == nil {
		t.Error("a device was replaced")
	}
	if _, err := os.Stat(at("nothing-yet")); err != nil {
		t.Errorf("what the link leads to was not written: %v", err)
	}
}
