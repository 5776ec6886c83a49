package cfsession

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	stub := newStub(t)
	access, refresh := stub.issue()
	stub.lifetime = -time.Minute
	old, _ := stub.issue()
	for _, c := range []struct {
		name string
		file string // "" = none
		keys map[string]any
		want SignedOutReason
	}{
		{name: "no file", want: NoLoginFile},
		{name: "not JSON", file: "{oops", want: MalformedFile},
		{name: "not an object", file: "[1]", want: MalformedFile},
		{name: "empty", file: "{}", want: LoggedOut},
		{name: "logged out", keys: map[string]any{"AccessToken": "", "RefreshToken": ""}, want: LoggedOut},
		{name: "no target", keys: map[string]any{"Target": ""}, want: LoggedOut},
		{name: "odd target", keys: map[string]any{"Target": "ftp://x"}, want: MalformedFile},
		{name: "kubernetes", keys: map[string]any{"CFOnK8s": map[string]any{"Enabled": true}}, want: Unsupported},
		{name: "not a token", keys: map[string]any{"AccessToken": "bearer abc", "RefreshToken": ""}, want: MalformedFile},
		{name: "run out", keys: map[string]any{"AccessToken": "bearer " + old, "RefreshToken": ""}, want: Expired},
		{name: "client login run out", keys: map[string]any{
			"AccessToken": "bearer " + old, "RefreshToken": "", "UAAGrantType": "client_credentials",
		}, want: Expired},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			if c.keys != nil {
				writeConfig(t, home, access, refresh, c.keys)
			} else if c.file != "" {
				path := writeConfig(t, home, "", "", nil)
				if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := Open(t.Context(), stub.options(home))
			out, ok := errors.AsType[*SignedOutError](err)
			if !ok || out.Reason != c.want {
				t.Fatalf("got %v, want reason %q", err, c.want)
			}
			if !strings.Contains(err.Error(), filepath.Join(".cf", "config.json")) {
				t.Errorf("the message does not name the file: %v", err)
			}
		})
	}
	if n := len(stub.seen); n != 0 {
		t.Errorf("opening sent %d requests", n)
	}
}

func TestOpenFollowsCFHomeAndTellsIdentity(t *testing.T) {
	stub := newStub(t)
	home := t.TempDir()
	access, refresh := stub.issue()
	path := writeConfig(t, home, access, refresh, map[string]any{"SSLDisabled": true, "Target": stubAPI + "/"})
	t.Setenv("CF_HOME", home)
	// go-cfclient would sign in with these instead of using the session.
	t.Setenv("CF_USERNAME", "mallory")
	t.Setenv("CF_PASSWORD", "x")
	s, err := Open(t.Context(), stub.options(""))
	if err != nil {
		t.Fatal(err)
	}
	id := s.Identity()
	if id.Expiry.Before(time.Now().Add(9*time.Minute)) || id.Expiry.After(time.Now().Add(11*time.Minute)) {
		t.Errorf("expiry %v", id.Expiry)
	}
	id.Expiry = time.Time{}
	want := Identity{
		API: stubAPI, User: "dana@acme.example", Org: Ref{"o-1", "acme"}, Space: Ref{"s-1", "prod"},
		SSLDisabled: true, File: path,
	}
	if id != want {
		t.Errorf("got  %+v\nwant %+v", id, want)
	}
	if len(stub.seen) != 0 {
		t.Errorf("opening sent %v", stub.seen)
	}
}

func TestOpenFindsTheUAAWhenTheFileDoesNotName(t *testing.T) {
	stub := newStub(t)
	home := t.TempDir()
	_, refresh := stub.issue()
	writeConfig(t, home, "", refresh, map[string]any{"AuthorizationEndpoint": "", "UaaEndpoint": "", "AccessToken": ""})
	s, err := Open(t.Context(), stub.options(home))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	if host := stub.last("POST /oauth/token").Host; "http://"+host != stubLogin {
		t.Errorf("token from %s, cf asks %s", host, stubLogin)
	}
}

func TestTargetIsWrittenOnlyWhenAskedFor(t *testing.T) {
	stub := newStub(t)
	s, path := stub.signedIn(t)
	if err := s.Target(t.Context(), Ref{"o-2", "beta"}, Ref{"s-2", "dev"}); err != nil {
		t.Fatal(err)
	}
	if id := s.Identity(); id.Org.Name != "beta" || id.Space.GUID != "s-2" {
		t.Errorf("not remembered: %+v", id)
	}
	if got := fmt.Sprint(readConfig(t, path)["SpaceFields"]); got != "map[AllowSSH:true GUID:s-1 Name:prod]" {
		t.Errorf("written without being asked: %s", got)
	}
	s.persistTarget = true
	if err := s.Target(t.Context(), Ref{"o-2", "beta"}, Ref{"s-2", "dev"}); err != nil {
		t.Fatal(err)
	}
	all := readConfig(t, path)
	if got := fmt.Sprint(all["OrganizationFields"], all["SpaceFields"]); got != "map[GUID:o-2 Name:beta] map[AllowSSH:true GUID:s-2 Name:dev]" {
		t.Errorf("written: %s", got)
	}
	// cf has been turned elsewhere: its target is not ours to change.
	writeConfig(t, filepath.Dir(filepath.Dir(path)), "x", "y", map[string]any{"Target": otherHost})
	if err := s.Target(t.Context(), Ref{"o-3", "g"}, Ref{"s-3", "h"}); err == nil {
		t.Error("no error")
	}
	if got := fmt.Sprint(readConfig(t, path)["SpaceFields"]); !strings.Contains(got, "s-1") {
		t.Errorf("the other API's target was overwritten: %s", got)
	}
}

