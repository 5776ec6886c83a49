package apiclient

import (
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Client is a client of the migration API of one landscape. It is safe for
// concurrent use.
type Client struct {
	base      *url.URL
	transport http.RoundTripper
	userAgent string
	limits    Limits
	backoff   Backoff
	chain     handler
}

// New returns a client of the API at baseURL, an https URL that ends in /v1, or an
// http URL on loopback. The error for an invalid URL is an *AddressError. New
// sends nothing.
func New(baseURL string, tokens TokenSource, opts ...Option) (*Client, error) {
	base, err := parseAddress(baseURL)
	if err != nil {
		return nil, err
	}
	if tokens == nil {
		return nil, errors.New("the client of the migration API needs a source of tokens")
	}
	c := defaults()
	c.base = base
	for _, opt := range opts {
		opt(&c)
	}
	c.chain = c.assemble(tokens)
	return &c, nil
}

// newTransport sets no timeout for responses: the preflight check takes minutes,
// and every call has its own time limit.
func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}
