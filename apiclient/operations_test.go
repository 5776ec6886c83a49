package apiclient

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// good answers every operation as the contract's examples do.
func good(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Vcap-Request-Id", "id-1")
	switch {
	case r.Method == http.MethodPost:
		w.Header().Set("Location", r.URL.Path)
		w.WriteHeader(http.StatusAccepted)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case r.URL.Path == "/v1/preflight-check":
		say(w, http.StatusOK, `{
			"sourceDatabaseIssues": {"critical": ["Unknown data types"], "warning": ["Multiple roles", "Multiple privileges"]},
			"targetDatabaseIssues": {"critical": [], "warning": ["Database is not empty (3 objects found)"]}}`)
	default:
		say(w, http.StatusOK, `{"status":"RUNNING"}`)
	}
}

func TestEveryOperationSendsWhatTheContractAsksFor(t *testing.T) {
	for op, do := range everyOperation {
		t.Run(op, func(t *testing.T) {
			var got *http.Request
			var body []byte
			watch := contract(t, network(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r
				body, _ = io.ReadAll(r.Body)
				good(w, r)
			})))
			c := startWith(t, newSession("a-token"), watch, WithUserAgent("tests/1"))
			if err := do(c, t.Context()); err != nil {
				t.Fatal(err)
			}
			if watch.seen[op] != 1 {
				t.Errorf("requests by operation: %v, want one %s", watch.seen, op)
			}
			if h := got.Header; h.Get("Authorization") != "Bearer a-token" || h.Get("User-Agent") != "tests/1" {
				t.Errorf("headers: %v", h)
			}
			want := map[string]string{
				"org": names.Org, "space": names.Space,
				"source_service_instance_name": names.SourceInstance, "target_service_instance_name": names.TargetInstance,
				"source_service_key_name": names.SourceKey, "target_service_key_name": names.TargetKey,
			}
			sent := map[string]string{}
			if changing(op) {
				if got.Header.Get("Content-Type") != "application/json" || got.URL.RawQuery != "" {
					t.Errorf("%v with query %q, want JSON and no query", got.Header, got.URL.RawQuery)
				}
				if err := json.Unmarshal(body, &sent); err != nil {
					t.Fatal(err)
				}
			} else {
				if len(body) > 0 || strings.Contains(got.URL.RawQuery, "+") {
					t.Errorf("body %q, query %q", body, got.URL.RawQuery)
				}
				for name, values := range got.URL.Query() {
					sent[name] = strings.Join(values, "|")
				}
			}
			if diff := cmp.Diff(want, sent); diff != "" {
				t.Errorf("names (-want +sent):\n%s", diff)
			}
		})
	}
}

func TestEveryOperationReadsTheAnswer(t *testing.T) {
	c := start(t, good)
	ctx := t.Context()

	p, err := c.Preflight(ctx, names)
	if err != nil {
		t.Fatal(err)
	}
	p.Raw = ""
	if diff := cmp.Diff(Preflight{
		SourceCritical: []string{"Unknown data types"},
		SourceWarning:  []string{"Multiple roles", "Multiple privileges"},
		TargetCritical: []string{},
		TargetWarning:  []string{"Database is not empty (3 objects found)"},
		RequestID:      "id-1",
	}, p); diff != "" {
		t.Error(diff)
	}

	running := Status{Word: Running, Exists: true, Raw: `{"status":"RUNNING"}`, RequestID: "id-1"}
	for op, read := range map[string]func() (Status, error){
		"replication":  func() (Status, error) { return c.Replication(ctx, names) },
		"finalization": func() (Status, error) { return c.Finalization(ctx, names) },
	} {
		if s, err := read(); err != nil || s != running {
			t.Errorf("%s: %+v, %v", op, s, err)
		}
	}
	if a, err := c.CreateReplication(ctx, names); err != nil || a != (Accepted{Location: base + "/replication", RequestID: "id-1"}) {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := c.CreateFinalization(ctx, names); err != nil || a != (Accepted{Location: base + "/finalization", RequestID: "id-1"}) {
		t.Errorf("%+v, %v", a, err)
	}
	if err := c.DeleteReplication(ctx, names); err != nil {
		t.Error(err)
	}
	if err := c.DeleteFinalization(ctx, names); err != nil {
		t.Error(err)
	}
}

func TestNotFoundIsNoneYetAndNothingToDelete(t *testing.T) {
	c := start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "id-2")
		say(w, http.StatusNotFound, `{"message":"no such replication"}`)
	})
	none := Status{Raw: `{"message":"no such replication"}`, RequestID: "id-2"}
	if s, err := c.Replication(t.Context(), names); err != nil || s != none {
		t.Errorf("%+v, %v", s, err)
	}
	if s, err := c.Finalization(t.Context(), names); err != nil || s != none {
		t.Errorf("%+v, %v", s, err)
	}
	if err := c.DeleteReplication(t.Context(), names); err != nil {
		t.Error(err)
	}
	if err := c.DeleteFinalization(t.Context(), names); err != nil {
		t.Error(err)
	}
	if _, err := c.Preflight(t.Context(), names); failure(t, err).Kind != KindNotFound {
		t.Error(err)
	}
	if _, err := c.CreateReplication(t.Context(), names); failure(t, err).Kind != KindNotFound {
		t.Error(err)
	}
}

func TestARoutersNotFoundIsNotTheServices(t *testing.T) {
	c := start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Cf-RouterError", "unknown_route")
		say(w, http.StatusNotFound, "404 Not Found: Requested route does not exist.")
	}, WithBackoff(Backoff{Attempts: 1}))
	for op, do := range everyOperation {
		e := failure(t, do(c, t.Context()))
		if e.Kind != KindUnavailable || e.Unclear() {
			t.Errorf("%s: %v", op, e)
		}
	}
}

func TestNamesThatCannotBeMeantAreNotSent(t *testing.T) {
	c := start(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	missing, broken := names, names
	missing.TargetKey, missing.Org = "", ""
	broken.Space = "pr\xffd"
	for _, n := range []Names{missing, broken} {
		e := failure(t, c.DeleteReplication(t.Context(), n))
		if e.Kind != KindInvalid || !e.NotSent || e.Unclear() {
			t.Errorf("%+v", e)
		}
	}
	_, err := c.Preflight(t.Context(), missing)
	want := "could not run the preflight check: the request cannot be made like this: " +
		"the name of the org is missing; the name of the target service key is missing"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestAnUnreadableSuccessIsAnErrorWithTheText(t *testing.T) {
	page := "<html><title>Sign in</title></html>"
	c := startWild(t, func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, page) })
	_, errP := c.Preflight(t.Context(), names)
	_, errS := c.Replication(t.Context(), names)
	for _, err := range []error{errP, errS} {
		e := failure(t, err)
		if e.Kind != KindUnreadable || e.Raw != page || e.Status != 200 || e.Message != "Sign in" {
			t.Errorf("%+v", e)
		}
	}
}

func BenchmarkReplication(b *testing.B) {
	c := startWild(b, func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, `{"status":"RUNNING"}`) })
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Replication(b.Context(), names); err != nil {
			b.Fatal(err)
		}
	}
}
