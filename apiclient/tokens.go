package apiclient

import (
	"context"
	"errors"
	"strings"

	"pg-migrate-wizard/internal/secret"
)

// TokenSource is what the client needs of a session. It must be safe for use by
// several goroutines at once.
type TokenSource interface {
	// Token returns a bearer token, without the "bearer " prefix, that is good
	// for the next request.
	Token(ctx context.Context) (secret.Text, error)
	// Renew is called when the service rejected a token. It returns a fresh one,
	// or an error if there is none to be had.
	Renew(ctx context.Context, rejected secret.Text) (secret.Text, error)
}

// usable refuses what cannot be a token before it comes near a header: net/http
// would refuse it too, but only after quoting rules that are not ours.
func usable(token secret.Text) error {
	t := token.Reveal()
	switch {
	case t == "":
		return errors.New("the session has no token")
	case strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("the session's token holds characters that no token has")
	}
	return nil
}
