package sandbox

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
)

// faultLayer holds the cards that were dealt and counts the requests that they
// match. The first card that strikes a request has it alone.
type faultLayer struct {
	mu    sync.Mutex
	cards []*dealtCard
}

type dealtCard struct {
	Fault
	path    *regexp.Regexp
	strike  strike
	matched int // requests so far
}

// deal checks the faults and makes a layer of them.
func deal(faults []Fault) (*faultLayer, error) {
	l := &faultLayer{}
	for _, f := range faults {
		if err := f.check(); err != nil {
			return nil, err
		}
		c, _ := findCard(f.Card)
		if c.service != "" {
			f.Service = c.service
		}
		l.cards = append(l.cards, &dealtCard{Fault: f, path: pathPattern(f.Path), strike: c.strike})
	}
	return l, nil
}

// pathPattern makes * match within a segment and ** across them.
func pathPattern(pattern string) *regexp.Regexp {
	if pattern == "" {
		pattern = "**"
	}
	expression := regexp.QuoteMeta(pattern)
	expression = strings.ReplaceAll(expression, `\*\*`, `.*`)
	expression = strings.ReplaceAll(expression, `\*`, `[^/]*`)
	return regexp.MustCompile("^" + expression + "$")
}

// next returns the card that strikes a request, or nil. Every card that matches
// counts the request, also when another one strikes it.
func (l *faultLayer) next(r *http.Request) *dealtCard {
	l.mu.Lock()
	defer l.mu.Unlock()
	var struck *dealtCard
	for _, c := range l.cards {
		if c.Service != "" && c.Service != serviceOf(r.URL.Path) || c.Method != "" && c.Method != r.Method || !c.path.MatchString(r.URL.Path) {
			continue
		}
		c.matched++
		if struck == nil && c.matched >= c.First && (c.Last == 0 || c.matched <= c.Last) {
			struck = c
		}
	}
	return struck
}

func (l *faultLayer) disturb(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := l.next(r)
		if c == nil {
			next.ServeHTTP(w, r)
			return
		}
		if logged, is := w.(*watchedWriter); is {
			logged.request.Fault = c.Card
		}
		c.strike(&c.Fault, w, r, next)
	})
}

// heldAnswer is an answer that is not sent yet.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// hold lets the work be done and keeps the answer.
func hold(r *http.Request, next http.Handler) *heldAnswer {
	h := &heldAnswer{header: http.Header{}, status: http.StatusOK}
	next.ServeHTTP(h, r)
	return h
}

func (h *heldAnswer) Header() http.Header { return h.header }

func (h *heldAnswer) WriteHeader(status int) { h.status = status }

func (h *heldAnswer) Write(p []byte) (int, error) { return h.body.Write(p) }

// begin sends all but the body.
func (h *heldAnswer) begin(w http.ResponseWriter) {
	maps.Copy(w.Header(), h.header)
	w.WriteHeader(h.status)
}

func (h *heldAnswer) send(w http.ResponseWriter) {
	h.begin(w)
	_, _ = w.Write(h.body.Bytes()) // who went away is not told
}

// doomKey is where a request carries what the broker will say no with to the
// job that it starts.
type doomKey struct{}

func withDoom(r *http.Request, said string) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), doomKey{}, said))
}

// doom is empty for a job that may succeed.
func (q *call) doom() string {
	said, _ := q.r.Context().Value(doomKey{}).(string)
	return said
}
