package cfsession

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"pg-migrate-wizard/internal/secret"
)

// grantRequest is one call of the UAA's token endpoint.
type grantRequest struct {
	op       string
	base     string // links.login, where cf asks too
	form     url.Values
	clientID string // with the secret in the Authorization header; "": the form holds them
	secret   secret.Text
	origin   string        // identity provider, "" for the default
	secrets  []secret.Text // what is in the form, to be kept out of errors
}

// grantRefusedError is the UAA's no to this login: repeating the same request changes
// nothing.
type grantRefusedError struct{ no *Error }

func (e *grantRefusedError) Error() string { return e.no.Error() }
func (e *grantRefusedError) Unwrap() error { return e.no }

// refusals are the error codes with which the UAA refuses a login itself (RFC 6749, 5.2,
// and the UAA's own two). Any other code, server_error, rate_limited or code_store, speaks
// of the server, and so does an answer without one: it comes from somebody in between.
var refusals = []string{
	"invalid_grant", "invalid_token", "unauthorized", "invalid_client", "unauthorized_client", "invalid_scope",
}

// refusesLogin reports whether status and error code of the token endpoint are the end of
// the login.
func refusesLogin(status int, code string) bool {
	return status >= 400 && status < 500 && status != http.StatusTooManyRequests && slices.Contains(refusals, code)
}

// fetchToken calls the token endpoint once; the answer is never repeated or
// logged. *grantRefusedError: the UAA understood and said no. *TokenError: it may
// give a token later. *Error: the caller gave up, or the address is none to ask at.
func fetchToken(ctx context.Context, l requester, r grantRequest) (tokenPair, time.Duration, error) {
	failed := func(e *Error) (tokenPair, time.Duration, error) {
		if errors.Is(ctx.Err(), context.Canceled) {
			return tokenPair{}, 0, e
		}
		return tokenPair{}, 0, &TokenError{e.RetryAfter, e}
	}
	fail := func(err error) (tokenPair, time.Duration, error) { return failed(&Error{Op: r.op, Err: err}) }
	base, err := privateBase(r.base)
	if err != nil {
		return tokenPair{}, 0, &Error{Op: r.op, Err: fmt.Errorf("the address of the token server: %w", err)}
	}
	target := base.JoinPath("oauth", "token")
	if r.origin != "" {
		hint, err := json.Marshal(map[string]string{"origin": r.origin})
		if err != nil {
			return fail(err)
		}
		target.RawQuery = url.Values{"login_hint": {string(hint)}}.Encode()
	}
	basic := base64.StdEncoding.EncodeToString([]byte(r.clientID + ":" + r.secret.Reveal()))
	m := message{
		method: http.MethodPost, url: target.String(),
		body: []byte(r.form.Encode()), contentType: "application/x-www-form-urlencoded",
	}
	if r.clientID != "" {
		m.authorization = "Basic " + basic
	}
	ans, err := l.send(ctx, m)
	switch {
	case err != nil:
		return fail(err)
	case ans.StatusCode != http.StatusOK:
		e := refusalError(r.op, ans, append(r.secrets, r.secret, secret.New(basic))...)
		if e.endOfLogin {
			return tokenPair{}, 0, &grantRefusedError{e}
		}
		return failed(e)
	case ans.cut != nil:
		return fail(ans.cut)
	}
	var body struct {
		Access    string `json:"access_token"`
		Refresh   string `json:"refresh_token"`
		ExpiresIn int64  `json:"expires_in"`
	}
	// The decoder's error could quote the body: it is not passed on.
	if json.Unmarshal(ans.body, &body) != nil || body.Access == "" {
		return fail(errNoToken)
	}
	return grantedPair(secret.New(body.Access), secret.New(body.Refresh), body.ExpiresIn)
}

var errNoToken = errors.New("the answer holds no token")

// grantedPair dates a pair that has just arrived. expires_in is a span, so a
// clock that is wrong does it no harm; what the token says of its issue shows
// how far the server's clock is ahead.
func grantedPair(access, refresh secret.Text, expiresIn int64) (tokenPair, time.Duration, error) {
	now := time.Now().Round(0)
	c, err := parseClaims(access)
	var skew time.Duration
	if err == nil && c.Iat > 0 {
		skew = time.Unix(c.Iat, 0).Sub(now.Truncate(time.Second))
	}
	p := newTokenPair(access, refresh, skew)
	if expiresIn > 0 {
		p.life = time.Duration(expiresIn) * time.Second
		p.expiry = now.Add(p.life)
	}
	p.got = now
	return p, skew, nil
}

// refresh renews a pair at the UAA. A server that hands out no new refresh token
// means the old one to be kept.
func (s *Session) refresh(ctx context.Context, p tokenPair) (tokenPair, error) {
	r := grantRequest{
		op: "renew the token", base: s.login.tokenBase(),
		clientID: s.login.clientID, secret: s.login.clientSecret,
		form:    url.Values{"grant_type": {"refresh_token"}, "refresh_token": {p.refresh.Reveal()}},
		secrets: []secret.Text{p.refresh, p.access},
	}
	if r.clientID == "" {
		r.clientID = defaultClient
	}
	if s.login.grant == grantClientCredentials {
		r = clientCredentialsGrant(r.base, s.login.clientID, s.login.clientSecret)
	}
	if _, err := privateBase(r.base); err != nil {
		out := &SignedOutError{Reason: reasonOfAddress(err), Err: err}
		if s.file != nil {
			out.Path = s.file.path
		}
		return tokenPair{}, out
	}
	got, skew, err := fetchToken(ctx, s.requester, r)
	if err != nil {
		return tokenPair{}, err
	}
	if got.refresh.IsZero() {
		got.refresh = p.refresh
	}
	s.mu.Lock()
	s.skew = skew
	s.mu.Unlock()
	return got, nil
}

// tokenBase is where tokens are fetched: at the login server, as cf does.
func (l login) tokenBase() string {
	if l.authURL != "" {
		return l.authURL
	}
	return l.uaaURL
}

// defaultClient is the OAuth client of the cf CLI; its secret is empty.
const defaultClient = "cf"

func clientCredentialsGrant(base, id string, key secret.Text) grantRequest {
	return grantRequest{
		op: "sign in as client " + id, base: base,
		form: url.Values{
			"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {key.Reveal()},
		},
		secrets: []secret.Text{key},
	}
}
