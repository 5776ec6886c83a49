package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"pg-migrate-wizard/internal/sanitize"
)

// Trace writes every request and every answer, with headers and bodies, as
// CF_TRACE does for cf, and without a secret: see redactor. It may be shared by
// several connections; each exchange has a number, because they may overlap.
type Trace struct {
	mu      sync.Mutex
	w       io.Writer
	number  int
	secrets redactor
	err     error
}

// NewTrace returns a trace that writes to w.
func NewTrace(w io.Writer) *Trace { return &Trace{w: w} }

// Err is the first failure to write; what followed it is lost.
func (t *Trace) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// tracedBody is how much of a body is written. Of what comes behind, the
// size is said.
const tracedBody = 1 << 18

// tracer is a RoundTripper that traces what goes through it.
type tracer struct {
	trace *Trace
	next  http.RoundTripper
}

func (t tracer) RoundTrip(r *http.Request) (*http.Response, error) {
	begin := time.Now()
	var sent []byte
	if r.Body != nil && r.Body != http.NoBody {
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
		sent = body
	}
	n := t.trace.request(begin, r, sent)
	res, err := t.next.RoundTrip(r)
	if err != nil {
		t.trace.failure(n, begin, err)
		return nil, err
	}
	res.Body = &tracedAnswer{ReadCloser: res.Body, done: func(body []byte, size int, cut error) {
		t.trace.answer(n, begin, r, res, body, size, cut)
	}}
	return res, nil
}

// tracedAnswer keeps what is read of a body, and hands it over when the reading
// ends. Reading early would change when, and with what error, the reader sees a
// slow or a broken answer.
type tracedAnswer struct {
	io.ReadCloser
	body []byte
	size int
	once sync.Once
	done func(body []byte, size int, cut error)
}

func (b *tracedAnswer) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.size += n
	if room := tracedBody - len(b.body); room > 0 {
		b.body = append(b.body, p[:min(n, room)]...)
	}
	switch {
	case errors.Is(err, io.EOF):
		b.once.Do(func() { b.done(b.body, b.size, nil) })
	case err != nil:
		b.once.Do(func() { b.done(b.body, b.size, err) })
	}
	return n, err
}

func (b *tracedAnswer) Close() error {
	err := b.ReadCloser.Close()
	b.once.Do(func() { b.done(b.body, b.size, nil) })
	return err
}

func (t *Trace) request(at time.Time, r *http.Request, body []byte) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.number++
	t.secrets.learnRequest(r, body)
	var b strings.Builder
	fmt.Fprintf(&b, "REQUEST %d [%s]\n%s %s HTTP/1.1\nHost: %s\n", t.number, at.UTC().Format(time.RFC3339Nano), r.Method, t.secrets.address(r.URL), r.URL.Host)
	t.message(&b, r.Header, r.URL.Path, body, len(body))
	t.write(b.String())
	return t.number
}

func (t *Trace) answer(n int, begin time.Time, r *http.Request, res *http.Response, body []byte, size int, cut error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.secrets.learnAnswer(res.Header, r.URL.Path, body)
	now := time.Now()
	var b strings.Builder
	fmt.Fprintf(&b, "RESPONSE %d [%s, after %s]\n%s %s\n", n, now.UTC().Format(time.RFC3339Nano), now.Sub(begin).Round(time.Millisecond), res.Proto, res.Status)
	t.message(&b, res.Header, r.URL.Path, body, size)
	if cut != nil {
		fmt.Fprintf(&b, "[the answer broke off: %v]\n", cut)
	}
	t.write(b.String())
}

func (t *Trace) failure(n int, begin time.Time, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	t.write(fmt.Sprintf("NO RESPONSE %d [%s, after %s]\n%v\n", n, now.UTC().Format(time.RFC3339Nano), now.Sub(begin).Round(time.Millisecond), err))
}

// message writes headers, in order, and the body.
func (t *Trace) message(b *strings.Builder, h http.Header, path string, body []byte, size int) {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range h[name] {
			fmt.Fprintf(b, "%s: %s\n", name, t.secrets.header(name, value))
		}
	}
	if len(body) > 0 {
		fmt.Fprintf(b, "\n%s\n", t.secrets.body(h.Get("Content-Type"), path, body))
	}
	if size > len(body) {
		fmt.Fprintf(b, "[%d of %d bytes]\n", len(body), size)
	}
}

// write takes out what could move a terminal's cursor, or hide in a secret, and
// then what has been learnt to be one.
func (t *Trace) write(block string) {
	if t.err == nil {
		_, t.err = io.WriteString(t.w, t.secrets.text(sanitize.Text(block))+"\n")
	}
}
