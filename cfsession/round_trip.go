package cfsession

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"pg-migrate-wizard/internal/origin"
	"pg-migrate-wizard/internal/secret"
)

// roundTrip sends a request to the Cloud Controller and checks the answer: the
// token, one renewal after a 401, repeats of reads. Everything but a whole 2xx
// comes back as an error. path begins with a slash and may bring a query; no
// request leaves the session's API.
func (s *Session) roundTrip(ctx context.Context, method, path string, body []byte) (*answer, error) {
	address, err := url.Parse(s.api.String() + path)
	if err == nil && !origin.Same(address, s.api) {
		err = fmt.Errorf("%s is not the API: nothing is sent there", address.Host)
	}
	if err == nil && !origin.Private(address) {
		err = fmt.Errorf("%s is %w", address.Host, errNotPrivate)
	}
	if err != nil {
		return nil, &Error{Err: err}
	}
	token, err := s.Token(ctx)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, &Error{Err: ctx.Err()}
	}
	m := message{
		method: method, url: address.String(), authorization: "Bearer " + token.Reveal(),
		body: body, contentType: "application/json", once: body != nil,
	}
	ans, err := s.requester.send(ctx, m)
	if err == nil && ans.StatusCode == http.StatusUnauthorized {
		// 401 comes before anything is done, so any request may be repeated.
		other, rerr := s.Renew(ctx, token)
		if rerr != nil {
			return nil, rerr
		}
		if other != token {
			token, m.authorization = other, "Bearer "+other.Reveal()
			ans, err = s.requester.send(ctx, m)
		}
	}
	return checkResponse(method, ans, err, token)
}

var (
	errNotJSON = errors.New("the answer is not JSON")
	errEmpty   = errors.New("the answer is empty")
)

// checkResponse lets a whole success pass and makes a typed error of anything else.
// unclear is set where a change may have been carried out all the same.
func checkResponse(method string, ans *answer, err error, token secret.Text) (*answer, error) {
	change := method != http.MethodGet
	if err != nil {
		return nil, &Error{Err: err, unclear: change && !notSent(err)}
	}
	status := ans.StatusCode
	if status < 200 || status > 299 {
		e := refusalError("", ans, token)
		// A redirect is not followed: whoever points elsewhere may have taken the
		// request before. A router that knows no route has sent it to nobody.
		e.unclear = change && (status >= 500 || status < 400)
		return nil, e
	}
	// An accepted job is told by the header: its body says nothing that counts.
	if change && jobOf(ans.Response) != "" {
		return ans, nil
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
	return ans, nil
}
