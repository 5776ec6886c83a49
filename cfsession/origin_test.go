package cfsession

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// No token, and nothing that gets one, goes over plain http to another machine, whoever
// names the address.
func TestNothingIsSentInTheClear(t *testing.T) {
	const clear = "http://cf.example"
	for name, keys := range map[string]map[string]any{
		"API":          {"Target": clear},
		"login server": {"AuthorizationEndpoint": clear},
		"UAA":          {"AuthorizationEndpoint": "", "UaaEndpoint": clear},
		"both":         {"AuthorizationEndpoint": stubLogin, "UaaEndpoint": clear},
	} {
		stub := newStub(t)
		home := t.TempDir()
		access, refresh := stub.issue()
		writeConfig(t, home, access, refresh, keys)
		_, err := Open(t.Context(), stub.options(home))
		out, ok := errors.AsType[*SignedOutError](err)
		if !ok || out.Reason != Unprotected || len(stub.seen) != 0 {
			t.Errorf("%s: %v, sent %v", name, err, stub.seen)
		}
	}
	for name, at := range map[string]func(*Session){
		"at a token request": func(s *Session) { s.login.authURL = clear },
		"at any request":     func(s *Session) { s.api.Scheme, s.api.Host = "http", "cf.example" },
	} {
		stub := newStub(t)
		s, _ := stub.signedIn(t)
		at(s)
		s.tokenPair.expiry = time.Now().Add(-time.Hour)
		_, err := s.Keys(t.Context(), "i-1")
		if err == nil || len(stub.seen) > 1 || len(stub.seen) == 1 && stub.seen[0].Path != "/oauth/token" {
			t.Errorf("%s: %v, sent %v", name, err, stub.seen)
		}
		for _, r := range stub.seen {
			if "http://"+r.Host == clear {
				t.Errorf("%s: sent to %s", name, r.Host)
			}
		}
	}
}

func TestAnAddressOfTheUAAThatNoTokenIsSentToEndsNoPatience(t *testing.T) {
	stub := newStub(t)
	s, _ := stub.signedIn(t)
	s.login.authURL = "http://cf.example"
	_, err := s.Renew(t.Context(), s.current().access)
	out, ok := errors.AsType[*SignedOutError](err)
	if !ok || out.Reason != Unprotected {
		t.Errorf("got %v", err)
	}
}

// An error of an address tells none of the secrets that may stand in one.
func TestErrorsOfAddressesHoldNoSecret(t *testing.T) {
	for _, address := range []string{
		"https://dana:" + canary + "@api.example", "https://dana:" + canary + " x@api.example", "ftp://dana:" + canary + "@api.example",
		"http://api.example?token=" + canary, "https://:" + canary + "@", "https://dana:" + canary + "@[::1", "https://u:%zz" + canary + "@x",
	} {
		for name, err := range map[string]error{
			"base": second(parseBase(address)), "private": second(privateBase(address)),
			"derive": second(Derive(address, Overrides{})), "service": second(Derive("https://api.cf.eu10.hana.ondemand.com", Overrides{MigrationURL: address})),
		} {
			if err == nil || strings.Contains(err.Error(), canary) {
				t.Errorf("%s of %s: %v", name, address, err)
			}
		}
		stub := newStub(t)
		home := t.TempDir()
		access, refresh := stub.issue()
		for _, key := range []string{"Target", "AuthorizationEndpoint", "UaaEndpoint"} {
			writeConfig(t, home, access, refresh, map[string]any{key: address})
			_, err := Open(t.Context(), stub.options(home))
			if err == nil || strings.Contains(err.Error(), canary) {
				t.Errorf("%s = %s: %v", key, address, err)
			}
		}
		kept, _ := ReadKept(home)
		if strings.Contains(kept.API, canary) {
			t.Errorf("kept: %s", kept.API)
		}
		l, _ := Derive(address, Overrides{})
		if strings.Contains(l.API, canary) {
			t.Errorf("derived: %s", l.API)
		}
	}
}
