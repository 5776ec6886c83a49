package apiclient

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestRequestID(t *testing.T) {
	h := http.Header{}
	for _, name := range []string{"X-B3-TraceId", "X-CorrelationID", "X-Request-Id", "X-Vcap-Request-Id"} {
		h.Set(name, " "+name+" ")
		if got := requestID(h); got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
	if got := requestID(http.Header{}); got != "" {
		t.Errorf("got %q of nothing", got)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		value, date string
		want        time.Duration
	}{
		{"", "", 0},
		{"0", "", 0},
		{"120", "", 2 * time.Minute},
		{" 5 ", "", 5 * time.Second},
		{"-5", "", 0},
		{"1.5", "", 0},
		{"soon", "", 0},
		{"999999999", "", 24 * time.Hour},
		{"99999999999999999999", "", 0},
		{"Fri, 02 Jan 2026 03:05:05 GMT", "", time.Minute},
		{"Fri, 02 Jan 2026 03:03:05 GMT", "", 0},
		{"Sat, 02 Jan 2027 03:03:05 GMT", "", 24 * time.Hour},
		{"Fri, 02 Jan 2026 04:00:30 GMT", "Fri, 02 Jan 2026 04:00:00 GMT", 30 * time.Second},
	} {
		h := http.Header{"Retry-After": {c.value}, "Date": {c.date}}
		if got := retryAfter(h, now); got != c.want {
			t.Errorf("%q at %q: %v, want %v", c.value, c.date, got, c.want)
		}
	}
}

func TestSameOriginAndWhereARedirectPoints(t *testing.T) {
	const request = "https://Migrate.example/v1/replication"
	from, err := url.Parse(request)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ location, same, points string }{
		{"", "", "it does not say which"},
		{"%zz", "", "it does not say which"},
		{"mailto:x@example", "", "it does not say which"},
		{"7", "https://Migrate.example/v1/7", "another path on the same server"},
		{"/v1/replication/7", "https://Migrate.example/v1/replication/7", "another path on the same server"},
		{"https://migrate.example:443/v1/x", "https://migrate.example:443/v1/x", "another path on the same server"},
		{"http://migrate.example/v1/x", "", "http://migrate.example:80"},
		{"https://migrate.example:8443/v1/x", "", "https://migrate.example:8443"},
		{"https://user:pw@migrate.example/v1/x", "", "another path on the same server"},
		{"https://user:pw@evil.example/v1/x?token=1", "", "https://evil.example:443"},
		{"//evil.example/v1/replication", "", "https://evil.example:443"},
		{`https:\\evil.example`, "", "it does not say which"},
		{"https://migrate.example.evil.example/", "", "https://migrate.example.evil.example:443"},
	} {
		if got := sameOrigin(c.location, from); got != c.same {
			t.Errorf("sameOrigin(%q) = %q, want %q", c.location, got, c.same)
		}
		if got := pointsTo(c.location, request).Error(); got != c.points {
			t.Errorf("pointsTo(%q) = %q, want %q", c.location, got, c.points)
		}
	}
}
