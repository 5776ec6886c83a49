package apiclient

import (
	"context"
	"errors"
	"strings"

	"pg-migrate-wizard/internal/secret"
)

// TokenSource provides bearer tokens. It must be safe for concurrent use.
type TokenSource interface {
	// Token returns a valid bearer token without the "bearer " prefix.
	Token(ctx context.Context) (secret.Text, error)
	// Renew returns a new token after the service rejected one.
	Renew(ctx context.Context, rejected secret.Text) (secret.Text, error)
}

// usable adds an error for text that cannot be a token and must not get into a
// header.
func usable(token secret.Text, err error) (secret.Text, error) {
	t := token.Reveal()
	switch {
	case err != nil:
	case t == "":
		err = errors.New("the session has no token")
	case strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' || r > '~' }):
		err = errors.New("the session's token holds characters that no token has")
	}
	return token, err
}
