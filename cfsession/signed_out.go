package cfsession

import "pg-migrate-wizard/internal/sanitize"

// SignedOutReason says why there is no usable login.
type SignedOutReason string

// The reasons. The text is for people.
const (
	NoLoginFile    SignedOutReason = "there is no cf login yet"
	UnreadableFile SignedOutReason = "the cf login could not be read"
	MalformedFile  SignedOutReason = "the cf login is damaged"
	LoggedOut      SignedOutReason = "cf is logged out"
	Unsupported    SignedOutReason = "this kind of cf login cannot be used"
	Unprotected    SignedOutReason = "the cf login names an address over plain http, where its token could be read on the way"
	// Expired: the token has run out and cannot be renewed, because the server
	// refuses the refresh token or there is nothing to renew with.
	Expired SignedOutReason = "the cf login has expired"
)

// SignedOutError says that nothing can be asked of the platform until a person
// signs in (again), with the wizard or with cf login.
type SignedOutError struct {
	Reason SignedOutReason
	Path   string // the login file, "" for a session that lives in memory
	Err    error  // what lies behind it; may be nil
}

func (e *SignedOutError) Error() string {
	text := "not signed in: " + string(e.Reason)
	if e.Path != "" {
		text += " (" + e.Path + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return sanitize.Line(text)
}

func (e *SignedOutError) Unwrap() error { return e.Err }
