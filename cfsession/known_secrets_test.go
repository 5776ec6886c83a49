package cfsession

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// A broker may quote what stands in a key, without a word that tells what it is.
func TestWhatAKeyHoldsIsHidden(t *testing.T) {
	stub := newStub(t)
	s, _ := stub.signedIn(t)
	stub.handle("GET /v3/service_credential_bindings/k-1/details", 200, map[string]any{"credentials": map[string]any{
		"hostname": "db.internal", "port": 5432, "username": "orders", "password": "correct-horse", "uri": "postgres://orders:battery%2Fstaple@db.internal/orders",
		"odd": "no-name-for-it", "short": "ab",
	}})
	if _, err := s.KeyUsable(t.Context(), "k-1"); err != nil {
		t.Fatal(err)
	}
	got := s.Hide("orders at db.internal: correct-horse, battery/staple, battery%2Fstaple, no-name-for-it; ab is about the table")
	for _, hidden := range []string{"correct-horse", "battery", "no-name"} {
		if strings.Contains(got, hidden) {
			t.Errorf("%s: %s", hidden, got)
		}
	}
	for _, shown := range []string{"orders at db.internal", "ab is about the table"} {
		if !strings.Contains(got, shown) {
			t.Errorf("%s is gone: %s", shown, got)
		}
	}
}

// Credentials that the platform, a broker or the token server quotes are in no error and
// in no text that is handed on.
func TestQuotedCredentialsAreNotHandedOn(t *testing.T) {
	const quoted = "broker said: postgres://u:" + canary + "@db/x and password=" + canary
	synctest.Test(t, func(t *testing.T) {
		stub := newStub(t)
		s, _ := stub.signedIn(t)
		said := map[string]error{}
		stub.intercept(v3(func(w http.ResponseWriter, _ *http.Request) { fail(w, 422, 10008, "CF-Un", quoted) }))
		said["a refusal"] = s.StopApp(t.Context(), "a-1")

		stub.intercept(v3(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodDelete:
				w.Header().Set("Location", "/v3/jobs/j-1")
				w.WriteHeader(202)
			case strings.HasPrefix(r.URL.Path, "/v3/jobs/"):
				writeJSON(w, 200, map[string]any{"state": "FAILED", "errors": []any{map[string]any{"code": 10009, "title": "CF-U", "detail": quoted}}})
			default:
				writeJSON(w, 200, map[string]any{"resources": []any{map[string]any{
					"guid": "k-1", "name": "k", "last_operation": map[string]any{"type": "create", "state": "failed", "description": quoted},
				}}})
			}
		}))
		said["a failed job"] = s.DeleteBinding(t.Context(), "b-1")
		keys, err := s.Keys(t.Context(), "i-1")
		if err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
		said["an operation"] = errors.New(keys[0].LastOperation.Description)

		stub.tokenBy(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(500)
			_, _ = fmt.Fprintf(w, `{"error":"server_error","error_description":%q}`, quoted)
		})
		_, said["the token server"] = SignInWith(t.Context(), stub.options(t.TempDir()), SignIn{API: stubAPI, User: "dana", Password: newSecret("pw-of-dana")})
		for name, err := range said {
			text := fmt.Sprintf("%v %+v", err, err)
			if e, ok := errors.AsType[*Error](err); ok {
				text += fmt.Sprintf("%+v", *e)
			}
			if err == nil || strings.Contains(text, canary) || !strings.Contains(text, "•••") {
				t.Errorf("%s: %s", name, text)
			}
		}
	})
}
