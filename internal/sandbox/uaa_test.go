package sandbox_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/sandbox"
)

func fmtList(list []string) string { return fmt.Sprint(list) }

func (l *lab) passcode() string {
	l.t.Helper()
	shown := regexp.MustCompile(`id="passcode">([^<]+)<`).FindStringSubmatch(l.do(l.request("GET", "/passcode", nil, "")).text)
	if shown == nil {
		l.t.Fatal("no passcode on the page")
	}
	return shown[1]
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		password := url.Values{"grant_type": {"password"}, "username": {l.info.User}, "password": {l.info.Password}}
		a := l.oauth(password)
		if a.status != 200 || a.str("token_type") != "bearer" || a.json["expires_in"] != 599.0 || a.str("refresh_token") == "" {
			t.Fatalf("%d %s", a.status, a.text)
		}
		claims := claimsOf(t, a.str("access_token"))
		for _, name := range []string{"user_name", "user_id", "origin", "jti", "iss", "client_id"} {
			if text, _ := claims[name].(string); text == "" {
				t.Errorf("claim %s: %v", name, claims[name])
			}
		}
		if got, want := claims["exp"], float64(time.Now().Add(10*time.Minute).Unix()); got != want {
			t.Errorf("exp %v, want %v", got, want)
		}

		wrong := l.oauth(url.Values{"grant_type": {"password"}, "username": {l.info.User}, "password": {"x"}})
		if wrong.status != 401 || wrong.str("error_description") != "Bad credentials" {
			t.Errorf("%d %s", wrong.status, wrong.text)
		}
		unknownClient := l.request("POST", "/oauth/token", []byte(password.Encode()), "")
		unknownClient.SetBasicAuth("somebody", "")
		if a := l.do(unknownClient); a.status != 401 {
			t.Errorf("another client got %d", a.status)
		}
		if a := l.oauth(url.Values{"grant_type": {"magic"}}); a.status != 400 || a.str("error") != "unsupported_grant_type" {
			t.Errorf("%d %s", a.status, a.text)
		}
	})
}

func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%d parts", len(parts))
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(data, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestPasscodeWorksOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		if prompt := fmt.Sprint(l.do(l.request("GET", "/login", nil, "")).json["prompts"]); !strings.Contains(prompt, l.info.API+"/passcode") {
			t.Errorf("prompts: %s", prompt)
		}
		form := func(code string) url.Values { return url.Values{"grant_type": {"password"}, "passcode": {code}} }
		first := l.passcode()
		if first != l.info.Passcode {
			t.Errorf("page shows %s, Info %s", first, l.info.Passcode)
		}
		if a := l.oauth(form(first)); a.status != 200 || claimsOf(t, a.str("access_token"))["user_name"] != l.info.User {
			t.Errorf("%d %s", a.status, a.text)
		}
		if a := l.oauth(form(first)); a.status != 401 {
			t.Errorf("used twice: %d", a.status)
		}
		second := l.passcode()
		if second == first || l.Info().Passcode != second {
			t.Error("the passcode was not renewed")
		}
		if a := l.oauth(form(second)); a.status != 200 {
			t.Errorf("the next one: %d %s", a.status, a.text)
		}
	})
}

func TestLockedAccount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		for range 5 {
			l.oauth(url.Values{"grant_type": {"password"}, "username": {l.info.User}, "password": {"guess"}})
		}
		right := url.Values{"grant_type": {"password"}, "username": {l.info.User}, "password": {l.info.Password}}
		if a := l.oauth(right); a.str("error_description") != "Your account has been locked because of too many failed attempts to login." {
			t.Errorf("%d %s", a.status, a.text)
		}
		time.Sleep(5 * time.Minute)
		if a := l.oauth(right); a.status != 200 {
			t.Errorf("after the lock: %d %s", a.status, a.text)
		}
	})
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{TokenLifetime: time.Minute})
		first := l.signIn()
		renew := func(token string) answer {
			return l.oauth(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
		}
		time.Sleep(time.Hour)
		if a := l.do(l.request("GET", "/v3/spaces", nil, first.str("access_token"))); a.status != 401 || a.cfError(t).Code != 1000 {
			t.Errorf("an expired token: %d %s", a.status, a.text)
		}
		second := renew(first.str("refresh_token"))
		if second.status != 200 || second.str("refresh_token") == "" {
			t.Fatalf("%d %s", second.status, second.text)
		}
		if a := l.do(l.request("GET", "/v3/spaces", nil, second.str("access_token"))); a.status != 200 {
			t.Errorf("a renewed token: %d %s", a.status, a.text)
		}
		if a := renew(second.str("access_token")); a.status != 401 {
			t.Errorf("an access token renewed: %d", a.status)
		}
		time.Sleep(31 * 24 * time.Hour)
		if a := renew(first.str("refresh_token")); a.status != 401 || a.str("error") != "invalid_token" {
			t.Errorf("after a month: %d %s", a.status, a.text)
		}
	})
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		a := l.signIn()
		token, refresh := a.str("access_token"), a.str("refresh_token")
		other := l.signIn().str("jti")
		if got := l.do(l.request("DELETE", "/oauth/token/revoke/"+other, nil, token)); got.status != 403 {
			t.Errorf("somebody else's: %d", got.status)
		}
		for _, mine := range []string{refresh, token} { // in the order of cf logout
			if got := l.do(l.request("DELETE", fmt.Sprint("/oauth/token/revoke/", claimsOf(t, mine)["jti"]), nil, mine)); got.status != 200 {
				t.Errorf("%d %s", got.status, got.text)
			}
		}
		if got := l.do(l.request("GET", "/v3/spaces", nil, token)); got.status != 401 {
			t.Errorf("a revoked access token: %d", got.status)
		}
		if got := l.oauth(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}); got.status != 401 {
			t.Errorf("a revoked refresh token: %d", got.status)
		}
	})
}

func TestMachinesSignIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {l.info.ClientID}, "client_secret": {l.info.ClientSecret}}
		req := l.request("POST", "/oauth/token", []byte(form.Encode()), "")
		a := l.do(req)
		if a.status != 200 || a.json["refresh_token"] != nil {
			t.Fatalf("%d %s", a.status, a.text)
		}
		if _, named := claimsOf(t, a.str("access_token"))["user_name"]; named {
			t.Error("a client has no user_name: cf would take it for a user's token")
		}
		if got := l.do(l.request("GET", "/v3/spaces", nil, a.str("access_token"))); got.status != 200 {
			t.Errorf("%d %s", got.status, got.text)
		}
		form.Set("client_secret", "wrong")
		if a := l.do(l.request("POST", "/oauth/token", []byte(form.Encode()), "")); a.status != 401 {
			t.Errorf("a wrong secret: %d", a.status)
		}
	})
}
