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

// longestAdvice is the longest Retry-After that is waited for in silence. Longer ones
// go to the caller at once, in Error.RetryAfter: a person wants to be told.
const longestAdvice = 3 * time.Second

// retryHandler repeats a GET after transient failures. It never repeats a changing
// request: the caller has to check first whether it was carried out.
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
		backoff.WithBackOff(h.newBackOff()),
		backoff.WithMaxTries(h.backoff.Attempts),
		backoff.WithMaxElapsedTime(0),
	}
	if deadline, ok := ctx.Deadline(); ok {
		// Do not begin a wait beyond the time limit: the last real failure is
		// more informative than a timeout.
		options = append(options, backoff.WithMaxElapsedTime(time.Until(deadline)))
	}
	var last error // the real failure; backoff's errors control the loop
	a, err := backoff.Retry(ctx, func() (*answer, error) {
		var a *answer
		a, last = h.next.do(ctx, c)
		e, failed := errors.AsType[*Error](last)
		switch {
		case !failed:
			return a, nil
		case !transient(e, c) || e.RetryAfter > longestAdvice:
			return nil, backoff.Permanent(last)
		case e.RetryAfter > 0:
			return nil, &backoff.RetryAfterError{Duration: e.RetryAfter}
		}
		return nil, last
	}, options...)
	if err == nil {
		return a, nil
	}
	if e, _ := errors.AsType[*Error](last); transient(e, c) {
		if s := stopped(ctx, c); s != nil {
			return nil, s // during a wait
		}
	}
	return nil, last
}

// transient reports whether another attempt may succeed.
func transient(e *Error, c call) bool {
	if _, untrusted := errors.AsType[*tls.CertificateVerificationError](e.Err); untrusted {
		return false
	}
	if c.once {
		return e.NotSent && e.Kind == KindNetwork ||
			e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable
	}
	switch e.Kind {
	case KindNetwork, KindTooMany, KindUnavailable, KindTimeout: // of a gateway: our own ends the context
		return true
	default:
		return false
	}
}

// newBackOff returns an exponential backoff with jitter in the upper half.
func (h *retryHandler) newBackOff() backoff.BackOff {
	return &jitteredBackOff{h, backoff.ExponentialBackOff{
		InitialInterval: h.backoff.Initial,
		MaxInterval:     h.backoff.Max,
		Multiplier:      2,
		// Jitter is added below, from a source that tests can seed.
		RandomizationFactor: 0,
	}}
}

type jitteredBackOff struct {
	h *retryHandler
	backoff.ExponentialBackOff
}

func (s *jitteredBackOff) NextBackOff() time.Duration {
	s.h.random.Lock()
	defer s.h.random.Unlock()
	wait := s.ExponentialBackOff.NextBackOff()
	return wait/2 + time.Duration(s.h.backoff.Random()*float64(wait/2))
}
