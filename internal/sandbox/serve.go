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

// maxBody is the maximum size of request bodies.
const maxBody = 1 << 20

// chain wraps a handler; the first middleware is the outermost one.
type middleware func(http.Handler) http.Handler

func chain(inner http.Handler, layers ...middleware) http.Handler {
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
	return chain(mux, l.trackRequests, l.requests.middleware, l.faults.middleware, recoverPanics)
}

// trackRequests makes Close wait for running handlers.
func (l *Landscape) trackRequests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !l.inFlight.begin() {
			panic(http.ErrAbortHandler)
		}
		defer l.inFlight.end()
		next.ServeHTTP(w, r)
	})
}

// recoverPanics turns a bug into a response with status 500. Deliberate aborts of
// the connection pass.
func recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch fault := recover(); fault {
			case nil:
			case http.ErrAbortHandler:
				panic(fault)
			default:
				writeReply(w, cfErrorReply((&cfError{
					http.StatusInternalServerError, 10001, "UnknownError",
					fmt.Sprintf("The landscape has a bug: %v", fault),
				})))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// call is a request to a handler.
type call struct {
	r    *http.Request
	body []byte
	base string    // scheme and host as seen by the client
	now  time.Time // time of handling
	who  *identity // the authenticated caller, if any
}

// link is a link in the format of the Cloud Controller.
func (q *call) link(path string) object { return object{"href": q.base + path} }

// object is a JSON object.
type object = map[string]any

// reply is a response to be sent.
type reply struct {
	status int
	header map[string]string
	body   any // encoded as JSON, except nil, htmlPage and plainText
	// later, if set, produces the response after a wait in real time.
	wait  time.Duration
	later func(*call) (reply, error)
}

// htmlPage is an HTML body.
type htmlPage string

// plainText is a body of text.
type plainText string

func ok(body any) (reply, error) { return reply{status: http.StatusOK, body: body}, nil }

// handler handles a request, with the world's lock held.
type handler func(*call) (reply, error)

// service authenticates the requests to one service and formats its errors.
type service struct {
	world        *world
	authenticate func(*call) error // nil: public
	errorReply   func(error) reply
}

// handle adapts a handler to http.Handler. The body is read before the lock is
// taken, and the response is written after it is released, so that a slow client
// blocks no other.
func (s service) handle(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			var tooLarge *http.MaxBytesError
			if errors.As(err, &tooLarge) {
				writeReply(w, cfErrorReply(&cfError{http.StatusRequestEntityTooLarge, 1001, "CF-MessageParseError", "Request is too large"}))
				return
			}
			panic(http.ErrAbortHandler) // the client is gone
		}
		q := &call{r: r, body: body, base: baseOf(r)}
		answer := s.run(q, func(q *call) (reply, error) {
			if s.authenticate != nil {
				if err := s.authenticate(q); err != nil {
					return reply{}, err
				}
			}
			return h(q)
		})
		if answer.later != nil {
			if sleep(r.Context(), answer.wait) != nil {
				panic(http.ErrAbortHandler) // the client is gone
			}
			answer = s.run(q, answer.later)
		}
		writeReply(w, answer)
	})
}

// run runs a handler on the current state of the world.
func (s service) run(q *call, h handler) reply {
	s.world.mu.Lock()
	defer s.world.mu.Unlock()
	q.now = s.world.advance()
	answer, err := h(q)
	if err != nil {
		return s.errorReply(err)
	}
	return answer.encoded()
}

// encoded encodes the body, which needs the lock.
func (a reply) encoded() reply {
	switch a.body.(type) {
	case nil, htmlPage, plainText, json.RawMessage:
		return a
	}
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false) // keep & in links, as Cloud Foundry does
	if err := encoder.Encode(a.body); err != nil {
		panic(err) // bodies are generated here
	}
	a.body = json.RawMessage(data.Bytes())
	return a
}

func writeReply(w http.ResponseWriter, a reply) {
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	var data []byte
	switch body := a.encoded().body.(type) {
	case htmlPage:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		data = []byte(body)
	case plainText:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		data = []byte(body)
	case json.RawMessage:
		w.Header().Set("Content-Type", "application/json")
		data = body
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(data) // the client may be gone
}

// baseOf returns the address that the client used. Links start with it, so that
// they work through a tunnel or proxy too.
func baseOf(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host
}
