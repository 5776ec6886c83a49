package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Services that a request can be addressed to.
const (
	ServiceCF        = "cf"
	ServiceUAA       = "uaa"
	ServiceMigration = "migration"
)

// Request is an entry of the request log. It holds no body, header, token or
// password.
type Request struct {
	// Seq numbers the requests from 1, in the order of their responses.
	Seq int64 `json:"seq"`
	// Time is when the request arrived.
	Time    time.Time `json:"time"`
	Service string    `json:"service"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	// Query is the raw query, with *** for values that may be secret.
	Query string `json:"query"`
	// Status is the HTTP status of the response, 0 if there was none.
	Status int `json:"status"`
	// Metadata says that labels and annotations were changed, and nothing else.
	Metadata bool `json:"metadata,omitempty"`
	// Fault is the name of the injected card, if any.
	Fault string `json:"fault,omitempty"`
}

// maxRequests bounds the log of a landscape that runs for weeks. Older entries
// are dropped.
const maxRequests = 500_000

type requestLog struct {
	notify func(Request)

	order sync.Mutex // held while a request is numbered and reported
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
	if len(l.kept) == maxRequests {
		l.kept = slices.Delete(l.kept, 0, maxRequests/10)
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

// middleware logs every request before its response is sent, so that a client
// that has read the response finds it in the log.
func (l *requestLog) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		logging := &loggingWriter{ResponseWriter: w, log: l, request: Request{
			Time:    time.Now(),
			Service: serviceOf(r.URL.Path),
			Method:  r.Method,
			Path:    redactPath(r.URL.Path),
			Query:   redactQuery(r.URL.RawQuery),
		}}
		defer logging.done(0) // no response: the connection is closed
		next.ServeHTTP(logging, r.WithContext(context.WithValue(r.Context(), loggedRequest{}, &logging.request)))
	})
}

type loggedRequest struct{}

// metadataOnly notes in the log that a request changes metadata alone.
func (q *call) metadataOnly() {
	if logged, ok := q.r.Context().Value(loggedRequest{}).(*Request); ok {
		logged.Metadata = true
	}
}

type loggingWriter struct {
	http.ResponseWriter
	log     *requestLog
	request Request
	logged  bool
}

func (w *loggingWriter) done(status int) {
	if w.logged {
		return
	}
	w.logged = true
	w.request.Status = status
	w.log.add(w.request)
}

func (w *loggingWriter) WriteHeader(status int) {
	w.done(status)
	w.ResponseWriter.WriteHeader(status)
}

func (w *loggingWriter) Write(p []byte) (int, error) {
	w.done(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// Unwrap supports http.ResponseController.
func (w *loggingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// serviceOf derives the service from the path: one listener serves all.
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

const redacted = "***"

// redactPath redacts the token ID of a revocation.
func redactPath(path string) string {
	const revoke = "/oauth/token/revoke/"
	if strings.HasPrefix(path, revoke) {
		return revoke + redacted
	}
	return path
}

// redactQuery redacts the values of parameters that may be secret.
func redactQuery(raw string) string {
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
			parts[i] = key + "=" + redacted
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
