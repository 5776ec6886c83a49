package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"
)

var (
	errNotAFile = errors.New("it is there and is no file: a device, a pipe or a socket is not replaced. Name a file, or - for standard output")
	errADir     = errors.New("it is a directory: name a file in it")
)

// writeFile writes a file, whole or not at all. What is there and is no file stays as it
// is; a link stays a link, and what it leads to is written.
func writeFile(path string, data []byte, mode fs.FileMode) error {
	at, err := fileAt(path)
	if err == nil {
		err = maybe.WriteFile(at, data, mode)
	}
	if err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: causeOf(err)}
	}
	return nil
}

// maxLinks is how many links are followed: more go round in a circle.
const maxLinks = 40

// fileAt follows links to the file that is to be written, which need not be there yet.
func fileAt(path string) (string, error) {
	for range maxLinks {
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return path, nil
		case err != nil:
			return "", err
		case info.IsDir():
			return "", errADir
		case info.Mode().IsRegular():
			return path, nil
		case info.Mode()&fs.ModeSymlink == 0:
			return "", errNotAFile
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", errors.New("too many links")
}

// causeOf is an error without the name of the file and of the system call.
func causeOf(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}
