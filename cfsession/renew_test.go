package cfsession

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/secret"
)

func TestRenewsAheadOfTimeOnceAndWritesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, path := stub.signedIn(t)
		before := readConfig(t, path)
		first := reveal2(t, s)

		time.Sleep(8*time.Minute + 25*time.Second) // 95 s left
		if reveal2(t, s) != first || stub.tokenCalls() != 0 {
			t.Fatal("renewed too early")
		}
		time.Sleep(10 * time.Second) // 85 s left
		stub.tokenBy(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(3 * time.Second) // all callers arrive meanwhile
			stub.tokenBy(nil)
			stub.serveToken(w, r)
		})
		var wg sync.WaitGroup
		got := make([]string, 50)
		for i := range got {
			wg.Go(func() {
				token, err := s.Token(t.Context())
				if err != nil {
					t.Error(err)
				}
				got[i] = token.Reveal()
			})
		}
		wg.Wait()
		for _, token := range got {
			if token == first || token != got[0] {
				t.Fatal("callers got different tokens, or the old one")
			}
		}
		if n := stub.tokenCalls(); n != 1 {
			t.Errorf("%d token calls for one renewal", n)
		}

		after := readConfig(t, path)
		if after["AccessToken"] != "bearer "+got[0] {
			t.Error("the new token is not in the file")
		}
		for key, value := range before {
			if key != "AccessToken" && fmt.Sprint(after[key]) != fmt.Sprint(value) {
				t.Errorf("%s changed from %v to %v", key, value, after[key])
			}
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		data, _ := os.ReadFile(path)
		if strings.HasSuffix(string(data), "\n") || !strings.Contains(string(data), "\n  \"Target\": ") {
			t.Errorf("not written as cf writes:\n%s", data)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 2 {
			t.Errorf("left over: %v", left)
		}
		if err := s.SaveError(); err != nil {
			t.Error(err)
		}
		request := stub.last("POST /oauth/token")
		if "http://"+request.Host != stubLogin || request.Auth != "Basic Y2Y6" ||
			!strings.Contains(request.Body, "grant_type=refresh_token") {
			t.Errorf("not as cf asks: %+v", request)
		}
	})
}

func reveal2(t testing.TB, s *Session) string {
	t.Helper()
	token, err := s.Token(t.Context())
	return reveal(t, token, err)
}

// A night: tokens of ten minutes, one-time refresh tokens, two sessions and the
// cf CLI on one file, a machine that sleeps, requests every thirty seconds.
func TestANightWithRotationAndCompany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.rotate = true
		stub.handle("GET /v3/service_credential_bindings", 200, map[string]any{"resources": []any{}})
		one, path := stub.signedIn(t)
		two, err := Open(t.Context(), stub.options(filepath.Dir(filepath.Dir(path))))
		if err != nil {
			t.Fatal(err)
		}
		cf := func() { // cf renews the pair that is in the file
			rec, err := one.file.read()
			if err != nil {
				t.Fatal(err)
			}
			got, _, err := fetchToken(t.Context(), one.requester, grantRequest{
				op: "cf", base: stubLogin, clientID: "cf",
				form: map[string][]string{"grant_type": {"refresh_token"}, "refresh_token": {rec.RefreshToken}},
			})
			if err != nil {
				t.Fatalf("cf is signed out: %v", err)
			}
			err = one.file.change(func(loginRecord) map[string]any {
				return map[string]any{"AccessToken": "bearer " + got.access.Reveal(), "RefreshToken": got.refresh.Reveal()}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for minute := range 8 * 60 {
			for range 2 {
				for _, s := range []*Session{one, two} {
					if _, err := s.Keys(t.Context(), "i-1"); err != nil {
						t.Fatalf("after %d minutes: %v", minute, err)
					}
				}
				time.Sleep(30 * time.Second)
			}
			if minute%37 == 36 {
				cf()
			}
			if minute == 200 {
				time.Sleep(3 * time.Hour)
			}
		}
		// 11 hours hold 78 renewals of 8.5 minutes; cf's own come on top. Two
		// sessions that did not share would need twice as many.
		if n := stub.tokenCalls(); n > 75 {
			t.Errorf("%d token calls", n)
		}
		cf() // the user is still signed in
	})
}

func TestADeadLoginCostsOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, path := stub.signedIn(t)
		home := filepath.Dir(filepath.Dir(path))
		clear(stub.refresh)
		time.Sleep(9 * time.Minute)
		if _, err := s.Token(t.Context()); err != nil {
			t.Fatalf("a minute of life was left, but: %v", err)
		}
		time.Sleep(2 * time.Minute)
		for range 20 {
			_, err := s.Token(t.Context())
			if _, ok := errors.AsType[*SignedOutError](err); !ok || strings.Contains(err.Error(), canary) {
				t.Fatalf("got %v", err)
			}
			_, err = s.Renew(t.Context(), secret.New("old"))
			if _, ok := errors.AsType[*SignedOutError](err); !ok {
				t.Fatalf("got %v", err)
			}
			if _, err := s.Keys(t.Context(), "i-1"); !strings.Contains(fmt.Sprint(err), "list service keys: not signed in") {
				t.Fatalf("got %v", err)
			}
			time.Sleep(time.Minute)
		}
		if n := stub.tokenCalls(); n != 1 {
			t.Errorf("%d token calls for one refusal", n)
		}
		// cf login in another window heals the session.
		access, refresh := stub.issue()
		writeConfig(t, home, access, refresh, nil)
		if got := reveal2(t, s); got != access || stub.tokenCalls() != 1 {
			t.Errorf("the new login was not picked up")
		}
	})
}

func TestARefusedRefreshLooksAtTheFileAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.rotate = true
		s, path := stub.signedIn(t)
		home := filepath.Dir(filepath.Dir(path))
		time.Sleep(9 * time.Minute)
		// cf renews between our look at the file and our call.
		stub.tokenBy(func(w http.ResponseWriter, r *http.Request) {
			stub.tokenBy(nil)
			clear(stub.refresh)
			access, refresh := stub.issue()
			writeConfig(t, home, access, refresh, nil)
			stub.serveToken(w, r)
		})
		got := reveal2(t, s)
		if readConfig(t, path)["AccessToken"] != "bearer "+got || stub.tokenCalls() != 1 {
			t.Errorf("cf's pair was not used, %d token calls", stub.tokenCalls())
		}
		// The same, but cf's access token has been refused: its refresh token is
		// spent, in the second and last call.
		stub.tokenBy(func(w http.ResponseWriter, r *http.Request) {
			stub.tokenBy(nil)
			clear(stub.refresh)
			_, refresh := stub.issue()
			clear(stub.access)
			stub.lifetime = -time.Second
			access, _ := stub.issue()
			stub.lifetime = 10 * time.Minute
			writeConfig(t, home, access, refresh, nil)
			stub.serveToken(w, r)
		})
		time.Sleep(9 * time.Minute)
		before := stub.tokenCalls()
		if got := reveal2(t, s); readConfig(t, path)["AccessToken"] != "bearer "+got || stub.tokenCalls() != before+2 {
			t.Errorf("%d token calls", stub.tokenCalls()-before)
		}
	})
}

func TestStaleFileIsNotBelievedAndIsMended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.rotate = true
		s, path := stub.signedIn(t)
		stale, _ := os.ReadFile(path)
		time.Sleep(9 * time.Minute)
		reveal2(t, s)
		// A long cf command ends and writes back what it read at its start.
		if err := os.WriteFile(path, stale, 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(9 * time.Minute)
		got := reveal2(t, s)
		if n := stub.tokenCalls(); n != 2 {
			t.Errorf("%d token calls, the spent refresh token was tried", n)
		}
		if readConfig(t, path)["AccessToken"] != "bearer "+got {
			t.Error("cf was left with a spent refresh token")
		}
	})
}

func TestAnotherLoginInTheFileIsLeftAlone(t *testing.T) {
	for name, keys := range map[string]map[string]any{
		"logged out":    {"AccessToken": "", "RefreshToken": ""},
		"another API":   {"Target": otherHost},
		"another user":  {"AccessToken": "bearer e30." + encode(`{"user_id":"u-2","user_name":"eve","exp":4102444800}`) + ".x", "RefreshToken": "hers"},
		"another login": {"AccessToken": "bearer e30." + encode(`{"client_id":"robot","exp":4102444800}`) + ".x", "RefreshToken": ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stub := newStub(t)
				s, path := stub.signedIn(t)
				access, refresh := s.tokenPair.access.Reveal(), s.tokenPair.refresh.Reveal()
				writeConfig(t, filepath.Dir(filepath.Dir(path)), access, refresh, keys)
				want, _ := os.ReadFile(path)
				time.Sleep(9 * time.Minute)
				if reveal2(t, s) == access {
					t.Error("not renewed")
				}
				if got, _ := os.ReadFile(path); string(got) != string(want) {
					t.Errorf("the file was changed:\n%s", got)
				}
				if id := s.Identity(); id.User != "dana@acme.example" {
					t.Errorf("became %s", id.User)
				}
			})
		})
	}
}

func encode(s string) string { return strings.TrimRight(b64(s), "=") }

func b64(s string) string {
	data, _ := json.Marshal([]byte(s))
	return strings.NewReplacer("+", "-", "/", "_").Replace(strings.Trim(string(data), `"`))
}

