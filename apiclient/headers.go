package apiclient

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// requestID returns what the service's people can find the request by: Cloud
// Foundry's router sets the first, SAP's services the third, tracing the last.
func requestID(h http.Header) string {
	for _, name := range []string{"X-Vcap-Request-Id", "X-Request-Id", "X-Correlationid", "X-B3-Traceid"} {
		if id := strings.TrimSpace(h.Get(name)); id != "" {
			return head(id, 200)
		}
	}
	return ""
}

// retryAfter returns how long the service asks to wait (RFC 9110, 10.2.3):
// seconds or a date; 0 if it does not ask. A date is measured by the service's
// own clock where it sends it. More than a day counts as a day.
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

// pointsTo names where a redirect leads: the server alone, since an address may
// hold anything.
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

// sameOrigin resolves a Location against the request's address, and returns it
// if it leads to the same server and to nothing else: "" otherwise.
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
