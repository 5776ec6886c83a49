package cfsession

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSignInAsCFDoes(t *testing.T) {
	secretOf := newSecret(canary)
	for _, c := range []struct {
		name        string
		in          SignIn
		auth        string
		form        []string
		query       string
		user, grant string
	}{
		{
			name: "password", in: SignIn{User: "dana", Password: secretOf},
			auth: "Basic Y2Y6", form: []string{"grant_type=password", "username=dana", "password=" + canary}, user: "dana@acme.example",
		},
		{
			name: "password at an origin", in: SignIn{User: "dana", Password: secretOf, Origin: `my"idp`},
			auth: "Basic Y2Y6", query: `{"origin":"my\"idp"}`, user: "dana@acme.example",
		},
		{
			name: "passcode", in: SignIn{Passcode: secretOf},
			auth: "Basic Y2Y6", form: []string{"grant_type=password", "passcode=" + canary}, user: "dana@acme.example",
		},
		{
			name: "client", in: SignIn{ClientID: "robot", ClientSecret: secretOf},
			form: []string{"grant_type=client_credentials", "client_id=robot", "client_secret=" + canary},
			user: "dana@acme.example", grant: "client_credentials",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			stub := newStub(t)
			home := t.TempDir()
			c.in.API = stubAPI + "/"
			s, err := SignInWith(t.Context(), stub.options(home), c.in)
			if err != nil {
				t.Fatal(err)
			}
			sent := stub.last("POST /oauth/token")
			if "http://"+sent.Host != stubLogin || sent.Auth != c.auth || sent.Query.Get("login_hint") != c.query {
				t.Errorf("sent %+v", sent)
			}
			for _, part := range c.form {
				if !strings.Contains("&"+sent.Body+"&", "&"+part+"&") {
					t.Errorf("no %s in %s", part, sent.Body)
				}
			}
			if id := s.Identity(); id.User != c.user || id.Grant != c.grant || id.API != stubAPI || id.File != "" {
				t.Errorf("identity %+v", id)
			}
			if _, err := os.Stat(filepath.Join(home, ".cf")); !errors.Is(err, os.ErrNotExist) {
				t.Error("something was written without being asked for")
			}
		})
	}
}

func TestASignInThatIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		home := t.TempDir()
		path := writeConfig(t, home, "old", "old", map[string]any{"ConfigVersion": 3, "Target": otherHost})
		s, err := SignInWith(t.Context(), stub.options(home), SignIn{
			API: stubAPI, User: "dana", Password: newSecret(canary), Persist: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		all := readConfig(t, path)
		for key, want := range map[string]any{
			"ConfigVersion": 4.0, "Target": stubAPI, "APIVersion": "3.228.0", "AuthorizationEndpoint": stubLogin,
			"UaaEndpoint": stubUAA, "UAAOAuthClient": "cf", "UAAOAuthClientSecret": "", "UAAGrantType": "",
			"DopplerEndPoint": "wss://log.test", "SSHOAuthClient": "ssh-proxy", "SSLDisabled": false,
			"OrganizationFields": map[string]any{"GUID": "", "Name": ""}, "AsyncTimeout": 7.0,
			"FutureKey": map[string]any{"a<b": []any{1.0, "x"}},
		} {
			if fmt.Sprint(all[key]) != fmt.Sprint(want) {
				t.Errorf("%s is %v, want %v", key, all[key], want)
			}
		}
		if err := s.Target(t.Context(), Ref{"o-1", "acme"}, Ref{"s-1", "prod"}); err != nil {
			t.Fatal(err)
		}
		other, err := Open(t.Context(), stub.options(home))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := other.Identity(), s.Identity(); got.User != want.User || got.Space != want.Space {
			t.Errorf("opened %+v, signed in %+v", got, want)
		}
		time.Sleep(9 * time.Minute)
		if readConfig(t, path)["AccessToken"] == "bearer "+reveal2(t, s) {
			t.Error("not renewed")
		}
		if readConfig(t, path)["AccessToken"] != "bearer "+s.tokenPair.access.Reveal() {
			t.Error("the renewed token was not written")
		}
	})
}

func TestAClientLoginRenewsItselfFromMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		home := t.TempDir()
		s, err := SignInWith(t.Context(), stub.options(home), SignIn{
			API: stubAPI, ClientID: "robot", ClientSecret: newSecret(canary), Persist: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		all := readConfig(t, filepath.Join(home, ".cf", "config.json"))
		if all["UAAOAuthClient"] != "robot" || all["UAAOAuthClientSecret"] != "" || all["UAAGrantType"] != "client_credentials" || all["RefreshToken"] != "" {
			t.Errorf("written: %v", all)
		}
		// The file alone holds nothing to renew with: another process can use the
		// token for as long as it lives.
		other, err := Open(t.Context(), stub.options(home))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(9*time.Minute + 50*time.Second)
		first := s.tokenPair.access.Reveal()
		if reveal2(t, s) == first {
			t.Error("not renewed")
		}
		if reveal2(t, other) == first {
			t.Error("the other did not pick it up")
		}
		time.Sleep(11 * time.Minute)
		_, err = other.Token(t.Context())
		if out, ok := errors.AsType[*SignedOutError](err); !ok || out.Reason != Expired {
			t.Errorf("got %v", err)
		}
		if n := stub.tokenCalls(); n != 2 {
			t.Errorf("%d token calls", n)
		}
	})
}

func TestSignInFailures(t *testing.T) {
	wrong := SignIn{API: stubAPI, User: "dana", Password: newSecret("no")}
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = fmt.Fprint(w, body) }
	}
	for _, c := range []struct {
		name  string
		in    SignIn
		root  http.HandlerFunc
		token http.HandlerFunc
		rt    http.RoundTripper
		want  SignInReason
	}{
		{name: "wrong password", in: wrong, want: WrongCredentials},
		{name: "used passcode", in: SignIn{API: stubAPI, Passcode: newSecret("used")}, want: PasscodeRefused},
		{name: "wrong client", in: SignIn{API: stubAPI, ClientID: "robot", ClientSecret: newSecret("no")}, want: WrongClient},
		{name: "locked", in: wrong, want: AccountLocked, token: answer(401,
			`{"error":"unauthorized","error_description":"Your account has been locked because of too many failed attempts to login."}`)},
		{name: "UAA down", in: wrong, want: ServerTrouble, token: answer(503, "<html>")},
		{name: "proxy in between", in: wrong, want: ServerTrouble, token: answer(403, "<html>")},
		{name: "no token in it", in: wrong, want: ServerTrouble, token: answer(200, "{}")},
		{name: "a web page", in: wrong, want: NotCloudFoundry, root: answer(200, "<html>")},
		{name: "another API", in: wrong, want: NotCloudFoundry, root: answer(200, `{"links":{}}`)},
		{name: "nothing there", in: wrong, want: NotCloudFoundry, root: answer(404, "")},
		{name: "API down", in: wrong, want: ServerTrouble, root: answer(502, "")},
		{name: "no address", in: SignIn{API: " "}, want: NotCloudFoundry},
		{name: "in the clear", in: SignIn{API: "http://api.example.com", User: "dana", Password: newSecret(canary)}, want: InsecureAddress},
		{
			name: "login in the clear", in: wrong, want: InsecureAddress,
			root: answer(200, `{"links":{"login":{"href":"http://login.example.com"},"uaa":{"href":"http://127.0.0.1:1"}}}`),
		},
		{name: "no such host", in: wrong, want: Unreachable, rt: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "api.test", IsNotFound: true}}
		}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stub := newStub(t)
				stub.tokenBy(c.token)
				if c.root != nil {
					stub.intercept(func(w http.ResponseWriter, r *http.Request) bool {
						if r.URL.Path == "/" {
							c.root(w, r)
						}
						return r.URL.Path == "/"
					})
				}
				o := stub.options(t.TempDir())
				if c.rt != nil {
					o.Transport = c.rt
				}
				s, err := SignInWith(t.Context(), o, c.in)
				e, ok := errors.AsType[*SignInError](err)
				if s != nil || !ok || e.Reason != c.want {
					t.Fatalf("got %v, want %q", err, c.want)
				}
				if strings.Contains(err.Error(), canary) {
					t.Error("secret")
				}
				if c.want == InsecureAddress && stub.tokenCalls() != 0 {
					t.Error("sent all the same")
				}
				if n := stub.tokenCalls(); n > 1 {
					t.Errorf("%d token calls: a wrong password repeated locks accounts", n)
				}
			})
		})
	}
}

func TestPasscodeURL(t *testing.T) {
	stub := newStub(t)
	got, err := PasscodeURL(t.Context(), stub.options(""), stubAPI)
	if err != nil || got != stubLogin+"/passcode" {
		t.Errorf("got %q, %v", got, err)
	}
}
