package apiclient

// A Kind classifies failures by their meaning for the caller.
type Kind string

// The kinds of failure.
const (
	KindNoToken      Kind = "no token"     // none available; nothing was sent
	KindUnauthorized Kind = "unauthorized" // the token was rejected: it may have expired
	KindForbidden    Kind = "forbidden"    // a fresh token was rejected: a role is missing
	KindInvalid      Kind = "invalid"      // the request was not accepted: wrong names, a precondition
	KindNotFound     Kind = "not found"    // no such resource
	KindConflict     Kind = "conflict"     // conflicts with an existing resource: check the state
	KindTooMany      Kind = "too many"     // too many requests: wait
	KindUnavailable  Kind = "unavailable"  // temporarily, 5xx
	KindTimeout      Kind = "time-out"     // of the client or of a gateway
	KindNetwork      Kind = "network"      // not reached, or connection lost
	KindCancelled    Kind = "cancelled"    // by the caller
	KindRedirect     Kind = "redirect"     // redirects are never followed
	KindUnreadable   Kind = "unreadable"   // the response could not be parsed
)
