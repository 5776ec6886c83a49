package apiclient

import (
	"context"
	"errors"
	"net/http"

	"pg-migrate-wizard/internal/lazyregexp"
)

// errTooLong is why a success answer beyond maxBody is not used.
var errTooLong = errors.New("the answer is longer than 1 MiB, the most that is read")

// statusHandler lets a whole 2xx through and makes an *Error of anything else.
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

// exists is how services say in words what 409 says in a number. A wording
// decides nothing here: it only makes the caller look.
var exists = lazyregexp.New(`(?i)\balready\s+(exist|running|in progress|started|been (created|started))`)

// kindOf says what a status other than 2xx means for a call.
func kindOf(c call, a *answer) Kind {
	switch a.status {
	case http.StatusUnauthorized:
		return KindUnauthorized
	case http.StatusForbidden:
		return KindForbidden
	case http.StatusNotFound, http.StatusGone:
		// Cloud Foundry's router answers for an application that is not there,
		// and says so. That is not the service saying "no such replication".
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
		if c.once { // what a router says when an application answers too late
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
