package apiclient

import (
	"net/http"
	"net/url"
	"testing"
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
