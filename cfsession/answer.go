package cfsession

import (
	"encoding/json"
	"net/http"
	"strings"

	"pg-migrate-wizard/internal/secret"
)

const maxRaw = 8 << 10

// refusalError makes an error of an answer that is not a success, whatever its
// body looks like: the Cloud Controller's errors[], the UAA's error and
// error_description, anything else, nothing.
func refusalError(op string, ans *answer, secrets ...secret.Text) *Error {
	var body struct {
		Errors []struct {
			Code   int    `json:"code"`
			Title  string `json:"title"`
			Detail string `json:"detail"`
		} `json:"errors"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	e := &Error{
		Op: op, Status: ans.StatusCode, RequestID: ans.Header.Get("X-Vcap-Request-Id"),
		Raw: scrub(string(ans.body[:min(len(ans.body), maxRaw)]), secrets...),
	}
	if ans.StatusCode >= 300 && ans.StatusCode < 400 {
		e.Err = errRedirect
		return e
	}
	// A body of another shape leaves the fields empty: the status stands alone.
	_ = json.Unmarshal(ans.body, &body)
	e.Title, e.Detail = scrub(body.Error, secrets...), scrub(body.Description, secrets...)
	if len(body.Errors) > 0 {
		first := body.Errors[0]
		e.Code, e.Title, e.Detail = first.Code, scrub(first.Title, secrets...), scrub(first.Detail, secrets...)
		for _, more := range body.Errors[1:] {
			e.Detail += "; " + scrub(more.Detail, secrets...)
		}
	}
	return e
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
