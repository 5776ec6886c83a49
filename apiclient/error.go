package apiclient

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"pg-migrate-wizard/internal/sanitize"
)

// maxRaw is the most of an answer that an Error keeps.
const maxRaw = 4 << 10

// Error is the failure of an operation. Every error of a Client's methods is
// one. Message, Raw and RequestID are the service's text as it came, without
// the token: clean them before showing them, as Error itself does.
type Error struct {
	Op        string // what was attempted, to go on from "could not": "create the replication"
	Method    string
	Path      string // without the query
	Status    int    // of the answer; 0 if there was none
	Kind      Kind
	RequestID string // what the service's people can find the request by, if it gave one
	Message   string // what the service said, read out of whatever form it came in; may be empty
	Raw       string // the beginning of the body, at most 4 KiB
	// Renewed: the token was rejected and the session has renewed it. A GET has
	// been repeated with the fresh one by then; a changing request was not
	// carried out and was not repeated: look, then try again.
	Renewed bool
	// NotSent: the request certainly never left.
	NotSent    bool
	RetryAfter time.Duration // how long the service asks to wait; 0 if it does not
	Err        error         // the cause, or nil
}

func (c call) fail(kind Kind, err error) *Error {
	return &Error{Op: c.op, Method: c.method, Path: c.path, Kind: kind, Err: err}
}

// neverSent is fail for a request that cannot even be made.
func (c call) neverSent(err error) *Error {
	e := c.fail(KindInvalid, err)
	e.NotSent = true
	return e
}

// reject is fail for an answer that came, at least in part.
func (c call) reject(kind Kind, a *answer, err error) *Error {
	e := c.fail(kind, err)
	e.Status = a.status
	e.RequestID = requestID(a.header)
	e.Message = message(a.body)
	e.Raw = head(string(a.body), maxRaw)
	e.RetryAfter = retryAfter(a.header, time.Now())
	return e
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Unclear reports that a changing request may have been carried out although no
// clear answer came: cut off, timed out, cancelled, a 5xx, a redirect, a success
// that could not be read. Then look before trying again. It is false for a GET,
// for a request that never left and for a 4xx.
func (e *Error) Unclear() bool {
	return e.Method != http.MethodGet && !e.NotSent && e.Status/100 != 4
}

// Error says what failed in plain words, on one line.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "could not %s: %s", e.Op, e.what())
	if e.Status != 0 {
		b.WriteString(" (" + strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))) + ")")
	}
	if m := line(e.Message); m != "" {
		b.WriteString(": " + m)
	}
	if detail := e.detail(); detail != "" {
		b.WriteString(": " + detail)
	}
	if e.Unclear() {
		b.WriteString("; it may have been carried out all the same, so look before trying again")
	}
	if id := line(e.RequestID); id != "" {
		b.WriteString(" [request id " + id + "]")
	}
	return b.String()
}

func (e *Error) what() string {
	change := e.Method != http.MethodGet
	switch e.Kind {
	case KindNoToken:
		return "there is no sign-in token to send, so nothing was sent"
	case KindUnauthorized:
		switch {
		case e.Renewed && change:
			return "the service refused the sign-in token, so nothing was done; the token has been renewed"
		case e.Renewed:
			return "the service refused the sign-in token, and a fresh one too"
		}
		return "the service refused the sign-in token, so nothing was done"
	case KindForbidden:
		return "the service refused a fresh sign-in token: the signed-in user seems to lack the role for this in the org or space"
	case KindInvalid:
		if e.NotSent {
			return "the request cannot be made like this"
		}
		return "the service did not accept the request"
	case KindNotFound:
		return "the service did not find what was asked for"
	case KindConflict:
		return "the service says that it is in the way of what exists already"
	case KindTooMany:
		return "the service asks to send fewer requests"
	case KindUnavailable:
		return "the service is not available at the moment"
	case KindTimeout:
		if e.Status != 0 {
			return "the way to the service gave up waiting for its answer; try again"
		}
		return "it took too long; try again"
	case KindNetwork:
		if e.NotSent {
			return "the service could not be reached"
		}
		return "the connection to the service broke"
	case KindCancelled:
		return "it was cancelled"
	case KindRedirect:
		return "the service points to another address, which is not followed"
	case KindUnreadable:
		return "the answer could not be understood"
	}
	return "it failed"
}

// detail is the cause's text, where it says more than the kind does.
func (e *Error) detail() string {
	if e.Err == nil {
		return ""
	}
	if _, ours := errors.AsType[*limitError](e.Err); !ours && (e.Kind == KindCancelled || e.Kind == KindTimeout) {
		return "" // "context deadline exceeded" and the like
	}
	return line(e.Err.Error())
}

// line makes wire text fit for a message: one clean line of bounded length.
func line(s string) string {
	const most = 400
	r := []rune(sanitize.Line(head(s, maxRaw)))
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(r)
}

// head returns at most the first n bytes of s, as valid text.
func head(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
