package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// card is a kind of fault with its implementation.
type card struct {
	Card
	service string // that it is restricted to; empty: any
	inject  injection
}

// injection disturbs one request; next is the undisturbed handler.
type injection func(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler)

// Defaults of the options.
const (
	defaultHold       = 30 * time.Second
	defaultRetryAfter = 5 * time.Second
	defaultOrigin     = "https://elsewhere.example"
	defaultType       = "text/html; charset=utf-8"
	defaultWord       = "PAUSED"
	defaultBrokerText = "Service broker error: the database is not reachable"

	hugeBody = 20 << 20
)

// cards returns all kinds of faults, those of the connection first.
func cards() []card {
	all := []card{
		{Card{
			"lost-answer", "The work is done; the connection is closed without an answer.",
			"No answer is no failure: look before you repeat.",
			nil, "POST /v1/replication @1 lost-answer",
		}, "", lostAnswer},
		{Card{
			"refused", "The connection is closed before any work is done.",
			"Nothing happened, and nobody can tell: look, then repeat.",
			nil, "POST /v1/finalization @1 refused",
		}, "", closeConnection},
		{Card{
			"delay", "The work is done at once; the answer comes after a while (for, 30 s).",
			"Patience has a limit, and a late answer is old news.",
			[]string{"for"},
			"migration GET @3 delay for=45s",
		}, "", delay},
		{Card{
			"slow-body", "The answer begins at once and its body drips in over a while (for, 30 s).",
			"A time limit has to cover the body too.",
			[]string{"for"},
			"cf GET /v3/service_instances slow-body for=20s",
		}, "", slowBody},
		{Card{
			"cut-body", "The body is cut in the middle and the connection closed.",
			"Half an answer is none.",
			nil, "cf GET /v3/apps @1 cut-body",
		}, "", cutBody},
		{Card{
			"wrong-type", "The answer has another Content-Type (type, text/html).",
			"A body is judged by what it holds.",
			[]string{"type"},
			"migration wrong-type type=text/plain",
		}, "", wrongType},
		{Card{
			"html-502", "502 with the HTML page of a proxy; the work is not done (done: it is).",
			"What stands between you and a service answers in its own words.",
			[]string{optionDone},
			"migration @2-4 html-502",
		}, "", badGateway},
		{Card{
			"503", "503 with Retry-After (retry-after, 5 s).",
			"A service says itself when to come back.",
			[]string{"retry-after", "text", optionDone},
			"uaa POST /oauth/token @1 503 retry-after=10s",
		}, "", retryLater(http.StatusServiceUnavailable)},
		{Card{
			"429", "429 with Retry-After (retry-after, 5 s).",
			"Asking less often helps; asking again does not.",
			[]string{"retry-after", "text", optionDone},
			"cf GET @10-12 429 retry-after=30s",
		}, "", retryLater(http.StatusTooManyRequests)},
		{Card{
			"unknown-route", "404 of the platform's router, which knows no way to the server; the work is not done.",
			"A 404 is not always about what was asked for: this one passes.",
			nil, "migration unknown-route lasts=20s",
		}, "", unknownRoute},
		{Card{
			"busy", "Another operation on the same thing is under way: 409, for DELETE 422.",
			"What is busy is not refused: wait, then ask again.",
			[]string{"text"},
			"POST /v3/service_credential_bindings busy lasts=15s",
		}, ServiceCF, busy},
	}
	for _, e := range []struct {
		status                 int
		does, teaches, example string
	}{
		{400, "400 in the service's own form; of the token server one that says nothing of the login.", "An unknown refusal is not a known one.", "uaa POST /oauth/token 400 lasts=20s"},
		{401, "401 in the service's own form.", "Renew the token once, and no more than once.", "migration GET /v1/replication @5 401"},
		{403, "403 in the service's own form.", "An expired token or a missing role: a fresh token tells which.", "migration GET /v1/* @4-5 403"},
		{404, "404 in the service's own form.", "Gone, or never there, or hidden from you.", "migration GET /v1/replication @6 404"},
		{409, "409 in the service's own form.", "Something else is going on: look at what.", "cf PATCH /v3/service_instances/* @1 409"},
		{422, "422 with a text (text).", "The text is for people; decide on the code.", `cf POST /v3/service_credential_bindings @1 422 text="The quota of service keys is used up"`},
	} {
		all = append(all, card{Card{
			strconv.Itoa(e.status), e.does, e.teaches, []string{"text", optionDone}, e.example,
		}, "", errorStatus(e.status)})
	}
	return append(
		all,
		card{Card{
			"redirect", "307 to another origin (to, https://elsewhere.example).",
			"A token never leaves the landscape it is for.",
			[]string{"to", optionDone},
			"migration POST /v1/replication @1 redirect to=https://elsewhere.example",
		}, "", redirect},
		card{Card{
			"huge-body", "A body of 20 MB.",
			"Whoever reads without a limit gives away their memory.",
			[]string{optionDone},
			"migration GET /v1/preflight-check huge-body",
		}, "", huge},
		card{Card{
			"odd-text", "Texts hold control characters, escape sequences and right-to-left marks.",
			"A text from outside is cleaned before it is shown.",
			nil, "migration GET /v1/preflight-check odd-text",
		}, "", oddText},
		card{Card{
			"unknown-status", "A replication or finalization has a status that nobody knows (word, PAUSED).",
			"What is not known is shown as it is and unlocks nothing.",
			[]string{"word"},
			"GET /v1/replication @2 unknown-status word=PAUSED",
		}, ServiceMigration, unknownStatus},
		card{Card{
			"field", "A field of a JSON answer holds something else, or is missing (name, value, of).",
			"A platform has more states than a good day shows.",
			[]string{"name", "value", "of"},
			"GET /v3/processes/*/stats field name=routable value=false",
		}, "", otherField},
		card{Card{
			"job-fails", "The job that the request starts fails with what the broker says (text).",
			"Accepted is not done.",
			[]string{"text"},
			`PATCH /v3/service_instances/* @1 job-fails text="the database is being backed up"`,
		}, ServiceCF, jobFails},
	)
}

