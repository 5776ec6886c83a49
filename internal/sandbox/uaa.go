package sandbox

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// loginServer is the UAA: who are you, and here is your token.
type loginServer struct{ *world }

const (
	clientCF       = "cf" // the client that cf signs in as, with an empty secret
	originUAA      = "uaa"
	passcodeLength = 10

	// failuresToLock and lockTime are a UAA's defaults.
	failuresToLock = 5
	lockTime       = 5 * time.Minute
)

func (l *Landscape) routeUAA(mux *http.ServeMux) {
	uaa := &loginServer{l.world}
	d := door{world: l.world, refuse: uaaFailure}
	mux.Handle("GET /login", d.through(uaa.prompts))
	mux.Handle("GET /passcode", d.through(uaa.passcodePage))
	mux.Handle("POST /oauth/token", d.through(uaa.token))
	mux.Handle("DELETE /oauth/token/revoke/{id}", d.through(uaa.revoke))
	mux.Handle("GET /userinfo", d.through(uaa.userInfo))
	mux.Handle("/oauth/", d.through(func(*call) (reply, error) { return reply{}, errNoSuchPage }))
}

// uaaError is an error in the form of OAuth.
type uaaError struct {
	status            int
	code, description string
}

func (e *uaaError) Error() string { return e.code + ": " + e.description }

var (
	errBadCredentials  = &uaaError{http.StatusUnauthorized, "unauthorized", "Bad credentials"}
	errAccountLocked   = &uaaError{http.StatusUnauthorized, "unauthorized", "Your account has been locked because of too many failed attempts to login."}
	errInvalidPasscode = &uaaError{http.StatusUnauthorized, "unauthorized", "Invalid passcode"}
	errRefreshDead     = &uaaError{http.StatusUnauthorized, "invalid_token", "The token expired, was revoked, or the token ID is incorrect."}
	errNoSuchPage      = &uaaError{http.StatusNotFound, "not_found", "Not Found"}
)

func uaaFailure(err error) reply {
	var e *uaaError
	if !errors.As(err, &e) {
		e = &uaaError{http.StatusInternalServerError, "server_error", err.Error()}
	}
	return reply{status: e.status, body: object{"error": e.code, "error_description": e.description}}
}

func (uaa *loginServer) prompts(q *call) (reply, error) {
	return ok(object{
		"app":       object{"version": "77.20.0"},
		"links":     object{"uaa": q.base, "login": q.base, "passwd": "/forgot_password", "register": "/create_account"},
		"zone_name": "uaa", "entityID": "sandbox", "commit_id": "sandbox", "idpDefinitions": object{},
		"prompts": object{
			"username": []string{"text", "Email"},
			"password": []string{"password", "Password"},
			"passcode": []string{"password", "Temporary Authentication Code ( Get one at " + q.base + "/passcode )"},
		},
	})
}

