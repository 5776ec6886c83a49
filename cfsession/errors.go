package cfsession

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"pg-migrate-wizard/internal/sanitize"
)

// ErrNotFound is inside the error of a search by name or guid that found
// nothing. [IsNotFound] covers it and the 404 of the Cloud Controller.
var ErrNotFound = errors.New("not found")

// Error is a request that did not do what it was sent for. Fields that came
// over the wire are as they came (except that secrets are cut out); Error()
// cleans them for display.
type Error struct {
	Op        string // what was tried, in words: "create service key"
	Status    int    // HTTP status, 0 when no answer came
	Code      int    // Cloud Controller error code, 0 when the body named none
	Title     string // for example CF-UnprocessableEntity, or the error word of the UAA
	Detail    string // the server's own explanation
	RequestID string // X-Vcap-Request-Id
	Raw       string // body of a refusal, cut to 8 KiB; never the body of a success
	Err       error  // what stood in the way, when it was not the server's refusal
	// RetryAfter is how long the server asks to wait before the next request; 0 if it
	// does not.
	RetryAfter time.Duration

	// NoRoute: the router of the platform answered, because it knows no way to the server at
	// the moment. It says nothing of what was asked for.
	NoRoute bool

	unclear    bool // see Unclear
	endOfLogin bool // the UAA's refusal of the login itself
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": HTTP %d", e.Status)
		if t := http.StatusText(e.Status); t != "" {
			b.WriteString(" " + t)
		}
	}
	if e.Title != "" {
		b.WriteString(": " + e.Title)
		if e.Code != 0 {
			fmt.Fprintf(&b, " (%d)", e.Code)
		}
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.RequestID != "" {
		b.WriteString(" [request " + e.RequestID + "]")
	}
	return sanitize.Line(b.String())
}

func (e *Error) Unwrap() error { return e.Err }

// JobError is an asynchronous job of the Cloud Controller that ended FAILED:
// the change was accepted, tried, and did not happen (or not wholly: look).
type JobError struct {
	Op      string
	JobGUID string
	Code    int
	Title   string
	Detail  string // often the service broker's words
}

func (e *JobError) Error() string {
	text := e.Op + ": the job failed"
	if e.Title != "" {
		text += fmt.Sprintf(": %s (%d)", e.Title, e.Code)
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return sanitize.Line(text + " [job " + e.JobGUID + "]")
}

// Unclear reports whether a changing request may have been carried out although
// no clear answer came: the connection broke, time ran out, it was cancelled on
// the way, a 5xx, a redirect or a cut body came back, or a job was accepted and the
// waiting for it broke off. The only right thing to do next is to look. A request that
// never left (no connection, no token) and a FAILED job are clear.
func Unclear(err error) bool {
	for err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok {
			return false
		}
		if e.unclear {
			return true
		}
		err = e.Err
	}
	return false
}

// IsNotFound reports that the thing asked for is not there, or is not to be
// seen with this login: the Cloud Controller answers 404 for both.
func IsNotFound(err error) bool {
	return refusalOf(err).status == http.StatusNotFound || errors.Is(err, ErrNotFound)
}

// IsForbidden reports HTTP 403: signed in, but the role is missing.
func IsForbidden(err error) bool { return refusalOf(err).status == http.StatusForbidden }

// IsUnauthorized reports HTTP 401 that a renewed token did not cure.
func IsUnauthorized(err error) bool { return refusalOf(err).status == http.StatusUnauthorized }

// IsNameTaken reports that what was to be created exists already: a key or
// binding of that name, a binding between the two, an instance of that name.
// The Cloud Controller tells these apart from other 422s by text alone; the cf
// CLI matches the same texts.
func IsNameTaken(err error) bool {
	r := refusalOf(err)
	if r.code != codeUnprocessable {
		return false
	}
	detail := strings.ToLower(r.detail)
	return strings.Contains(detail, "binding names must be unique") ||
		strings.Contains(detail, "already bound to the service instance") ||
		strings.Contains(detail, "service instance name is taken")
}

// IsOperationInProgress reports that the instance or binding is busy with an
// earlier operation: nothing was changed, and the same request may succeed later.
func IsOperationInProgress(err error) bool {
	switch r := refusalOf(err); r.code {
	case codeInstanceBusy, codeBindingBusy:
		return true
	case codeUnprocessable:
		return strings.Contains(strings.ToLower(r.detail), "operation in progress")
	default:
		return false
	}
}

// Cloud Controller error codes, from its vendor/errors/v2.yml.
const (
	codeUnprocessable            = 10008
	codeInstanceBusy             = 60016
	codeBindingBusy              = 90008
	codeBindingParamsUnsupported = 90007
	codeParamsUnsupported        = 120004
)

type refusal struct {
	status, code int
	detail       string
}

// refusalOf finds the server's refusal in a chain of errors: of a request, or
// of the job that a request had started. What the token server says is none: it is
// about the token, and not about what was asked for. Nor is what a router says: its
// 404 means that the server is not there, and not that a key or an application is gone.
func refusalOf(err error) refusal {
	_, noToken := errors.AsType[*TokenError](err)
	_, signedOut := errors.AsType[*SignedOutError](err)
	if noToken || signedOut {
		return refusal{}
	}
	if job, ok := errors.AsType[*JobError](err); ok {
		return refusal{code: job.Code, detail: job.Detail}
	}
	for err != nil {
		e, ok := errors.AsType[*Error](err)
		if !ok {
			break
		}
		if e.NoRoute {
			break
		}
		if e.Status != 0 {
			return refusal{e.Status, e.Code, e.Detail}
		}
		err = e.Err
	}
	return refusal{}
}

// named gives an error the name of the operation it ended. Our own *Error is
// found under the layers around it, which say nothing new and are dropped.
func named(op string, err error) error {
	if err == nil {
		return nil
	}
	e, own := errors.AsType[*Error](err)
	out, signedOut := errors.AsType[*SignedOutError](err)
	token, noToken := errors.AsType[*TokenError](err)
	switch {
	case signedOut && (!own || !errors.Is(e, out)):
		return fmt.Errorf("%s: %w", op, out)
	case noToken && !errors.Is(e, token):
		return fmt.Errorf("%s: %w", op, token)
	case own:
		e := *e
		e.Op = op
		return &e
	}
	if job, ok := errors.AsType[*JobError](err); ok {
		return job
	}
	return &Error{Op: op, Err: err}
}
