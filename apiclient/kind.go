package apiclient

// A Kind says what a failure means for the caller.
type Kind string

// The kinds of failure.
const (
	KindNoToken      Kind = "no token"     // the session had none; nothing was sent
	KindUnauthorized Kind = "unauthorized" // the token was rejected: it may have run out
	KindForbidden    Kind = "forbidden"    // a fresh token was rejected: a role is missing
	KindInvalid      Kind = "invalid"      // the request was not accepted: wrong names, a precondition
	KindNotFound     Kind = "not found"    // no such thing
	KindConflict     Kind = "conflict"     // it is in the way of what exists already: look first
	KindTooMany      Kind = "too many"     // too many requests: wait
	KindUnavailable  Kind = "unavailable"  // the service is in trouble
	KindTimeout      Kind = "time-out"     // no answer in time, ours or a gateway's: try again
	KindNetwork      Kind = "network"      // not reached, or cut off
	KindCancelled    Kind = "cancelled"    // the caller cancelled it
	KindRedirect     Kind = "redirect"     // sent to another address, which is never followed
	KindUnreadable   Kind = "unreadable"   // an answer that could not be understood
)
