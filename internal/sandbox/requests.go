package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// The services that a request can be for.
const (
	ServiceCF        = "cf"
	ServiceUAA       = "uaa"
	ServiceMigration = "migration"
)

// Request is one line of the request log. It never holds a body, a header, a
// token or a password.
type Request struct {
	// Seq counts from 1 in the order in which requests were answered.
	Seq int64 `json:"seq"`
	// Time is when the request came in.
	Time    time.Time `json:"time"`
	Service string    `json:"service"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	// Query is the raw query; the value of a parameter that may be secret is ***.
	Query string `json:"query"`
	// Status is the HTTP status of the answer, 0 if there was none.
	Status int `json:"status"`
	// Fault is the card that struck the request, empty if none did.
	Fault string `json:"fault,omitempty"`
}

// keptRequests bounds the memory of a landscape that runs for weeks. Older
// requests were handed to OnRequest and are forgotten here.
const keptRequests = 500_000

type requestLog struct {
	notify func(Request)

	order sync.Mutex // held while a request is numbered and announced
	seq   int64

	mu   sync.Mutex
	kept []Request
}

func (l *requestLog) add(r Request) {
	l.order.Lock()
	defer l.order.Unlock()
	l.seq++
	r.Seq = l.seq

	l.mu.Lock()
	if len(l.kept) == keptRequests {
		l.kept = slices.Delete(l.kept, 0, keptRequests/10)
	}
	l.kept = append(l.kept, r)
	l.mu.Unlock()

	if l.notify != nil {
		l.notify(r)
	}
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.kept)
}

// record wraps next so that every request is logged at the moment its answer
// begins: who has read an answer finds the request in the log.
func (l *requestLog) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watched := &watchedWriter{ResponseWriter: w, log: l, request: Request{
			Time:    time.Now(),
			Service: serviceOf(r.URL.Path),
			Method:  r.Method,
			Path:    shownPath(r.URL.Path),
			Query:   shownQuery(r.URL.RawQuery),
		}}
		defer watched.done(0) // nothing was answered: the connection breaks
		next.ServeHTTP(watched, r)
	})
}

type watchedWriter struct {
	http.ResponseWriter
	log     *requestLog
	request Request
	logged  bool
}

func (w *watchedWriter) done(status int) {
	if w.logged {
		return
	}
	w.logged = true
	w.request.Status = status
	w.log.add(w.request)
}

func (w *watchedWriter) WriteHeader(status int) {
	w.done(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *watchedWriter) Write(p []byte) (int, error) {
	w.done(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// serviceOf tells the services apart by path: one listener serves them all.
func serviceOf(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case "v1":
		return ServiceMigration
	case "login", "oauth", "passcode", "token_keys", "userinfo":
		return ServiceUAA
	}
	return ServiceCF
}

const hiddenValue = "***"

// shownPath hides the token id at the end of a revocation.
func shownPath(path string) string {
	const revoke = "/oauth/token/revoke/"
	if strings.HasPrefix(path, revoke) {
		return revoke + hiddenValue
	}
	return path
}

// shownQuery hides the values of parameters that may be secret, and keeps the
// rest as it came.
func shownQuery(raw string) string {
	if raw == "" {
		return ""
	}
	parts := strings.FieldsFunc(raw, func(r rune) bool { return r == '&' || r == ';' })
	for i, part := range parts {
		key, _, found := strings.Cut(part, "=")
		if !found {
			continue
		}
		name, err := url.QueryUnescape(key)
		if err != nil || secretParameter(name) {
			parts[i] = key + "=" + hiddenValue
		}
	}
	return strings.Join(parts, "&")
}

func secretParameter(name string) bool {
	name = strings.ToLower(name)
	for _, word := range []string{"password", "passcode", "secret", "token", "assertion", "credential"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return name == "code"
}
