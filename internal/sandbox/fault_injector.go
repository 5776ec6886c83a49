package sandbox

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// faultInjector applies the configured faults, and counts the requests that each
// matches. At most one fault, the first that applies, is injected per request.
type faultInjector struct {
	mu    sync.Mutex
	cards []*activeFault
}

type activeFault struct {
	Fault
	path    *regexp.Regexp
	inject  injection
	matched int       // number of requests so far
	begun   time.Time // when it struck first
}

// newFaultInjector validates and compiles the faults.
func newFaultInjector(faults []Fault) (*faultInjector, error) {
	l := &faultInjector{}
	for _, f := range faults {
		if err := f.check(); err != nil {
			return nil, err
		}
		c, _ := findCard(f.Card)
		if c.service != "" {
			f.Service = c.service
		}
		l.cards = append(l.cards, &activeFault{Fault: f, path: compilePath(f.Path), inject: c.inject})
	}
	return l, nil
}

// compilePath compiles a pattern: * matches within a segment, ** across segments.
func compilePath(pattern string) *regexp.Regexp {
	if pattern == "" {
		pattern = "**"
	}
	expression := regexp.QuoteMeta(pattern)
	expression = strings.ReplaceAll(expression, `\*\*`, `.*`)
	expression = strings.ReplaceAll(expression, `\*`, `[^/]*`)
	return regexp.MustCompile("^" + expression + "$")
}

// match returns the fault to inject into a request, or nil. Every fault whose
// pattern matches counts the request, even if another one is injected.
func (i *faultInjector) match(r *http.Request) *activeFault {
	i.mu.Lock()
	defer i.mu.Unlock()
	var struck *activeFault
	for _, c := range i.cards {
		if c.Service != "" && c.Service != serviceOf(r.URL.Path) || c.Method != "" && c.Method != r.Method || !c.path.MatchString(r.URL.Path) {
			continue
		}
		c.matched++
		if struck == nil && c.matched >= c.First && (c.Last == 0 || c.matched <= c.Last) && c.lasts() {
			struck = c
		}
	}
	return struck
}

// lasts reports whether the card's time is not over; it begins with the first request
// that is struck.
func (c *activeFault) lasts() bool {
	if c.begun.IsZero() {
		c.begun = time.Now()
	}
	return c.Lasts == 0 || time.Since(c.begun) < c.Lasts
}

func (i *faultInjector) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := i.match(r)
		if c == nil {
			next.ServeHTTP(w, r)
			return
		}
		if logged, is := w.(*loggingWriter); is {
			logged.request.Fault = c.Card
		}
		c.inject(&c.Fault, w, r, next)
	})
}

// bufferedReply is a ResponseWriter that holds a response back.
type bufferedReply struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// buffer runs the handler and holds its response back.
func buffer(r *http.Request, next http.Handler) *bufferedReply {
	h := &bufferedReply{header: http.Header{}, status: http.StatusOK}
	next.ServeHTTP(h, r)
	return h
}

func (h *bufferedReply) Header() http.Header { return h.header }

func (h *bufferedReply) WriteHeader(status int) { h.status = status }

func (h *bufferedReply) Write(p []byte) (int, error) { return h.body.Write(p) }

// writeHeader sends header and status.
func (h *bufferedReply) writeHeader(w http.ResponseWriter) {
	maps.Copy(w.Header(), h.header)
	w.WriteHeader(h.status)
}

func (h *bufferedReply) send(w http.ResponseWriter) {
	h.writeHeader(w)
	_, _ = w.Write(h.body.Bytes()) // the client may be gone
}

// jobFailureKey is the context key of the message that the job of a request
// fails with.
type jobFailureKey struct{}

func withJobFailure(r *http.Request, said string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), jobFailureKey{}, said))
}

// jobFailure is the message that the job of the request fails with, or empty.
func (q *call) jobFailure() string {
	said, _ := q.r.Context().Value(jobFailureKey{}).(string)
	return said
}
