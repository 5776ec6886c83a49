package apiclient

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
)

// maxBody limits the body that is read. A preflight check with a finding for each
// of the 30000 relations that the service allows fits.
const maxBody = 1 << 20

// sendHandler sends the request once and reads the response. It uses the transport
// without an http.Client, which might follow redirects or keep cookies.
type sendHandler struct {
	transport http.RoundTripper
	userAgent string
}

func (h *sendHandler) do(ctx context.Context, c call) (*answer, error) {
	if e := stopped(ctx, c); e != nil {
		e.NotSent = true
		return nil, e
	}
	var conn connection
	req, err := http.NewRequestWithContext(conn.watch(ctx), c.method, c.url, bytes.NewReader(c.body))
	if err != nil {
		return nil, c.neverSent(err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token.Reveal())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", h.userAgent)
	if c.changes() {
		req.Header.Set("Content-Type", "application/json")
	}

	resp, err := h.transport.RoundTrip(req)
	if err != nil {
		e := stopped(ctx, c)
		if e == nil {
			e = c.fail(KindNetwork, withoutURL(err))
		}
		e.NotSent = conn.never()
		return nil, e
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	a := &answer{status: resp.StatusCode, header: resp.Header, body: body, cut: err}
	if len(body) > maxBody {
		a.body, a.tooLong = body[:maxBody], true
	}
	return a, nil
}

// withoutURL unwraps url.Error, whose text holds the query.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// connection traces whether a request can have been sent.
type connection struct{ asked, got atomic.Bool }

func (c *connection) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { c.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { c.got.Store(true) },
	})
}

// never reports whether the request was certainly not sent: the transport asked
// for a connection and got none. Transports without tracing prove nothing.
func (c *connection) never() bool { return c.asked.Load() && !c.got.Load() }
