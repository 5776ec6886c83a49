package apiclient

import (
	"context"
	"net/http"
	"time"

	"pg-migrate-wizard/internal/secret"
)

// A handler takes a call one step further and brings its answer back. Every
// error that a handler returns is an *Error.
type handler interface {
	do(ctx context.Context, c call) (*answer, error)
}

// A call is one operation on its way to the service.
type call struct {
	op     string // what is attempted, in words that go on from "could not"
	method string
	path   string // for people: no query in it
	url    string // what is requested, with the query
	body   []byte // the names as JSON, or nil
	limit  time.Duration
	once   bool // a GET that costs minutes: repeated only if it certainly did not begin
	// Token is put in by the auth handler. It is exported because fmt goes past
	// the methods of an unexported field, straight to the text inside.
	Token secret.Text
}

// changes reports whether the call may change something at the service.
func (c call) changes() bool { return c.method != http.MethodGet }

// An answer is what came back: a 2xx, whole, once it has passed the status handler.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	tooLong bool  // body is only the beginning
	cut     error // the body ended early, for this reason
}

// assemble puts the chain together. The order matters, so it is here alone; a
// call goes down this list, its answer comes up:
//
//	limit   one time limit around everything below, waits and renewals included
//	auth    puts the token in; renews it once when the service rejects it
//	retry   repeats a GET that may be repeated. Below auth, so that a rejected
//	        token is never mistaken for trouble that passes, and is renewed once
//	        however many attempts there are
//	status  turns an answer that is not a success into an *Error
//	redact  takes the token out of whatever came back, before anything keeps it
//	send    the request itself: one, no redirects, a limited body
func (c *Client) assemble(tokens TokenSource) handler {
	var h handler = &sendHandler{transport: c.transport, userAgent: c.userAgent}
	h = &redactHandler{next: h}
	h = &statusHandler{next: h}
	h = newRetryHandler(h, c.backoff)
	h = &authHandler{next: h, tokens: tokens}
	return &limitHandler{next: h}
}
