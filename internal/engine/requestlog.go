package engine

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Request is one HTTP exchange, as the log shows it: no body, no header that
// could carry a secret, no query.
type Request struct {
	At        time.Time
	Service   string // cf, uaa, migration
	Method    string
	Path      string
	Status    int // 0: no answer
	Took      time.Duration
	RequestID string
	Failure   string // why there was no answer
}

// keptRequests bounds the log: the last hour or two of a migration.
const keptRequests = 1000

// requestLog keeps the requests that its loggers record, the newest keptRequests.
type requestLog struct {
	mu       sync.Mutex
	requests []Request
	total    int
}

// requestLogger is a RoundTripper that records what goes through it.
type requestLogger struct {
	log  *requestLog
	next http.RoundTripper
}

func (l *requestLogger) RoundTrip(r *http.Request) (*http.Response, error) {
	begin := time.Now()
	res, err := l.next.RoundTrip(r)
	entry := Request{At: begin, Service: serviceOf(r), Method: r.Method, Path: r.URL.Path, Took: time.Since(begin)}
	if err != nil {
		entry.Failure = err.Error()
	} else {
		entry.Status, entry.RequestID = res.StatusCode, requestID(res.Header)
	}
	l.log.add(entry)
	return res, err
}

func (l *requestLog) add(entry Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total++
	l.requests = append(l.requests, entry)
	if len(l.requests) > keptRequests+keptRequests/4 {
		l.requests = append([]Request(nil), l.requests[len(l.requests)-keptRequests:]...)
	}
}

// all returns the log, oldest first, and how many requests there were in all.
func (l *requestLog) all() ([]Request, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Request(nil), l.requests...), l.total
}

func serviceOf(r *http.Request) string {
	switch p := r.URL.Path; {
	case strings.Contains(p, "/v1/"):
		return "migration"
	case strings.HasPrefix(p, "/oauth") || strings.HasPrefix(p, "/login") || strings.HasPrefix(p, "/passcode"):
		return "uaa"
	}
	return "cf"
}

func requestID(h http.Header) string {
	for _, name := range []string{"X-Vcap-Request-Id", "X-Request-Id", "X-Correlationid"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}
