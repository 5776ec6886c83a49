package apiclient

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"pg-migrate-wizard/internal/retryafter"
	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/secret"
)

// maxRaw is the size to which an Error truncates a body.
const maxRaw = 4 << 10

// Error is the failure of an operation; all methods of Client return this type.
// Message, Raw and RequestID are unsanitized text of the service, with the token
// redacted: sanitize them before display, as Error.Error does.
type Error struct {
	Op        string // the operation, to follow "could not": "create the replication"
	Method    string
	Path      string // without the query
	Status    int    // HTTP status; 0 without a response
	Kind      Kind
	RequestID string // for support, if the service sent one
	Message   string // error message extracted from the body; may be empty
	Raw       string // the beginning of the body, at most 4 KiB
	// Renewed: the token was rejected and has been renewed. A GET has been
	// repeated with the new one; a changing request was neither carried out nor
	// repeated.
	Renewed bool
	// NotSent: the request was certainly not sent.
	NotSent    bool
	RetryAfter time.Duration // how long the service asks to wait; 0 if it does not
	// Err is the cause, or nil. Of a call that lacked a token, or a fresh one, it is
	// the token source's own error: whether that passes it alone can tell.
	Err error
}

func (c call) fail(kind Kind, err error) *Error {
	return &Error{Op: c.op, Method: c.method, Path: c.path, Kind: kind, Err: err}
}

// neverSent is fail for a request that cannot be built.
func (c call) neverSent(err error) *Error {
	e := c.fail(KindInvalid, err)
	e.NotSent = true
	return e
}

// reject is fail for a complete or partial response.
func (c call) reject(kind Kind, a *answer, err error) *Error {
	e := c.fail(kind, err)
	e.Status = a.status
	e.RequestID = requestID(a.header)
	e.Message = secret.Scrub(message(a.body))
	e.Raw = secret.Scrub(head(string(a.body), maxRaw))
	e.RetryAfter = retryafter.Of(a.header, time.Now())
	return e
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Unclear reports whether a changing request may have been carried out in spite
// of the error: connection lost, timeout, cancellation, 5xx, redirect, unreadable
// success. Callers then check the state before a retry. It is false for a GET, a
// request that was not sent, and a 4xx.
func (e *Error) Unclear() bool {
	return e.Method != http.MethodGet && !e.NotSent && e.Status/100 != 4
}

// Error describes the failure on one line, sanitized.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "could not %s: %s", e.Op, e.what())
	if e.Status != 0 {
		b.WriteString(" (" + strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))) + ")")
	}
	if m := clean(e.Message); m != "" {
		b.WriteString(": " + m)
	}
	if detail := e.detail(); detail != "" {
		b.WriteString(": " + detail)
	}
	if e.Unclear() {
		b.WriteString("; it may have been carried out all the same, so look before trying again")
	}
	if id := clean(e.RequestID); id != "" {
		b.WriteString(" [request id " + id + "]")
	}
	return b.String()
}

// what says what the failure means, beginning in the middle of a sentence.
func (e *Error) what() string {
	switch {
	case e.Kind == KindUnauthorized && e.Renewed && e.Method != http.MethodGet:
		return "the service refused the sign-in token, so nothing was done; the token has been renewed"
	case e.Kind == KindUnauthorized && e.Renewed:
		return "the service refused the sign-in token, and a fresh one too"
	case e.Kind == KindInvalid && e.NotSent:
		return "the request cannot be made like this"
	case e.Kind == KindTimeout && e.Status != 0:
		return "the way to the service gave up waiting for its answer; try again"
	case e.Kind == KindNetwork && e.NotSent:
		return "the service could not be reached"
	}
	return cmp.Or(meanings[e.Kind], "it failed")
}

// detail returns the text of the cause, unless the kind says as much.
func (e *Error) detail() string {
	if e.Err == nil {
		return ""
	}
	if _, ours := errors.AsType[*limitError](e.Err); !ours && (e.Kind == KindCancelled || e.Kind == KindTimeout) {
		return "" // "context deadline exceeded" and the like
	}
	return clean(e.Err.Error())
}

// clean sanitizes text of the service to one line of limited length.
func clean(s string) string {
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
