package sandbox_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"pg-migrate-wizard/internal/sandbox"
)

// contract is docs/openapi.yaml, which client and landscape are both held
// against. Its server is replaced by whatever the request was sent to.
var contract = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("../../docs/openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc.Servers = openapi3.Servers{{URL: "/v1"}}
	return gorillamux.NewRouter(doc)
})

// held are the exchanges that were found to keep to the contract: polls say the
// same over and over, and the check takes its time.
var held sync.Map

// holdAgainstContract checks an answer of /v1, and that a request which the
// contract doesn't know was refused.
func holdAgainstContract(t *testing.T, req *http.Request, a answer) {
	t.Helper()
	router, err := contract()
	if err != nil {
		t.Fatalf("docs/openapi.yaml: %v", err)
	}
	again := req.Clone(t.Context())
	var sent []byte
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		if sent, err = io.ReadAll(body); err != nil {
			t.Fatal(err)
		}
		again.Body = io.NopCloser(bytes.NewReader(sent))
	}
	exchange := fmt.Sprint(req.Method, req.URL, req.Header["Content-Type"], string(sent), a.status, a.header["Content-Type"], a.header["Location"], a.text)
	if _, again := held.LoadOrStore(exchange, true); again {
		return
	}
	route, params, err := router.FindRoute(again)
	if err != nil {
		if a.status < 400 {
			t.Errorf("%s %s is not in the contract (%v) and was answered with %d", req.Method, req.URL.Path, err, a.status)
		}
		return
	}
	options := &openapi3filter.Options{
		AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
		IncludeResponseStatus: true,
	}
	input := &openapi3filter.RequestValidationInput{Request: again, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(t.Context(), input); err != nil && a.status < 400 {
		t.Errorf("%s %s breaks the contract (%v) and was answered with %d", req.Method, req.URL.Path, err, a.status)
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: a.status, Header: a.header, Options: options,
	}
	out.SetBodyBytes([]byte(a.text))
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("the answer to %s %s breaks the contract: %v", req.Method, req.URL.Path, err)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target)
		good := l.names(l.info.Target)

		changed := func(name, value string) names {
			n := names{}
			for k, v := range good {
				n[k] = v
			}
			n[name] = value
			return n
		}
		for _, c := range []struct {
			name   string
			names  names
			status int
		}{
			{"nothing", names{}, 400},
			{"no org", changed("org", ""), 400},
			{"no target key", changed("target_service_key_name", ""), 400},
			{"another org", changed("org", "acme-labs"), 404},
			{"a space that is not there", changed("space", "test"), 404},
			{"a source that is not there", changed("source_service_instance_name", "no-db"), 404},
			{"a key that is not there", changed("source_service_key_name", "no-key"), 404},
			{"a key of the other side", changed("source_service_key_name", "tk"), 404},
			{"source of the new service", changed("source_service_instance_name", "orders-hyperscaler-2"), 422},
			{"target of the old service", changed("target_service_instance_name", "billing-db"), 422},
			{"target that is no database", changed("target_service_instance_name", "logs"), 422},
		} {
			for _, request := range []struct{ method, path string }{
				{"GET", "preflight-check"},
				{"GET", "replication"},
				{"POST", "replication"},
				{"DELETE", "replication"},
				{"GET", "finalization"},
				{"POST", "finalization"},
				{"DELETE", "finalization"},
			} {
				if a := l.v1(request.method, request.path, c.names); a.status != c.status || a.str("message") == "" {
					t.Errorf("%s: %s %s: got %d %s, want %d", c.name, request.method, request.path, a.status, a.text, c.status)
				}
			}
		}
		missing := l.v1("GET", "replication", changed("space", ""))
		if got, _ := missing.json["missing"].([]any); !slices.Equal(got, []any{"space"}) {
			t.Errorf("missing: %v", missing.json)
		}
		if got := l.Truth().Migrations; len(got) != 0 {
			t.Errorf("something was begun: %+v", got)
		}
	})
}

func TestContentTypeAndBodyAreChecked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target)
		n := l.names(l.info.Target)
		for _, method := range []string{"POST", "DELETE"} {
			for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded"} {
				req := l.v1Request(method, "replication", n, l.token())
				req.Header.Set("Content-Type", kind)
				l.refused(l.do(req), 415)
			}
			req := l.request(method, "/v1/replication", []byte("org=acme"), l.token())
			l.refused(l.do(req), 400)
		}
		req := l.v1Request("POST", "replication", n, l.token())
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
		l.accepted(l.do(req), "/v1/replication?")
	})
}

func TestLocationCanBePolled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.prepare(l.info.Target)
		a := l.v1("POST", "replication", l.names(l.info.Target))
		l.accepted(a, "/v1/replication?")
		got := l.do(l.request("GET", a.header.Get("Location")[len(l.info.API):], nil, l.token()))
		if got.status != 200 || got.str("status") != "WAITING" {
			t.Errorf("%d %s", got.status, got.text)
		}
	})
}