func TestALinkedLoginFileStaysALink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		access, refresh := stub.issue()
		file := writeConfig(t, t.TempDir(), access, refresh, nil)
		home := t.TempDir()
		if err := os.MkdirAll(filepath.Join(home, ".cf"), 0o700); err != nil {
			t.Fatal(err)
		}
		requester := filepath.Join(home, ".cf", "config.json")
		if err := os.Symlink(file, requester); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
		s, err := Open(t.Context(), stub.options(home))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(9 * time.Minute)
		if token := reveal2(t, s); readConfig(t, file)["AccessToken"] != "bearer "+token {
			t.Error("not written where the link points")
		}
		if _, err := os.Readlink(requester); err != nil {
			t.Error("the link was replaced by a file")
		}
	})
}

// Without a transport from outside: what the person told cf about certificates
// holds here too, and nothing else does.
func TestCertificatesAreCheckedUnlessTheLoginSaysNo(t *testing.T) {
	stub := newStub(t)
	stub.handle("GET /v3/service_credential_bindings", 200, map[string]any{"resources": []any{}})
	server := httptest.NewUnstartedServer(stub)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	var tries atomic.Int32
	server.Config.ConnState = func(_ net.Conn, is http.ConnState) {
		if is == http.StateNew {
			tries.Add(1)
		}
	}
	server.StartTLS()
	defer server.Close()
	for _, disabled := range []bool{false, true} {
		home := t.TempDir()
		access, refresh := stub.issue()
		writeConfig(t, home, access, refresh, map[string]any{"Target": server.URL, "SSLDisabled": disabled})
		s, err := Open(t.Context(), Options{Home: home})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Keys(t.Context(), "i-1")
		if (err == nil) != disabled {
			t.Errorf("SSLDisabled %v: %v", disabled, err)
		}
		if n := tries.Load(); n > 1 && !disabled {
			t.Errorf("an untrusted server was tried %d times", n)
		}
		if err := s.StopApp(t.Context(), "a-1"); err == nil || Unclear(err) {
			t.Errorf("SSLDisabled %v: %v", disabled, err)
		}
	}
}

func TestSessionPrintsNoToken(t *testing.T) {
	stub := newStub(t)
	s, _ := stub.signedIn(t)
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", []any{s, struct{ S *Session }{s}})
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "s", s)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "s", s)
	if strings.Contains(out.String(), canary) || strings.Contains(out.String(), "eyJ") {
		t.Errorf("a token got out:\n%s", out.String())
	}
	if !strings.Contains(out.String(), "dana@acme.example") {
		t.Errorf("says nothing: %s", out.String())
	}
}

func TestWhereCFPointsMeanwhile(t *testing.T) {
	stub := newStub(t)
	s, path := stub.signedIn(t)
	own := s.Identity()
	if now, err := s.CFTarget(); err != nil || now.API != own.API || now.User != own.User || now.Org != own.Org || now.Space != own.Space {
		t.Fatalf("%+v, %v", now, err)
	}
	rewrite := func(edit func(map[string]any)) {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]any{}
		if err := json.Unmarshal(data, &all); err != nil {
			t.Fatal(err)
		}
		edit(all)
		if data, err = json.Marshal(all); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rewrite(func(all map[string]any) {
		all["SpaceFields"] = map[string]any{"GUID": "s-2", "Name": "dev"}
		all["AccessToken"] = "bearer x." + base64.RawURLEncoding.EncodeToString([]byte(`{"user_name":"kim","user_id":"k"}`)) + ".x"
	})
	now, err := s.CFTarget()
	if err != nil || now.User != "kim" || now.Space != (Ref{"s-2", "dev"}) || now.Org != own.Org || s.Identity() != own {
		t.Errorf("%+v, %v; itself %+v", now, err, s.Identity())
	}
	rewrite(func(all map[string]any) { // cf logout
		all["AccessToken"], all["SpaceFields"], all["OrganizationFields"] = "", nil, nil
	})
	if now, err := s.CFTarget(); err != nil || now.User != "" || now.Org != (Ref{}) || now.Space != (Ref{}) {
		t.Errorf("%+v, %v", now, err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CFTarget(); err == nil {
		t.Error("half a file is no answer")
	}
	alone, err := SignInWith(t.Context(), stub.options(t.TempDir()), SignIn{API: stubAPI, User: "dana", Password: newSecret(canary)})
	if err != nil {
		t.Fatal(err)
	}
	if now, err := alone.CFTarget(); err != nil || now.User != alone.Identity().User {
		t.Errorf("%+v, %v", now, err)
	}
}
