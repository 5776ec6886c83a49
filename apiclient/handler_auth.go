package apiclient

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"pg-migrate-wizard/internal/secret"
)

// freshFor is how long a renewed token counts as fresh: half of its lifetime in
// the contract.
const freshFor = 5 * time.Minute

// authHandler adds the token. The service returns 403 for an expired token as
// well as for a missing role (contract, "If the REST API starts to reject your
// requests with 403"; 401 would be correct). So a rejected token is renewed once,
// and 403 for a fresh one means a missing role.
type authHandler struct {
	next   handler
	tokens TokenSource

	mu    sync.Mutex
	fresh struct { // the last result of Renew
		token    secret.Text
		since    time.Time
		accepted bool // by the service
	}
}

func (h *authHandler) do(ctx context.Context, c call) (*answer, error) {
	token, err := usable(h.tokens.Token(ctx))
	if err != nil {
		return nil, noToken(ctx, c, err)
	}

	a, err := h.send(ctx, c, token)
	e, rejected := rejection(err)
	if !rejected || h.isFresh(token, c) {
		return a, err
	}

	e.Kind = KindUnauthorized // not KindForbidden: the token may have expired
	renewed, err := usable(h.tokens.Renew(ctx, token))
	if err == nil && renewed == token {
		err = errors.New("the session gave the same token again")
	}
	if err != nil {
		e.Err = err
		if s := stopped(ctx, c); s != nil {
			e.Kind, e.Err = s.Kind, s.Err
		}
		return nil, e
	}
	h.remember(renewed)
	e.Renewed = true
	if c.changes() {
		return nil, e // only the caller may repeat it, after a check
	}

	a, err = h.send(ctx, c, renewed)
	if e, again := rejection(err); again {
		e.Renewed = true
	}
	return a, err
}

func (h *authHandler) send(ctx context.Context, c call, token secret.Text) (*answer, error) {
	c.Token = token
	a, err := h.next.do(ctx, c)
	if err == nil {
		h.accepted(token)
	}
	return a, err
}

// isFresh reports whether another renewal would be useless. An accepted token may
// still lack the role for changes.
func (h *authHandler) isFresh(token secret.Text, c call) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return token == h.fresh.token && time.Since(h.fresh.since) < freshFor && (c.changes() || !h.fresh.accepted)
}

func (h *authHandler) remember(token secret.Text) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fresh.token, h.fresh.since, h.fresh.accepted = token, time.Now(), false
}

func (h *authHandler) accepted(token secret.Text) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if token == h.fresh.token {
		h.fresh.accepted = true
	}
}

func rejection(err error) (*Error, bool) {
	e, ok := errors.AsType[*Error](err)
	return e, ok && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

// noToken is the error of a call that was not sent for lack of a token.
func noToken(ctx context.Context, c call, err error) *Error {
	e := stopped(ctx, c)
	if e == nil {
		e = c.fail(KindNoToken, err)
	}
	e.NotSent = true
	return e
}
