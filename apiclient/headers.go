package apiclient

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// requestID returns the ID for support: the first header is set by the router of
// Cloud Foundry, the third by SAP services, the last by tracing.
func requestID(h http.Header) string {
	for _, name := range []string{"X-Vcap-Request-Id", "X-Request-Id", "X-Correlationid", "X-B3-Traceid"} {
		if id := strings.TrimSpace(h.Get(name)); id != "" {
			return head(id, 200)
		}
	}
	return ""
}

// retryAfter parses Retry-After (RFC 9110, 10.2.3), seconds or a date; 0 if absent.
// Dates are relative to the Date header if there is one. The maximum is a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	const most = 24 * time.Hour
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, most)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return max(0, min(at.Sub(now), most))
}

// pointsTo describes the target of a redirect by its origin only, since the URL
// may hold secrets.
func pointsTo(location, request string) error {
	from, err := url.Parse(request)
	if err != nil {
		return err
	}
	to, err := from.Parse(location)
	switch {
	case err != nil || location == "" || to.Host == "":
		return errors.New("it does not say which")
	case origin(to) == origin(from):
		return errors.New("another path on the same server")
	}
	return errors.New(origin(to))
}

// sameOrigin resolves a Location against the URL of the request. It returns ""
// if that is on another server.
func sameOrigin(location string, request *url.URL) string {
	if location == "" {
		return ""
	}
	u, err := request.Parse(location)
	if err != nil || u.User != nil || origin(u) != origin(request) {
		return ""
	}
	return u.String()
}
