package cfsession

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"

	"pg-migrate-wizard/internal/retryafter"
)

const (
	readLimit   = 30 * time.Second // one attempt of a GET
	changeLimit = 90 * time.Second // one changing request: a broker may sit behind it
	readTries   = 5
	// longestAdvice is the longest Retry-After that is waited for in silence. Longer
	// ones go to the caller at once, in Error.RetryAfter: a person wants to be told.
	longestAdvice = 3 * time.Second
)

// requester sends requests: every request of the package goes
// through send, and so through one transport, without redirects.
type requester struct {
	rt    http.RoundTripper
	agent string
}

func newRequester(o Options, sslDisabled bool) requester {
	l := requester{o.Transport, o.UserAgent}
	if l.rt == nil {
		l.rt = newTransport(sslDisabled)
	}
	if l.agent == "" {
		l.agent = "pg-migrate-wizard"
	}
	return l
}

// message is one request, of which every attempt is made anew.
type message struct {
	method, url   string
	body          []byte // nil: none
	contentType   string
	authorization string // "": none
	once          bool   // net/http must not repeat it by itself on another connection
}

func (l requester) newRequest(ctx context.Context, m message) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, m.method, m.url, bytes.NewReader(m.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", l.agent)
	req.Header.Set("Accept", "application/json")
	if m.authorization != "" {
		req.Header.Set("Authorization", m.authorization)
	}
	if m.once {
		req.GetBody = nil
	}
	if m.body != nil {
		req.Header.Set("Content-Type", m.contentType)
	}
	return req, nil
}

// send sends a message once, or, for a GET, up to five times: after a network
// error, a cut body, a 429, a 5xx or an answer of the router's own, with growing pauses or the server's
// Retry-After if that is short.
func (l requester) send(ctx context.Context, m message) (*answer, error) {
	var ans *answer
	var err error
	once := func(limit time.Duration) {
		var req *http.Request
		if req, err = l.newRequest(ctx, m); err != nil {
			ans = nil
			return
		}
		ans, err = exchange(l.rt, req, limit)
	}
	if m.method != http.MethodGet {
		once(changeLimit)
		return ans, err
	}
	pauses := backoff.NewExponentialBackOff() // 0.5 s, growing by half
	pauses.RandomizationFactor = 0
	_, _ = backoff.Retry(ctx, func() (struct{}, error) {
		once(readLimit)
		return struct{}{}, retryError(ans, err)
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(readTries), backoff.WithMaxElapsedTime(0))
	if ctx.Err() != nil && retryError(ans, err) != nil {
		return nil, ctx.Err() // the caller went away between two attempts
	}
	return ans, err
}

var errTransient = errors.New("worth another try")

// retryError says whether a GET is worth repeating, and when.
func retryError(ans *answer, err error) error {
	switch {
	case err != nil && (untrusted(err) || errors.Is(err, context.Canceled)):
		return backoff.Permanent(err)
	case err != nil || (ans.cut != nil && !errors.Is(ans.cut, errTooLarge)):
		return errTransient
	case ans.StatusCode != http.StatusTooManyRequests && ans.StatusCode < 500 && !noRoute(ans.Header):
		return nil
	}
	switch advice := retryafter.Of(ans.Header, time.Now()); {
	case advice > longestAdvice:
		return backoff.Permanent(errTransient)
	case advice > 0:
		return &backoff.RetryAfterError{Duration: advice}
	}
	return errTransient
}
