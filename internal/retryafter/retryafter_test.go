package retryafter

import (
	"net/http"
	"testing"
	"time"
)

func TestOf(t *testing.T) {
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
		// As the Cloud Controller's rate limiter writes it.
		{"1767323105", "", 60 * time.Second},
		{"1767323105", "Fri, 02 Jan 2026 03:04:45 GMT", 20 * time.Second},
		{"1767323000", "", 0},
		{"4611686018427387903", "", 24 * time.Hour},
	} {
		h := http.Header{"Retry-After": {c.value}, "Date": {c.date}}
		if got := Of(h, now); got != c.want {
			t.Errorf("%q at %q: %v, want %v", c.value, c.date, got, c.want)
		}
	}
}
