package apiclient

import (
	"context"
	"net/http"
	"time"

	"pg-migrate-wizard/internal/secret"
)

// A handler is one step of a call; it usually wraps the next handler. Its errors
// are of type *Error.
type handler interface {
	do(ctx context.Context, c call) (*answer, error)
}

// A call is one operation.
type call struct {
	op     string // the operation, to follow "could not"
	method string
	path   string // without the query, for messages
	url    string // with the query
	body   []byte // the names as JSON, or nil
	limit  time.Duration
	once   bool // an expensive GET: repeated only if it certainly was not processed
	// Token is set by the auth handler. It is exported because fmt ignores the
	// methods of unexported fields.
	Token secret.Text
}

// changes reports whether the call may change state at the service.
func (c call) changes() bool { return c.method != http.MethodGet }

// An answer is a response. Above the status handler it is a complete 2xx.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	tooLong bool  // body was truncated
	cut     error // why the body is incomplete
}

// assemble builds the chain. The order matters; a call passes this list from top
// to bottom, its response from bottom to top:
//
//	limit   one time limit for everything below, including waits and renewals
//	auth    sets the token; renews it once if the service rejects it
//	retry   repeats a GET after a transient failure. Below auth, so that a
//	        rejected token is renewed once, not retried
//	status  turns a response other than 2xx into an *Error
//	redact  removes the token from the response before anything keeps it
//	send    sends one request, without redirects, and reads a limited body
func (c *Client) assemble(tokens TokenSource) handler {
	var h handler = &sendHandler{transport: c.transport, userAgent: c.userAgent}
	h = &redactHandler{next: h}
	h = &statusHandler{next: h}
	h = newRetryHandler(h, c.backoff)
	h = &authHandler{next: h, tokens: tokens}
	return &limitHandler{next: h}
}
