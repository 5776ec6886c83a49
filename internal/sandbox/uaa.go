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

// loginServer serves the UAA: login and OAuth tokens.
type loginServer struct{ *world }

const (
	clientCF       = "cf" // OAuth client of cf, with an empty secret
	originUAA      = "uaa"
	passcodeLength = 10

	// failuresToLock and lockTime are defaults of the UAA.
	failuresToLock = 5
	lockTime       = 5 * time.Minute
)

func (l *Landscape) routeUAA(mux *http.ServeMux) {
	uaa := &loginServer{l.world}
	d := service{world: l.world, errorReply: uaaErrorReply}
	mux.Handle("GET /login", d.handle(uaa.prompts))
	mux.Handle("GET /passcode", d.handle(uaa.passcodePage))
	mux.Handle("POST /oauth/token", d.handle(uaa.token))
	mux.Handle("DELETE /oauth/token/revoke/{id}", d.handle(uaa.revoke))
	mux.Handle("GET /userinfo", d.handle(uaa.userInfo))
	mux.Handle("/oauth/", d.handle(func(*call) (reply, error) { return reply{}, errNoSuchPage }))
}

// uaaError is an OAuth error.
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

func uaaErrorReply(err error) reply {
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

// passcodePage is the page that a browser shows after login. It needs no login
// here, since the passwords are public.
func (uaa *loginServer) passcodePage(*call) (reply, error) {
	return reply{status: http.StatusOK, body: htmlPage(fmt.Sprintf(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Temporary Authentication Code</title></head>
<body><h1>Temporary Authentication Code</h1><h2 id="passcode">%s</h2>
<p>For %s. It works once; reload this page for the next one.</p></body></html>
`, html.EscapeString(uaa.passcode), html.EscapeString(uaa.dana.name)))}, nil
}

func (uaa *loginServer) token(q *call) (reply, error) {
	// cf sends a form; the query holds at most a login hint.
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
			return uaa.refresh(q, form.Get("refresh_token"))
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

// checkOrigin validates the identity provider in a login hint.
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

// checkClient requires the OAuth client of cf.
func checkClient(r *http.Request) error {
	if id, secret, found := r.BasicAuth(); !found || id != clientCF || secret != "" {
		return errBadCredentials
	}
	return nil
}

func (uaa *loginServer) signIn(q *call, form url.Values) (*identity, error) {
	if passcode := form.Get("passcode"); passcode != "" {
		if !equal(passcode, uaa.passcode) {
			return nil, errInvalidPasscode
		}
		uaa.passcode = uaa.randomText(passcodeLength)
		return uaa.dana, nil
	}
	who := uaa.identityNamed(form.Get("username"), false)
	switch {
	case who == nil:
		return nil, errBadCredentials
	case q.now.Before(who.lockedUntil):
		return nil, errAccountLocked
	case !equal(form.Get("password"), who.secret):
		who.failed++
		if who.failed >= failuresToLock {
			who.failed, who.lockedUntil = 0, q.now.Add(lockTime)
		}
		return nil, errBadCredentials
	}
	who.failed = 0
	return who, nil
}

func (uaa *loginServer) identityNamed(name string, client bool) *identity {
	for _, i := range uaa.identities {
		if i.client == client && strings.EqualFold(i.name, name) {
			return i
		}
	}
	return nil
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// grant replies with a new access and refresh token.
func (uaa *loginServer) grant(q *call, who *identity, how string) (reply, error) {
	access, token := uaa.issue(who, how, q.base, false, q.now)
	_, refresh := uaa.issue(who, how, q.base, true, q.now)
	return uaa.tokenReply(access, token, refresh)
}

func (uaa *loginServer) tokenReply(access claims, token, refresh string) (reply, error) {
	body := object{
		"access_token": token, "token_type": "bearer", // cf requires lower case
		"expires_in": access.Expires - access.IssuedAt - 1, "scope": strings.Join(access.Scope, " "), "jti": access.ID,
	}
	if refresh != "" {
		body["refresh_token"] = refresh
	}
	return reply{status: http.StatusOK, body: body, header: map[string]string{"Cache-Control": "no-store"}}, nil
}

// refresh exchanges a refresh token for a new access token. The refresh token
// stays valid, unless the scenario rotates tokens.
func (uaa *loginServer) refresh(q *call, token string) (reply, error) {
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
	return uaa.tokenReply(access, fresh, token)
}

// clientToken implements client_credentials, with the client in the form, as cf
// sends it, or in the header. There is no refresh token.
func (uaa *loginServer) clientToken(q *call, form url.Values) (reply, error) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if name, password, found := q.r.BasicAuth(); found {
		id, secret = name, password
	}
	who := uaa.identityNamed(id, true)
	if who == nil || !equal(secret, who.secret) {
		return reply{}, errBadCredentials
	}
	access, token := uaa.issue(who, "client_credentials", q.base, false, q.now)
	return uaa.tokenReply(access, token, "")
}

// revoke revokes the token of the request.
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