func lostAnswer(_ *Fault, _ http.ResponseWriter, r *http.Request, next http.Handler) {
	buffer(r, next)
	panic(http.ErrAbortHandler)
}

func closeConnection(*Fault, http.ResponseWriter, *http.Request, http.Handler) {
	panic(http.ErrAbortHandler)
}

func delay(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	h := buffer(r, next)
	if sleep(r.Context(), cmp.Or(f.For, defaultHold)) != nil {
		panic(http.ErrAbortHandler)
	}
	h.send(w)
}

func slowBody(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	h := buffer(r, next)
	h.header.Set("Content-Length", strconv.Itoa(h.body.Len()))
	h.writeHeader(w)
	connection := http.NewResponseController(w)
	const drips = 20
	body, size := h.body.Bytes(), h.body.Len()/drips+1
	for drip := range slices.Chunk(body, size) {
		_ = connection.Flush()
		if sleep(r.Context(), cmp.Or(f.For, defaultHold)/time.Duration((len(body)+size-1)/size)) != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(drip) // the client may be gone
	}
}

func cutBody(_ *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	h := buffer(r, next)
	if h.body.Len() == 0 {
		h.send(w) // nothing to cut
		return
	}
	h.header.Set("Content-Length", strconv.Itoa(h.body.Len()))
	h.body.Truncate(h.body.Len() / 2)
	h.send(w)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func wrongType(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	h := buffer(r, next)
	h.header.Set("Content-Type", cmp.Or(f.Type, defaultType))
	h.send(w)
}

// respond replies in place of the service, after the work if the card has done.
func respond(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler, a reply) {
	if f.Done {
		buffer(r, next)
	}
	writeReply(w, a)
}

func badGateway(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	respond(f, w, r, next, reply{status: http.StatusBadGateway, body: htmlPage(`<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>proxy.acme.example</center>
</body>
</html>
`)})
}

func unknownRoute(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	respond(f, w, r, next, reply{
		status: http.StatusNotFound,
		header: map[string]string{"X-Cf-Routererror": "unknown_route"},
		body:   plainText("404 Not Found: Requested route ('" + r.Host + "') does not exist.\n"),
	})
}

func busy(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	e := &cfError{409, 60016, "CF-AsyncServiceInstanceOperationInProgress", "An operation for the service instance is in progress."}
	if r.Method == http.MethodDelete {
		e = unprocessable("There is an operation in progress for the service binding.")
	}
	e.detail = cmp.Or(f.Text, e.detail)
	respond(f, w, r, next, cfErrorReply(e))
}

func retryLater(status int) injection {
	return func(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
		a := serviceErrorReply(r, status, f.Text)
		seconds := (cmp.Or(f.RetryAfter, defaultRetryAfter) + time.Second - 1) / time.Second
		a.header = map[string]string{"Retry-After": strconv.Itoa(int(seconds))}
		respond(f, w, r, next, a)
	}
}

func errorStatus(status int) injection {
	return func(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
		respond(f, w, r, next, serviceErrorReply(r, status, f.Text))
	}
}

// serviceErrorReply formats an error as the addressed service does.
func serviceErrorReply(r *http.Request, status int, text string) reply {
	switch serviceOf(r.URL.Path) {
	case ServiceMigration:
		return migrationErrorReply(&serviceError{status: status, message: cmp.Or(text, "The request was answered with "+http.StatusText(status))})
	case ServiceUAA:
		code := map[int]string{400: "code_store", 401: "invalid_token", 403: "access_denied", 404: "not_found", 429: "rate_limit_exceeded"}[status]
		return uaaErrorReply(&uaaError{status, cmp.Or(code, "server_error"), cmp.Or(text, http.StatusText(status))})
	}
	broker := strings.HasPrefix(r.URL.Path, "/v3/service_") && r.Method != http.MethodGet
	if status == http.StatusTooManyRequests && broker {
		return cfErrorReply(&cfError{429, 10016, "CF-ServiceBrokerRateLimitExceeded", cmp.Or(text, "Service broker concurrent request limit exceeded")})
	}
	e := map[int]*cfError{
		400: {400, 1001, "CF-MessageParseError", "Request invalid due to parse error"},
		401: errInvalidToken, 403: errNotAuthorized, 404: notFound("Resource"),
		409: {409, 60016, "CF-AsyncServiceInstanceOperationInProgress", "An operation for the service instance is in progress."},
		422: unprocessable("The request is semantically invalid"),
		429: {429, 10013, "CF-RateLimitExceeded", "Rate Limit Exceeded"},
		503: {503, 10015, "CF-ServiceUnavailable", "The service is temporarily unavailable"},
	}[status]
	return cfErrorReply(&cfError{e.status, e.code, e.title, cmp.Or(text, e.detail)})
}

func redirect(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	respond(f, w, r, next, reply{
		status: http.StatusTemporaryRedirect, // preserves method and body
		header: map[string]string{"Location": cmp.Or(f.To, defaultOrigin) + r.URL.RequestURI()},
	})
}

func huge(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	if f.Done {
		buffer(r, next)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, `{"message":"`)
	padding := strings.Repeat("x", 64<<10)
	for range hugeBody / len(padding) {
		if _, err := io.WriteString(w, padding); err != nil {
			return // the client is gone
		}
	}
	_, _ = io.WriteString(w, `"}`)
}

// oddPrefix holds control characters and terminal escape sequences, oddSuffix
// bidirectional and zero-width characters.
const (
	oddPrefix = "\x1b[2J\x1b[31m\x1b]0;owned\x07\r\n\x00\u0085"
	oddSuffix = "\u202e\u2066\u200b gnitirw fo thgir\t\x7f\x08"
)

func oddText(_ *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	rewrite(w, r, next, func(body any) any { return garbled("", body) })
}

// shownTexts are the fields that are shown to people. Names stay intact, since
// clients look them up.
var shownTexts = []string{"message", "detail", "description", "error_description", "critical", "warning"}

func garbled(field string, value any) any {
	switch value := value.(type) {
	case string:
		if slices.Contains(shownTexts, field) {
			return oddPrefix + value + oddSuffix
		}
	case []any:
		for i := range value {
			value[i] = garbled(field, value[i])
		}
	case map[string]any:
		for name := range value {
			value[name] = garbled(name, value[name])
		}
	}
	return value
}

func unknownStatus(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	rewrite(w, r, next, func(body any) any {
		if fields, is := body.(map[string]any); is && fields["status"] != nil {
			fields["status"] = cmp.Or(f.Word, defaultWord)
		}
		return body
	})
}

// rewrite changes a JSON body; others pass unchanged.
func rewrite(w http.ResponseWriter, r *http.Request, next http.Handler, change func(any) any) {
	h := buffer(r, next)
	var body any
	if json.Unmarshal(h.body.Bytes(), &body) == nil {
		data, err := json.Marshal(change(body))
		if err != nil {
			panic(fmt.Sprintf("JSON that was just read: %v", err))
		}
		h.body.Reset()
		h.body.Write(data)
	}
	h.send(w)
}

func jobFails(f *Fault, w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(w, withJobFailure(r, cmp.Or(f.Text, defaultBrokerText)))
}
