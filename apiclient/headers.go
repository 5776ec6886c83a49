package apiclient

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
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
