package cfsession

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/retryafter"
	"pg-migrate-wizard/internal/secret"
)

const maxRaw = 8 << 10

// refusalError makes an error of an answer that is not a success, whatever its
// body looks like: the Cloud Controller's errors[], the UAA's error and
// error_description, anything else, nothing.
func refusalError(op string, ans *answer, secrets ...secret.Text) *Error {
	var body struct {
		resource.CloudFoundryErrors
		Word        string `json:"error"`
		Description string `json:"error_description"`
	}
	hide := redactor(secrets...)
	e := &Error{
		Op: op, Status: ans.StatusCode, RequestID: ans.Header.Get("X-Vcap-Request-Id"),
		Raw:        hide(string(ans.body[:min(len(ans.body), maxRaw)])),
		RetryAfter: retryafter.Of(ans.Header, time.Now()),
		NoRoute:    noRoute(ans.Header),
	}
	if ans.StatusCode >= 300 && ans.StatusCode < 400 {
		e.Err = errRedirect
		return e
	}
	// A body of another shape leaves the fields empty: the status stands alone.
	_ = json.Unmarshal(ans.body, &body)
	e.Title, e.Detail = hide(body.Word), hide(body.Description)
	e.endOfLogin = refusesLogin(ans.StatusCode, body.Word)
	if len(body.Errors) > 0 {
		e.Code, e.Title, e.Detail = explained(body.Errors, hide)
	}
	return e
}

// noRoute reports whether the router of the platform answered, having nobody to ask.
func noRoute(h http.Header) bool { return h.Get("X-Cf-Routererror") == "unknown_route" }

// redactor returns a function that masks the given secrets, and everything that
// looks like one: the UAA names a refused refresh token in its error text, and
// error pages echo request headers.
func redactor(secrets ...secret.Text) func(string) string {
	known := secret.Redactor(secrets...)
	return func(text string) string { return secret.Scrub(known.Replace(text)) }
}

// explained makes one explanation of the Cloud Controller's errors: code and
// title of the first, the details of all.
func explained(errs []resource.CloudFoundryError, hide func(string) string) (code int, title, detail string) {
	var details []string
	for _, e := range errs {
		details = append(details, hide(e.Detail))
	}
	if len(errs) > 0 {
		code, title = errs[0].Code, hide(errs[0].Title)
	}
	return code, title, strings.Join(details, "; ")
}

// decode reads the body of a success.
func (a *answer) decode(op string, into any) error {
	if err := json.Unmarshal(a.body, into); err != nil {
		return &Error{Op: op, Err: notUnderstood{a.StatusCode, err}}
	}
	return nil
}

// notUnderstood is a success whose body is not what was asked for.
type notUnderstood struct {
	status int
	why    error
}

func (e notUnderstood) Error() string {
	return fmt.Sprintf("HTTP %d, but the answer is not what was asked for: %v", e.status, e.why)
}

func (e notUnderstood) Unwrap() error { return e.why }

// IsNotUnderstood reports an answer that came, and whose body is not what was asked for.
func IsNotUnderstood(err error) bool {
	_, is := errors.AsType[notUnderstood](err)
	return is
}

// jobOf is the guid of the job that an answer points to, "" for none. Only the
// path counts: the job is asked for at the API, whatever host Location names.
func jobOf(res *http.Response) string {
	location, err := res.Location()
	if err != nil {
		return ""
	}
	head, guid, found := cutLast(location.Path, "/")
	if !found || !strings.HasSuffix(head, "/jobs") {
		return ""
	}
	return guid
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
