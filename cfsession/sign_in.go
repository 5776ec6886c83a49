package cfsession

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/sanitize"
	"pg-migrate-wizard/internal/secret"
)

// SignIn is what a person, or a machine, signs in with. Exactly one way is
// taken: client credentials when ClientID is set, the passcode when there is
// one, else user and password.
type SignIn struct {
	API          string
	User         string
	Password     secret.Text
	Passcode     secret.Text // one-time, from the page that PasscodeURL names
	Origin       string      // identity provider, "" for the default
	ClientID     string
	ClientSecret secret.Text
	// Persist writes the login as cf login would. Otherwise it lives in memory.
	Persist bool
}

// SignInReason says why a sign-in failed.
type SignInReason string

// The reasons. The text is for people.
const (
	WrongCredentials SignInReason = "user or password is wrong"
	WrongClient      SignInReason = "client id or secret is wrong"
	PasscodeRefused  SignInReason = "the passcode was mistyped, is too old or was used before: each works once"
	AccountLocked    SignInReason = "the account is locked after too many failed attempts"
	Unreachable      SignInReason = "the server cannot be reached"
	NotCloudFoundry  SignInReason = "there is no Cloud Foundry API at this address"
	InsecureAddress  SignInReason = "a secret is not sent over plain http"
	ServerTrouble    SignInReason = "the server could not do it"
)

// SignInError is a sign-in that did not work. Nothing was changed.
type SignInError struct {
	Reason SignInReason
	API    string
	Err    error
}

func (e *SignInError) Error() string {
	return sanitize.Line(fmt.Sprintf("sign in at %s: %s: %v", e.API, e.Reason, e.Err))
}

func (e *SignInError) Unwrap() error { return e.Err }

// SignInWith signs in anew. The error is a *[SignInError], except when the
// session is there but could not be written: then both the session and an
// *[Error] are returned.
func SignInWith(ctx context.Context, o Options, in SignIn) (*Session, error) {
	l := newRequester(o, o.SSLDisabled)
	api, root, err := findLogin(ctx, l, in.API)
	if err != nil {
		return nil, err
	}
	s := &Session{api: api, login: login{
		authURL: root.Login.Href, uaaURL: root.Uaa.Href, clientID: defaultClient, sslDisabled: o.SSLDisabled,
	}}
	r, refused := in.grant(root.Login.Href)
	if in.ClientID != "" {
		s.login.grant, s.login.clientID, s.login.clientSecret = grantClientCredentials, in.ClientID, in.ClientSecret
	}
	if s.tokenPair, s.skew, err = fetchToken(ctx, l, r); err != nil {
		return nil, &SignInError{signInReason(err, refused), api.String(), err}
	}
	if in.Persist {
		o.PersistTarget = true
		if s.file, err = newLoginFile(o.Home); err != nil {
			return nil, &SignInError{ServerTrouble, api.String(), err}
		}
	}
	s.start(o)
	if in.Persist {
		return s, s.writeLogin(ctx, root)
	}
	return s, nil
}

// PasscodeURL is the page where a person who is signed in with a browser gets a
// one-time passcode.
func PasscodeURL(ctx context.Context, o Options, api string) (string, error) {
	_, root, err := findLogin(ctx, newRequester(o, o.SSLDisabled), api)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(root.Login.Href, "/") + "/passcode", nil
}

// findLogin reads where to sign in at an API. Errors are *SignInError.
func findLogin(ctx context.Context, l requester, address string) (*url.URL, resource.RootLinks, error) {
	fail := func(reason SignInReason, err error) (*url.URL, resource.RootLinks, error) {
		return nil, resource.RootLinks{}, &SignInError{reason, address, err}
	}
	api, err := parseBase(address)
	if err != nil {
		return fail(NotCloudFoundry, err)
	}
	root, err := discover(ctx, l, api)
	if err != nil {
		reason := NotCloudFoundry
		if e, ok := errors.AsType[*Error](err); ok && !errors.Is(err, errNotCloudFoundry) {
			switch {
			case e.Status == 0:
				reason = Unreachable
			case e.Status == http.StatusTooManyRequests || e.Status >= 500:
				reason = ServerTrouble
			}
		}
		return fail(reason, err)
	}
	for _, target := range []string{api.String(), root.Login.Href, root.Uaa.Href} {
		switch _, err := privateBase(target); {
		case errors.Is(err, errNotPrivate):
			return fail(InsecureAddress, err)
		case err != nil:
			return fail(NotCloudFoundry, err)
		}
	}
	return api, root, nil
}

// grant is the token request of the chosen way, and what a refusal of it means.
// Form and client as the cf CLI sends them.
func (in SignIn) grant(base string) (grantRequest, SignInReason) {
	if in.ClientID != "" {
		return clientCredentialsGrant(base, in.ClientID, in.ClientSecret), WrongClient
	}
	r := grantRequest{
		op: "sign in", base: base, clientID: defaultClient, origin: in.Origin,
		form: url.Values{"grant_type": {"password"}},
	}
	if !in.Passcode.IsZero() {
		r.form.Set("passcode", in.Passcode.Reveal())
		r.secrets = []secret.Text{in.Passcode}
		return r, PasscodeRefused
	}
	r.form.Set("username", in.User)
	r.form.Set("password", in.Password.Reveal())
	r.secrets = []secret.Text{in.Password}
	return r, WrongCredentials
}

// signInReason sorts a failed grant. That an account is locked the UAA tells by
// its text only; cf goes by the same words.
func signInReason(err error, refused SignInReason) SignInReason {
	if no, ok := errors.AsType[*grantRefusedError](err); ok {
		if strings.Contains(strings.ToLower(no.no.Detail), "account has been locked") {
			return AccountLocked
		}
		return refused
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Status == 0 && !errors.Is(err, errNoToken) {
		return Unreachable
	}
	return ServerTrouble
}

// writeLogin writes the session as cf login would: endpoints, tokens, and no
// target yet. A client's secret is not written; cf does not either. A damaged file is
// set aside: there is nothing in it that a new one could be made of.
func (s *Session) writeLogin(ctx context.Context, root resource.RootLinks) (err error) {
	defer s.file.lock(ctx)()
	if s.setAside, err = s.file.setAside(time.Now()); err != nil {
		return &Error{Op: "set the damaged login aside", Err: err}
	}
	err = s.file.change(func(loginRecord) map[string]any {
		return withTarget(map[string]any{
			"ConfigVersion":           4, // any other makes cf ignore the file
			"Target":                  s.api.String(),
			"APIVersion":              root.CloudControllerV3.Meta.Version,
			"AuthorizationEndpoint":   s.login.authURL,
			"UaaEndpoint":             s.login.uaaURL,
			"DopplerEndPoint":         root.Logging.Href,
			"LogCacheEndPoint":        root.LogCache.Href,
			"RoutingAPIEndpoint":      root.Routing.Href,
			"NetworkPolicyV1Endpoint": root.NetworkPolicyV1.Href,
			"SSHOAuthClient":          root.AppSSH.Meta.OauthClient,
			"UAAOAuthClient":          s.login.clientID,
			"UAAOAuthClientSecret":    "",
			"UAAGrantType":            s.login.grant,
			"SSLDisabled":             s.login.sslDisabled,
			"AccessToken":             "bearer " + s.tokenPair.access.Reveal(),
			"RefreshToken":            s.tokenPair.refresh.Reveal(),
			"CFOnK8s":                 map[string]any{"Enabled": false, "AuthInfo": ""},
		}, Ref{}, Ref{})
	})
	if err != nil {
		return &Error{Op: "save the login in " + s.file.path, Err: err}
	}
	return nil
}
