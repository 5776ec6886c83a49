package apiclient

import (
	"context"
	"errors"
	"net/http"

	"pg-migrate-wizard/internal/lazyregexp"
)

// errTooLong is the cause if a 2xx body exceeds maxBody.
var errTooLong = errors.New("the answer is longer than 1 MiB, the most that is read")

// statusHandler passes complete 2xx responses and turns others into an *Error.
type statusHandler struct{ next handler }

func (h *statusHandler) do(ctx context.Context, c call) (*answer, error) {
	a, err := h.next.do(ctx, c)
	if err != nil {
		return nil, err
	}
	switch {
	case a.status/100 != 2:
		e := c.reject(kindOf(c, a), a, a.cut)
		if a.status/100 == 3 {
			e.Err = pointsTo(a.header.Get("Location"), c.url)
		}
		return nil, e
	case a.tooLong:
		return nil, c.reject(KindUnreadable, a, errTooLong)
	case a.cut != nil:
		if e := stopped(ctx, c); e != nil {
			return nil, e
		}
		return nil, c.reject(KindNetwork, a, a.cut)
	}
	return a, nil
}

// exists matches messages that mean 409 Conflict. No decision rests on the
// wording: it only makes the caller check the state.
var exists = lazyregexp.New(`(?i)\balready\s+(exist|running|in progress|started|been (created|started))`)

// kindOf classifies a status other than 2xx.
func kindOf(c call, a *answer) Kind {
	switch a.status {
	case http.StatusUnauthorized:
		return KindUnauthorized
	case http.StatusForbidden:
		return KindForbidden
	case http.StatusNotFound, http.StatusGone:
		// The router of Cloud Foundry returns 404 for a missing application. That
		// does not mean "no such replication".
		if a.header.Get("X-Cf-Routererror") != "" {
			return KindUnavailable
		}
		return KindNotFound
	case http.StatusConflict:
		return KindConflict
	case http.StatusTooManyRequests:
		return KindTooMany
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return KindTimeout
	case http.StatusBadGateway:
		if c.once { // a router timeout
			return KindTimeout
		}
	}
	switch {
	case a.status/100 == 3:
		return KindRedirect
	case a.status/100 == 5:
		return KindUnavailable
	case a.status/100 == 4 && c.method == http.MethodPost && exists().MatchString(message(a.body)):
		return KindConflict
	case a.status/100 == 4:
		return KindInvalid
	}
	return KindUnreadable
}
