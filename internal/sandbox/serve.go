package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// maxBody bounds what a client may send.
const maxBody = 1 << 20

// A layer wraps a handler. Requests pass the layers from the outside in: the
// log first, so that it sees what any of the others did to an answer.
type layer func(http.Handler) http.Handler

func layered(inner http.Handler, layers ...layer) http.Handler {
	for i := len(layers) - 1; i >= 0; i-- {
		inner = layers[i](inner)
	}
	return inner
}

func (l *Landscape) handler() http.Handler {
	mux := http.NewServeMux()
	l.routeCloudController(mux)
	l.routeUAA(mux)
	l.routeMigration(mux)
	return layered(mux, l.count, l.requests.record, l.faults.disturb, survive)
}

// count keeps Close waiting for what is being answered.
func (l *Landscape) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !l.gate.enter() {
			panic(http.ErrAbortHandler)
		}
		defer l.gate.leave()
		next.ServeHTTP(w, r)
	})
}

// survive turns a bug of the landscape into an answer that says so. Deliberate
// breaks of the connection pass.
func survive(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch fault := recover(); fault {
			case nil:
			case http.ErrAbortHandler:
				panic(fault)
			default:
				write(w, failure((&cfError{
					http.StatusInternalServerError, 10001, "UnknownError",
					fmt.Sprintf("The landscape has a bug: %v", fault),
				})))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// call is a request as a handler sees it.
type call struct {
	r    *http.Request
	body []byte
	base string    // scheme and host as the client sees them
	now  time.Time // the moment of the decision
	who  *identity // who asks, once that is known
}

// link is a reference in the Cloud Controller's form.
func (q *call) link(path string) object { return object{"href": q.base + path} }

// object is a JSON object that is being built.
type object = map[string]any

// reply is an answer that is still to be sent.
type reply struct {
	status int
	header map[string]string
	body   any // JSON; nil for none; a page for HTML
	// later, if set, makes the answer after a wait (real time).
	wait  time.Duration
	later func(*call) (reply, error)
}

// page is a body in HTML.
type page string

func ok(body any) (reply, error) { return reply{status: http.StatusOK, body: body}, nil }

// handler decides about a request, with the world's lock held.
type handler func(*call) (reply, error)

// door is the entrance of a service: who may come in, and how it says no.
type door struct {
	world  *world
	admit  func(*call) error // nil: everybody
	refuse func(error) reply
}

// through makes an http.Handler of a handler behind the door. The body is read
// before the lock is taken and the answer written after it is given back, so
// that a slow client holds up nobody.
func (d door) through(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			var tooLarge *http.MaxBytesError
			if errors.As(err, &tooLarge) {
				write(w, failure(&cfError{http.StatusRequestEntityTooLarge, 1001, "CF-MessageParseError", "Request is too large"}))
				return
			}
			panic(http.ErrAbortHandler) // the client went away while it sent
		}
		q := &call{r: r, body: body, base: baseOf(r)}
		answer := d.decide(q, func(q *call) (reply, error) {
			if d.admit != nil {
				if err := d.admit(q); err != nil {
					return reply{}, err
				}
			}
			return h(q)
		})
		if answer.later != nil {
			if pause(r.Context(), answer.wait) != nil {
				panic(http.ErrAbortHandler) // given up: nobody is there to be answered
			}
			answer = d.decide(q, answer.later)
		}
		write(w, answer)
	})
}

// decide runs a handler on the settled world.
func (d door) decide(q *call, h handler) reply {
	d.world.mu.Lock()
	defer d.world.mu.Unlock()
	q.now = d.world.settle()
	answer, err := h(q)
	if err != nil {
		return d.refuse(err)
	}
	return answer.frozen()
}

// frozen encodes the body while the world stands still.
func (a reply) frozen() reply {
	switch a.body.(type) {
	case nil, page, json.RawMessage:
		return a
	}
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false) // an & in a link stays one, as on a real landscape
	if err := encoder.Encode(a.body); err != nil {
		panic(err) // only bodies that are made here
	}
	a.body = json.RawMessage(data.Bytes())
	return a
}

func write(w http.ResponseWriter, a reply) {
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	var data []byte
	switch body := a.frozen().body.(type) {
	case page:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		data = []byte(body)
	case json.RawMessage:
		w.Header().Set("Content-Type", "application/json")
		data = body
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(data) // who went away is not told
}

// baseOf is the address that the client used: every URL in an answer starts
// with it, so that it can be followed through a tunnel or proxy too.
func baseOf(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host
}
