package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"pg-migrate-wizard/apiclient"
	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/steps"
)

// Reached is the answer of a server to a request that only tests the connection.
type Reached struct {
	Status int           // HTTP
	Took   time.Duration // to the first byte of the answer
	Ahead  time.Duration // how far its clock is ahead of ours; only with Dated
	Dated  bool
}

// Reach sends a GET without a token, once, and follows no redirect. The error is
// of the way there: whatever the server answers is an answer.
func (c Config) Reach(ctx context.Context, address string, skipVerify bool) (Reached, error) {
	rt, err := c.RoundTripper(skipVerify)
	if err != nil {
		return Reached{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Reached{}, err
	}
	req.Header.Set("User-Agent", c.UserAgent)
	begin := time.Now()
	res, err := rt.RoundTrip(req)
	if err != nil {
		return Reached{}, err
	}
	defer func() { _ = res.Body.Close() }()
	took := time.Since(begin)
	_, _ = io.CopyN(io.Discard, res.Body, 1<<16) // so that the trace has it
	r := Reached{Status: res.StatusCode, Took: took}
	if at, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		// The header has whole seconds and was written half-way.
		r.Ahead, r.Dated = at.Add(500*time.Millisecond).Sub(begin.Add(took/2)), true
	}
	return r, nil
}

// NoRightError is a login that the migration service does not serve.
type NoRightError struct{ Err error }

func (e *NoRightError) Error() string { return e.Err.Error() }
func (e *NoRightError) Unwrap() error { return e.Err }

// AskReplication asks the migration service for the status of a replication, ""
// when there is none: the one request that shows whether it serves this login
// for these names. A refusal is a *[NoRightError].
func (c Config) AskReplication(ctx context.Context, url string, p Platform, n steps.Names) (string, error) {
	if err := c.trust(); err != nil {
		return "", err
	}
	if err := cfsession.CheckService(p.Identity().API, url); err != nil {
		return "", err
	}
	service, err := c.service(url, p, &requestLog{})
	if err != nil {
		return "", fmt.Errorf("migration service: %w", err)
	}
	s, err := service.Replication(ctx, apiclient.Names(n))
	if _, noToken := errors.AsType[*cfsession.TokenError](err); noToken {
		return "", err // which passes, and says nothing of a right
	}
	if e, ok := errors.AsType[*apiclient.Error](err); ok && (e.Kind == apiclient.KindForbidden || e.Kind == apiclient.KindUnauthorized) {
		return "", &NoRightError{err}
	}
	return s.Word, err
}
