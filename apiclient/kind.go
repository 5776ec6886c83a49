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

// meanings are the failures in words, where Error knows nothing more exact.
var meanings = map[Kind]string{
	KindNoToken:      "there is no sign-in token to send, so nothing was sent",
	KindUnauthorized: "the service refused the sign-in token, so nothing was done",
	KindForbidden:    "the service refused a fresh sign-in token: the signed-in user seems to lack the role for this in the org or space",
	KindInvalid:      "the service did not accept the request",
	KindNotFound:     "the service did not find what was asked for",
	KindConflict:     "the service says that it is in the way of what exists already",
	KindTooMany:      "the service asks to send fewer requests",
	KindUnavailable:  "the service is not available at the moment",
	KindTimeout:      "it took too long; try again",
	KindNetwork:      "the connection to the service broke",
	KindCancelled:    "it was cancelled",
	KindRedirect:     "the service points to another address, which is not followed",
	KindUnreadable:   "the answer could not be understood",
}
