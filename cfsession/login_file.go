package cfsession

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/secret"
)

// loginFile is config.json of the cf CLI. cf takes no lock on it and rewrites
// it whole at the end of every command, from the copy it read at the start: what
// we write may be undone by a long cf command, and is read again before it is
// relied on.
type loginFile struct{ path string }

// loginRecord is the part of config.json that a session needs. Every other key,
// known to cf or not, is kept as it is.
type loginRecord struct {
	ConfigVersion         int
	Target                string
	APIVersion            string
	AuthorizationEndpoint string
	UaaEndpoint           string
	UAAOAuthClient        string
	UAAOAuthClientSecret  string
	UAAGrantType          string
	AccessToken           string
	RefreshToken          string
	SSLDisabled           bool
	OrganizationFields    Ref
	SpaceFields           Ref
	CFOnK8s               struct{ Enabled bool }
}

// Ref names an org, a space, an application or a service instance.
type Ref struct{ GUID, Name string }

// access is the stored access token without its "bearer ".
func (r loginRecord) access() secret.Text {
	scheme, token, found := strings.Cut(strings.TrimSpace(r.AccessToken), " ")
	if !found || !strings.EqualFold(scheme, "bearer") {
		return secret.New(strings.TrimSpace(r.AccessToken))
	}
	return secret.New(strings.TrimSpace(token))
}

func (r loginRecord) refresh() secret.Text { return secret.New(r.RefreshToken) }

// newLoginFile finds the file as cf does: $CF_HOME/.cf, else the home
// directory. A symbolic link is followed, so that a rename does not replace it.
func newLoginFile(home string) (*loginFile, error) {
	if home == "" {
		home = os.Getenv("CF_HOME")
	}
	if home == "" {
		var err error
		if home, err = os.UserHomeDir(); err != nil {
			return nil, fmt.Errorf("find the home directory: %w", err)
		}
	}
	path := filepath.Join(home, ".cf", "config.json")
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	return &loginFile{path}, nil
}

// LoginStamp changes when somebody writes the cf login file under home ("" as for
// cf). It goes by the file's date and size, without reading it.
func LoginStamp(home string) string {
	file, err := newLoginFile(home)
	if err != nil {
		return ""
	}
	info, err := os.Stat(file.path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}

func (f *loginFile) read() (loginRecord, error) {
	rec, _, err := f.readAll()
	return rec, err
}

// maxLoginFile bounds what is read of the file. With the lists of many plugins it has
// some ten thousand bytes.
const maxLoginFile = 4 << 20

// readAll returns the record and all keys of the file. A missing file is
// fs.ErrNotExist, one that cf could not read either a *DamagedFileError.
func (f *loginFile) readAll() (loginRecord, map[string]json.RawMessage, error) {
	var rec loginRecord
	damaged := func(err error) (loginRecord, map[string]json.RawMessage, error) {
		return loginRecord{}, nil, &DamagedFileError{f.path, err}
	}
	data, err := f.bytes()
	if err != nil {
		return rec, nil, err
	}
	if len(data) > maxLoginFile {
		return damaged(fmt.Errorf("it is larger than %d MiB", maxLoginFile>>20))
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return damaged(errors.New("it is empty"))
	}
	if err := json.Unmarshal(data, &rec); err != nil {
		return damaged(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return damaged(err)
	}
	if all == nil {
		return damaged(errors.New("it holds null"))
	}
	return rec, all, nil
}

// bytes reads the file up to one byte more than is allowed. What is no file is not
// opened: a pipe would wait for somebody to write.
func (f *loginFile) bytes() ([]byte, error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", f.path)
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, maxLoginFile+1))
}

// DamagedFileError says that the cf login file is no cf configuration. Signing in sets
// it aside, and signing out, too.
type DamagedFileError struct {
	Path string
	Err  error
}

func (e *DamagedFileError) Error() string {
	return sanitize.Line(e.Path + " is not a cf configuration: " + e.Err.Error())
}

func (e *DamagedFileError) Unwrap() error { return e.Err }

// setAside moves a damaged file out of the way, beside its place: it may hold what
// somebody still wants to look up. It returns its new path, "" if the file is sound or
// not there. The caller holds the lock.
func (f *loginFile) setAside(now time.Time) (string, error) {
	_, _, err := f.readAll()
	if _, damaged := errors.AsType[*DamagedFileError](err); !damaged {
		return "", nil
	}
	for n := 1; ; n++ {
		to := f.path + ".damaged-" + now.UTC().Format("20060102-150405")
		if n > 1 {
			to += fmt.Sprintf("-%d", n)
		}
		if _, err := os.Lstat(to); err == nil {
			continue // a second one within a second
		}
		if err := os.Rename(f.path, to); err != nil {
			return "", err
		}
		_ = os.Chmod(to, 0o600) // it may hold a token
		return to, nil
	}
}

// change reads the file again, lets edit decide on what it finds, and writes
// the keys that edit returned over those in the file. No keys: nothing is
// written. The caller holds the lock.
func (f *loginFile) change(edit func(now loginRecord) map[string]any) error {
	rec, all, err := f.readAll()
	if errors.Is(err, fs.ErrNotExist) {
		all, err = map[string]json.RawMessage{}, nil
	}
	if err != nil {
		return err
	}
	keys := edit(rec)
	if len(keys) == 0 {
		return nil
	}
	for key, value := range keys {
		if all[key], err = json.Marshal(value); err != nil {
			return fmt.Errorf("encode %s: %w", key, err)
		}
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("encode the cf configuration: %w", err)
	}
	return replaceFile(f.path, bytes.TrimRight(buf.Bytes(), "\n"))
}

const (
	lockName = "pg-migrate-wizard.lock"
	lockWait = 40 * time.Second // longer than a token call may take
	lockLook = 50 * time.Millisecond
)

// lock keeps other processes of ours (cf takes no lock) from renewing the same
// login at the same time. It is advice: where it cannot be had (a read-only
// directory, a file system without locks) the work goes on without it, and the
// look at the file before and after stands alone.
func (f *loginFile) lock(ctx context.Context) (unlock func()) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	dir := filepath.Dir(f.path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return func() {}
	}
	l := flock.New(filepath.Join(dir, lockName))
	if held, err := l.TryLockContext(ctx, lockLook); err != nil || !held {
		return func() {}
	}
	return func() { _ = l.Unlock() }
}
