package cfsession

import (
	"context"
	"errors"
	"io/fs"
)

// Kept is what the cf login file says, whether or not anybody is signed in.
type Kept struct {
	File        string
	API         string // "" before the first cf api
	User        string // "" when nobody is signed in
	Org, Space  Ref
	SSLDisabled bool
	SignedIn    bool // it holds a token, good or not
}

// ReadKept reads the cf login file under home ("" as for cf) and sends nothing.
// A file that is not there is no error: nothing is kept then.
func ReadKept(home string) (Kept, error) {
	file, err := newLoginFile(home)
	if err != nil {
		return Kept{}, err
	}
	k := Kept{File: file.path}
	rec, err := file.read()
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return k, &Error{Op: "read " + file.path, Err: err}
	}
	k.API, k.SSLDisabled = rec.Target, rec.SSLDisabled
	if api, err := parseBase(rec.Target); rec.Target != "" && err == nil {
		k.API = api.String()
	}
	k.Org, k.Space = rec.OrganizationFields, rec.SpaceFields
	k.SignedIn = rec.AccessToken != "" || rec.RefreshToken != ""
	if c, err := parseClaims(rec.access()); err == nil {
		k.User = c.who()
	}
	return k, nil
}

// SignOut takes the login out of the cf login file, as cf logout does: tokens,
// client, org and space; the API and its addresses stay. Nothing is sent: the
// tokens are forgotten, not revoked. It returns what was kept before; without a
// login nothing is written.
func SignOut(ctx context.Context, home string) (Kept, error) {
	before, err := ReadKept(home)
	if err != nil || !before.SignedIn {
		return before, err
	}
	file := &loginFile{before.File}
	defer file.lock(ctx)()
	err = file.change(func(loginRecord) map[string]any {
		keys := map[string]any{
			"AccessToken": "", "RefreshToken": "",
			"UAAGrantType": "", "UAAOAuthClient": defaultClient, "UAAOAuthClientSecret": "",
		}
		for key, value := range targetKeys(Ref{}, Ref{}) {
			keys[key] = value
		}
		return keys
	})
	if err != nil {
		return before, &Error{Op: "write " + file.path, Err: err}
	}
	return before, nil
}
