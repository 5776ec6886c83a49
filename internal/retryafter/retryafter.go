// Package retryafter reads how long a server asks to wait. It knows no request and
// waits for nothing.
package retryafter

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// most bounds what is believed: longer than a day nobody waits for one answer.
const most = 24 * time.Hour

// sinceEpoch tells a point in time from a span. The rate limiter of the Cloud
// Controller writes seconds since 1970 into the header (middleware/base_rate_limiter.rb),
// where RFC 9110 wants seconds from now.
const sinceEpoch = 1_000_000_000

// Of reads Retry-After (RFC 9110, 10.2.3): seconds, or a date; 0 if there is none.
// Points in time are relative to the Date header if there is one, so that a wrong
// clock on this machine does no harm. A day is the most.
func Of(h http.Header, now time.Time) time.Duration {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 62); err == nil {
		switch {
		case seconds >= sinceEpoch:
			return until(time.Unix(int64(seconds), 0), now)
		case seconds > uint64(most/time.Second):
			return most
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return until(at, now)
}

func until(at, now time.Time) time.Duration { return max(0, min(at.Sub(now), most)) }
