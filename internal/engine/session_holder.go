package engine

import (
	"context"
	"sync"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/secret"
)

// sessionHolder holds the present session; a new sign-in replaces it. It is the
// token source of the migration service.
type sessionHolder struct {
	mu      sync.Mutex
	session Platform
}

var _ apiclient.TokenSource = (*sessionHolder)(nil)

// Load returns the session, nil if there is none.
func (h *sessionHolder) Load() Platform {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.session
}

func (h *sessionHolder) Store(p Platform) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.session = p
}

// Token returns the session's token.
func (h *sessionHolder) Token(ctx context.Context) (secret.Text, error) {
	p, err := h.signedIn()
	if err != nil {
		return secret.Text{}, err
	}
	return p.Token(ctx)
}

// Renew replaces a token that was rejected.
func (h *sessionHolder) Renew(ctx context.Context, rejected secret.Text) (secret.Text, error) {
	p, err := h.signedIn()
	if err != nil {
		return secret.Text{}, err
	}
	return p.Renew(ctx, rejected)
}

// signedIn returns the session, or says that there is none.
func (h *sessionHolder) signedIn() (Platform, error) {
	if p := h.Load(); p != nil {
		return p, nil
	}
	return nil, &cfsession.SignedOutError{Reason: cfsession.NoLoginFile}
}
