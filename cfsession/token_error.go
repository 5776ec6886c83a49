package cfsession

import (
	"errors"
	"time"

	"pg-migrate-wizard/internal/sanitize"
)

// TokenError says that the token server gave no token for a reason that passes: it
// could not be reached, was busy or in trouble, answered something that is not its own,
// or refused in a way that says nothing of the login. The login is as good as it was,
// and the request that needed the token was not sent.
type TokenError struct {
	RetryAfter time.Duration // how long the server asks to wait; 0 if it does not
	Err        *Error        // the token request
}

func (e *TokenError) Error() string {
	return sanitize.Line("there is no token at the moment: " + e.Err.Error())
}

func (e *TokenError) Unwrap() error { return e.Err }

// RetryAfter is how long a server has asked to wait before the next request, the token
// server included; 0 if it has not.
func RetryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*TokenError](err); ok {
		return e.RetryAfter
	}
	for err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok {
			break
		}
		if e.RetryAfter > 0 {
			return e.RetryAfter
		}
		err = e.Err
	}
	return 0
}
