package cfsession

import (
	"context"
	"errors"
	"io/fs"
	"time"
)

// Kept is what the cf login file says, whether or not anybody is signed in.
type Kept struct {
	File        string // "" for a session that lives in memory
	API         string // "" before the first cf api
	User        string // "" when nobody is signed in
	Org, Space  Ref
	SSLDisabled bool
	SignedIn    bool // it holds a token, good or not
	// SetAside is where SignOut moved a file that is no cf configuration; "" for none.
	SetAside string
}

// ReadKept reads the cf login file under home ("" as for cf) and sends nothing.
// A file that is not there is no error: nothing is kept then. One that is no cf
// configuration is a *[DamagedFileError], with its path in what is returned.
func ReadKept(home string) (Kept, error) {
	file, err := newLoginFile(home)
	if err != nil {
		return Kept{}, err
	}
	k, err := file.kept()
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return k, err
}

func (f *loginFile) kept() (Kept, error) {
	rec, err := f.read()
	if _, damaged := errors.AsType[*DamagedFileError](err); damaged {
		return Kept{File: f.path}, err // which names the file
	}
	if err != nil {
		return Kept{File: f.path}, &Error{Op: "read " + f.path, Err: err}
	}
	k := Kept{
		File: f.path, API: rec.Target, Org: rec.OrganizationFields, Space: rec.SpaceFields, SSLDisabled: rec.SSLDisabled,
		SignedIn: rec.AccessToken != "" || rec.RefreshToken != "",
	}
	if api, err := parseBase(rec.Target); rec.Target != "" && err == nil {
		k.API = api.String()
	}
	if c, err := parseClaims(rec.access()); err == nil {
		k.User = c.who()
	}
	return k, nil
}

// SignOut takes the login out of the cf login file, as cf logout does: tokens,
// client, org and space; the API and its addresses stay. Nothing is sent: the
// tokens are forgotten, not revoked. It returns what was kept before; without a
// login nothing is written. A damaged file, which may hold tokens that nobody finds, is
// set aside.
func SignOut(ctx context.Context, home string) (Kept, error) {
	before, err := ReadKept(home)
	_, damaged := errors.AsType[*DamagedFileError](err)
	if !damaged && (err != nil || !before.SignedIn) {
		return before, err
	}
	file := &loginFile{before.File}
	defer file.lock(ctx)()
	if damaged {
		before.SetAside, err = file.setAside(time.Now())
		return before, err
	}
	err = file.change(func(loginRecord) map[string]any {
		return withTarget(map[string]any{
			"AccessToken": "", "RefreshToken": "",
			"UAAGrantType": "", "UAAOAuthClient": defaultClient, "UAAOAuthClientSecret": "",
		}, Ref{}, Ref{})
	})
	if err != nil {
		return before, &Error{Op: "write " + file.path, Err: err}
	}
	return before, nil
}
