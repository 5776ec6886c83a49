package apiclient

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"pg-migrate-wizard/internal/secret"
)

// A token that the session renewed because we asked counts as fresh for this
// long: half the ten minutes that the contract gives a token.
const freshFor = 5 * time.Minute

// authHandler puts the token into a call. The service says 403 both for a token
// that ran out and for a missing role (contract, "If the REST API starts to
// reject your requests with 403"; 401 is what it ought to say): so a rejected
// token is renewed once, and a 403 for a fresh one means the role.
type authHandler struct {
	next   handler
	tokens TokenSource

	mu    sync.Mutex
	fresh struct { // the last token that Renew gave us
		token    secret.Text
		since    time.Time
		accepted bool // the service took it since
	}
}

func (h *authHandler) do(ctx context.Context, c call) (*answer, error) {
	token, err := h.tokens.Token(ctx)
	if err == nil {
		err = usable(token)
	}
	if err != nil {
		return nil, noToken(ctx, c, err)
	}

	a, err := h.send(ctx, c, token)
	e, rejected := rejection(err)
	if !rejected || h.isFresh(token, c) {
		return a, err
	}

	e.Kind = KindUnauthorized // not Forbidden yet: the token may just have run out
	renewed, err := h.tokens.Renew(ctx, token)
	if err == nil {
		err = usable(renewed)
	}
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
		return nil, e // repeating it is for the caller, who looks first
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

// isFresh reports whether renewing token again could not help. A token that
// read something since can still lack the role to change something.
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

// noToken is the error of a call that never left for want of a token.
func noToken(ctx context.Context, c call, err error) *Error {
	e := stopped(ctx, c)
	if e == nil {
		e = c.fail(KindNoToken, err)
	}
	e.NotSent = true
	return e
}
