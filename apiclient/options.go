package apiclient

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"time"
)

// An Option configures a Client.
type Option func(*Client)

// WithTransport sets the transport. It sees the Authorization header, and must not
// follow redirects or repeat requests.
func WithTransport(t http.RoundTripper) Option {
	return func(c *Client) {
		if t != nil {
			c.transport = t
		}
	}
}

// WithUserAgent sets the User-Agent header.
func WithUserAgent(agent string) Option {
	return func(c *Client) { c.userAgent = agent }
}

// Limits are the time limits of operations, including the token, all attempts and
// the waits between them. Zero means the default.
type Limits struct {
	Status    time.Duration // reading a status; 30 s
	Change    time.Duration // creating or deleting; 60 s
	Preflight time.Duration // the preflight check, which "may take a while"; 15 min
}

// WithTimeLimits sets the time limits.
func WithTimeLimits(l Limits) Option {
	return func(c *Client) {
		c.limits = Limits{
			Status:    cmp.Or(l.Status, c.limits.Status),
			Change:    cmp.Or(l.Change, c.limits.Change),
			Preflight: cmp.Or(l.Preflight, c.limits.Preflight),
		}
	}
}

// Backoff configures the retries of a GET. Zero means the default.
type Backoff struct {
	Initial  time.Duration // wait before the second attempt, doubled for each further one; 500 ms
	Max      time.Duration // maximum wait; 10 s
	Attempts uint          // including the first; 5
	// Random returns a number in [0, 1) for the jitter of the waits. It is never
	// called concurrently.
	Random func() float64
}

// WithBackoff configures the retries of a GET.
func WithBackoff(b Backoff) Option {
	return func(c *Client) {
		c.backoff.Initial = cmp.Or(b.Initial, c.backoff.Initial)
		c.backoff.Max = cmp.Or(b.Max, c.backoff.Max)
		c.backoff.Attempts = cmp.Or(b.Attempts, c.backoff.Attempts)
		if b.Random != nil {
			c.backoff.Random = b.Random
		}
	}
}

func defaults() Client {
	return Client{
		transport: newTransport(),
		userAgent: "pg-migrate-wizard",
		limits:    Limits{Status: 30 * time.Second, Change: time.Minute, Preflight: 15 * time.Minute},
		backoff:   Backoff{Initial: 500 * time.Millisecond, Max: 10 * time.Second, Attempts: 5, Random: rand.Float64},
	}
}
