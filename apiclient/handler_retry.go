package apiclient

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// retryHandler repeats a GET that failed in a way that may pass. A changing
// request is never repeated here: whether it was carried out is for the caller
// to look up.
type retryHandler struct {
	next    handler
	backoff Backoff
	random  sync.Mutex // around backoff.Random
}

func newRetryHandler(next handler, b Backoff) *retryHandler {
	return &retryHandler{next: next, backoff: b}
}

func (h *retryHandler) do(ctx context.Context, c call) (*answer, error) {
	if c.changes() {
		return h.next.do(ctx, c)
	}
	options := []backoff.RetryOption{
		backoff.WithBackOff(h.waits()),
		backoff.WithMaxTries(h.backoff.Attempts),
		backoff.WithMaxElapsedTime(0),
	}
	if deadline, ok := ctx.Deadline(); ok {
		// A wait that the time limit would cut short is not begun: the last
		// real answer says more than "time is up".
		options = append(options, backoff.WithMaxElapsedTime(time.Until(deadline)))
	}
	var last error // what the service did, while backoff's own errors steer the loop
	a, err := backoff.Retry(ctx, func() (*answer, error) {
		var a *answer
		a, last = h.next.do(ctx, c)
		e, failed := errors.AsType[*Error](last)
		switch {
		case !failed:
			return a, nil
		case !passes(e, c):
			return nil, backoff.Permanent(last)
		case e.RetryAfter > 0:
			return nil, &backoff.RetryAfterError{Duration: e.RetryAfter}
		}
		return nil, last
	}, options...)
	if err == nil {
		return a, nil
	}
	if e, _ := errors.AsType[*Error](last); passes(e, c) {
		if s := stopped(ctx, c); s != nil {
			return nil, s // while waiting for the next attempt
		}
	}
	return nil, last
}

// passes reports whether the trouble may be gone at the next attempt.
func passes(e *Error, c call) bool {
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](e.Err); untrusted {
		return false
	}
	if c.once {
		return e.NotSent && e.Kind == KindNetwork ||
			e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable
	}
	switch e.Kind {
	case KindNetwork, KindTooMany, KindUnavailable, KindTimeout: // a gateway's: ours has ended everything
		return true
	default:
		return false
	}
}

// waits returns a fresh row of waits: exponential, each spread over its upper half.
func (h *retryHandler) waits() backoff.BackOff {
	return &spread{h, backoff.ExponentialBackOff{
		InitialInterval: h.backoff.Initial,
		MaxInterval:     h.backoff.Max,
		Multiplier:      2,
		// No randomness of its own: it comes from a source that tests cannot seed.
		RandomizationFactor: 0,
	}}
}

type spread struct {
	h *retryHandler
	backoff.ExponentialBackOff
}

func (s *spread) NextBackOff() time.Duration {
	s.h.random.Lock()
	defer s.h.random.Unlock()
	wait := s.ExponentialBackOff.NextBackOff()
	return wait/2 + time.Duration(s.h.backoff.Random()*float64(wait/2))
}
