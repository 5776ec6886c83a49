package cfsession

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"pg-migrate-wizard/internal/secret"
)

// wire is the transport under go-cfclient. All that matters on the way to the
// Cloud Controller happens here, where the HTTP status is still known: the
// token, one renewal after a 401, repeats of reads, and the judgement of the
// answer. Everything but a whole 2xx comes out as an error, so go-cfclient never
// sees a 401 to renew upon, nor a redirect to follow.
type wire struct{ s *Session }

func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, &Error{Err: fmt.Errorf("read the request: %w", err)}
		}
	}
	if !sameOrigin(req.URL, w.s.api) {
		return nil, &Error{Err: fmt.Errorf("%s is not the API: nothing is sent there", req.URL.Host)}
	}
	token, err := w.s.Token(ctx)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, &Error{Err: ctx.Err()}
	}
	ans, err := w.send(ctx, req, body, token)
	if err == nil && ans.StatusCode == http.StatusUnauthorized {
		// 401 comes before anything is done, so any request may be repeated.
		other, rerr := w.s.Renew(ctx, token)
		if rerr != nil {
			return nil, rerr
		}
		if other != token {
			token = other
			ans, err = w.send(ctx, req, body, token)
		}
	}
	return judge(req, ans, err, token)
}

func (w wire) send(ctx context.Context, req *http.Request, body []byte, token secret.Text) (*answer, error) {
	return w.s.link.send(ctx, req.Method, func(ctx context.Context) (*http.Request, error) {
		out := req.Clone(ctx)
		out.Header.Set("Authorization", "Bearer "+token.Reveal())
		out.Body, out.GetBody = nil, nil
		if body != nil {
			out.Body = io.NopCloser(bytes.NewReader(body))
			out.ContentLength = int64(len(body))
		}
		return out, nil
	})
}

var (
	errNotJSON = errors.New("the answer is not JSON")
	errEmpty   = errors.New("the answer is empty")
)

// judge lets a whole success pass and makes a typed error of anything else.
// unclear is set where a change may have been carried out all the same.
func judge(req *http.Request, ans *answer, err error, token secret.Text) (*http.Response, error) {
	change := req.Method != http.MethodGet
	if err != nil {
		return nil, &Error{Err: err, unclear: change && !neverLeft(err)}
	}
	status := ans.StatusCode
	if status < 200 || status > 299 {
		e := refusalError("", ans, token)
		e.unclear = change && status >= 500
		return nil, e
	}
	// An accepted job is told by the header: its body says nothing that counts.
	if change && jobOf(ans.Response) != "" {
		return ans.Response, nil
	}
	switch {
	case ans.cut != nil:
		err = ans.cut
	case len(bytes.TrimSpace(ans.body)) == 0 && change:
		// No content is a good answer to a change.
	case len(bytes.TrimSpace(ans.body)) == 0:
		err = errEmpty
	case !json.Valid(ans.body):
		err = errNotJSON
	}
	if err != nil {
		return nil, &Error{
			RequestID: ans.Header.Get("X-Vcap-Request-Id"),
			Err:       fmt.Errorf("HTTP %d, but %w", status, err), unclear: change,
		}
	}
	return ans.Response, nil
}