func TestA401LeadsToOneRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.job("POST /v3/service_credential_bindings", "j-1", "COMPLETE")
		stub.handle("GET /v3/service_credential_bindings", 200, map[string]any{"resources": []any{map[string]any{"guid": "k-1", "name": "key"}}})
		s, path := stub.signedIn(t)
		clear(stub.access) // revoked, though not run out
		if _, err := s.CreateKey(t.Context(), "i-1", "key", nil); err != nil {
			t.Fatal(err)
		}
		if stub.tokenCalls() != 1 || stub.count("POST /v3/") != 2 {
			t.Errorf("%d token calls, %d POST", stub.tokenCalls(), stub.count("POST /v3/"))
		}
		if body := stub.last("POST /v3/").Body; !strings.Contains(body, `"key"`) {
			t.Errorf("the repeat lost its body: %q", body)
		}
		if readConfig(t, path)["AccessToken"] != "bearer "+reveal2(t, s) {
			t.Error("not written back")
		}
	})
}

func TestManyRefusedAtOnceRenewOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.rotate = true
		stub.handle("GET /v3/service_credential_bindings", 200, map[string]any{"resources": []any{}})
		s, _ := stub.signedIn(t)
		clear(stub.access)
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if _, err := s.Keys(t.Context(), "i-1"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := stub.tokenCalls(); n != 1 {
			t.Errorf("%d token calls", n)
		}
	})
}

func TestAServerThatRefusesEveryTokenMakesNoStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, _ := stub.signedIn(t)
		stub.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/v3/") {
				return false
			}
			fail(w, 401, 10002, "CF-NotAuthenticated", "Authentication error")
			return true
		})
		for range 100 {
			_, err := s.Keys(t.Context(), "i-1")
			if !IsUnauthorized(err) || Unclear(err) {
				t.Fatalf("got %v", err)
			}
		}
		if n := stub.tokenCalls(); n != 1 {
			t.Errorf("%d token calls for one permanent refusal", n)
		}
		if n := stub.count("GET /v3/"); n != 101 {
			t.Errorf("%d requests: only the first was worth repeating", n)
		}
	})
}

func TestAPassingTroubleAtTheUAAKeepsTheTokenInUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, _ := stub.signedIn(t)
		first := reveal2(t, s)
		stub.tokenBy(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(502)
			_, _ = fmt.Fprint(w, "<html>bad gateway</html>")
		})
		time.Sleep(8*time.Minute + 40*time.Second)
		for range 10 {
			if reveal2(t, s) != first {
				t.Fatal("another token")
			}
		}
		if n := stub.tokenCalls(); n != 1 {
			t.Errorf("%d calls at once to a UAA in trouble", n)
		}
		time.Sleep(80 * time.Second)
		_, err := s.Token(t.Context())
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Status != 502 || Unclear(err) {
			t.Fatalf("got %v", err)
		}
		if _, signedOut := errors.AsType[*SignedOutError](err); signedOut {
			t.Fatal("a gateway error is not the end of a login")
		}
		stub.tokenBy(nil)
		if reveal2(t, s) == first {
			t.Error("not renewed once the UAA was back")
		}
	})
}

func TestACancelledCallerDoesNotLoseTheNewPair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.rotate = true
		s, path := stub.signedIn(t)
		time.Sleep(9*time.Minute + 58*time.Second)
		stub.tokenBy(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(10 * time.Second)
			stub.tokenBy(nil)
			stub.serveToken(w, r)
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Token(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		time.Sleep(20 * time.Second)
		if got := reveal2(t, s); readConfig(t, path)["AccessToken"] != "bearer "+got || stub.tokenCalls() != 1 {
			t.Errorf("the pair was lost, %d token calls", stub.tokenCalls())
		}
	})
}

func TestAClockThatIsWrong(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"behind": 3 * time.Hour, "ahead": -3 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				stub := newStub(t)
				stub.ahead = ahead
				stub.handle("GET /v3/service_credential_bindings", 200, map[string]any{"resources": []any{}})
				s, _ := stub.signedIn(t)
				for range 60 {
					if _, err := s.Keys(t.Context(), "i-1"); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Minute)
				}
				if n := stub.tokenCalls(); n > 9 {
					t.Errorf("%d token calls in an hour", n)
				}
			})
		})
	}
}

func TestTokensThatLiveShortAreStillUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		stub.lifetime = 30 * time.Second
		s, _ := stub.signedIn(t)
		for range 60 {
			reveal2(t, s)
			time.Sleep(time.Second)
		}
		if n := stub.tokenCalls(); n < 2 || n > 4 {
			t.Errorf("%d token calls in a minute of 30 s tokens", n)
		}
	})
}

func TestAReadOnlyFileIsToldAndDoesNotStopTheSession(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("running as root: a directory in the file's place stands for a read-only one")
	}
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, path := stub.signedIn(t)
		first := reveal2(t, s)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(9 * time.Minute)
		if reveal2(t, s) == first {
			t.Fatal("not renewed")
		}
		if err := s.SaveError(); err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), canary) {
			t.Errorf("got %v", err)
		}
	})
}