// passcodePage is what a browser shows after a sign-in. Nobody signs in here:
// whoever can reach the landscape knows all its passwords.
func (uaa *loginServer) passcodePage(*call) (reply, error) {
	return reply{status: http.StatusOK, body: page(fmt.Sprintf(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Temporary Authentication Code</title></head>
<body><h1>Temporary Authentication Code</h1><h2 id="passcode">%s</h2>
<p>For %s. It works once; reload this page for the next one.</p></body></html>
`, html.EscapeString(uaa.passcode), html.EscapeString(uaa.dana.name)))}, nil
}

func (uaa *loginServer) token(q *call) (reply, error) {
	// cf sends nothing but a form, and the query holds at most a login hint.
	form, err := url.ParseQuery(string(q.body))
	if err != nil {
		return reply{}, &uaaError{http.StatusBadRequest, "invalid_request", "The form can not be read"}
	}
	if err := checkOrigin(q.r.URL.Query().Get("login_hint")); err != nil {
		return reply{}, err
	}
	switch grant := form.Get("grant_type"); grant {
	case "client_credentials":
		return uaa.clientToken(q, form)
	case "password", "refresh_token":
		if err := checkClient(q.r); err != nil {
			return reply{}, err
		}
		if grant == "refresh_token" {
			return uaa.renew(q, form.Get("refresh_token"))
		}
		who, err := uaa.signIn(q, form)
		if err != nil {
			return reply{}, err
		}
		return uaa.grant(q, who, "password")
	default:
		return reply{}, &uaaError{http.StatusBadRequest, "unsupported_grant_type", "Unsupported grant type"}
	}
}

// checkOrigin accepts the one identity provider there is.
func checkOrigin(hint string) error {
	if hint == "" {
		return nil
	}
	var named struct {
		Origin string `json:"origin"`
	}
	if json.Unmarshal([]byte(hint), &named) == nil && slices.Contains([]string{originUAA, "sap.ids"}, named.Origin) {
		return nil
	}
	return &uaaError{http.StatusBadRequest, "invalid_login_hint", "The origin provided in the login hint is invalid."}
}

// checkClient lets in the client that every cf is.
func checkClient(r *http.Request) error {
	if id, secret, found := r.BasicAuth(); !found || id != clientCF || secret != "" {
		return errBadCredentials
	}
	return nil
}

func (uaa *loginServer) signIn(q *call, form url.Values) (*identity, error) {
	if passcode := form.Get("passcode"); passcode != "" {
		if !same(passcode, uaa.passcode) {
			return nil, errInvalidPasscode
		}
		uaa.passcode = uaa.randomText(passcodeLength)
		return uaa.dana, nil
	}
	who := uaa.named(form.Get("username"), false)
	switch {
	case who == nil:
		return nil, errBadCredentials
	case q.now.Before(who.lockedUntil):
		return nil, errAccountLocked
	case !same(form.Get("password"), who.secret):
		who.failed++
		if who.failed >= failuresToLock {
			who.failed, who.lockedUntil = 0, q.now.Add(lockTime)
		}
		return nil, errBadCredentials
	}
	who.failed = 0
	return who, nil
}

func (uaa *loginServer) named(name string, client bool) *identity {
	for _, i := range uaa.identities {
		if i.client == client && strings.EqualFold(i.name, name) {
			return i
		}
	}
	return nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// grant answers with a fresh pair of tokens.
func (uaa *loginServer) grant(q *call, who *identity, how string) (reply, error) {
	access, token := uaa.issue(who, how, q.base, false, q.now)
	_, refresh := uaa.issue(who, how, q.base, true, q.now)
	return uaa.handOver(access, token, refresh)
}

func (uaa *loginServer) handOver(access claims, token, refresh string) (reply, error) {
	body := object{
		"access_token": token, "token_type": "bearer", // cf wants it in lower case
		"expires_in": access.Expires - access.IssuedAt - 1, "scope": strings.Join(access.Scope, " "), "jti": access.ID,
	}
	if refresh != "" {
		body["refresh_token"] = refresh
	}
	return reply{status: http.StatusOK, body: body, header: map[string]string{"Cache-Control": "no-store"}}, nil
}

// renew exchanges a refresh token for a new access token. It comes back the
// same, or, where the landscape rotates, as a new one that replaces it.
func (uaa *loginServer) renew(q *call, token string) (reply, error) {
	c, err := uaa.verify(token, q.now)
	if err != nil || !c.refresh() {
		return reply{}, errRefreshDead
	}
	who, err := uaa.subject(c)
	if err != nil {
		return reply{}, errRefreshDead
	}
	if uaa.scenario.rotatesTokens {
		uaa.revoked[c.ID] = true
		return uaa.grant(q, who, c.GrantType)
	}
	access, fresh := uaa.issue(who, c.GrantType, q.base, false, q.now)
	return uaa.handOver(access, fresh, token)
}

// clientToken signs in a machine. It may say who it is in the form, as cf does,
// or in the header; it gets no refresh token.
func (uaa *loginServer) clientToken(q *call, form url.Values) (reply, error) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if name, password, found := q.r.BasicAuth(); found {
		id, secret = name, password
	}
	who := uaa.named(id, true)
	if who == nil || !same(secret, who.secret) {
		return reply{}, errBadCredentials
	}
	access, token := uaa.issue(who, "client_credentials", q.base, false, q.now)
	return uaa.handOver(access, token, "")
}

// revoke ends the life of the token that the request carries.
func (uaa *loginServer) revoke(q *call) (reply, error) {
	token, _ := bearer(q.r)
	c, err := uaa.verify(token, q.now)
	if err != nil {
		return reply{}, errRefreshDead
	}
	if q.r.PathValue("id") != c.ID {
		return reply{}, &uaaError{http.StatusForbidden, "access_denied", "Only the token of the request can be revoked here."}
	}
	uaa.revoked[c.ID] = true
	return reply{status: http.StatusOK}, nil
}

func (uaa *loginServer) userInfo(q *call) (reply, error) {
	token, _ := bearer(q.r)
	who, err := uaa.holder(token, q.now)
	if err != nil {
		return reply{}, errRefreshDead
	}
	return ok(object{"user_id": who.guid, "sub": who.guid, "user_name": who.name, "email": who.name, "email_verified": true, "name": who.name})
}
