package apiclient

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// document is docs/openapi.yaml, with this test's server in place of the landscape's.
var document = sync.OnceValues(func() (routers.Router, error) {
	doc, err := openapi3.NewLoader().LoadFromFile("../docs/openapi.yaml")
	if err != nil {
		return nil, err
	}
	doc.Servers = openapi3.Servers{{URL: base}}
	return gorillamux.NewRouter(doc)
})

// watcher holds every request and every answer against the document.
type watcher struct {
	t    testing.TB
	next http.RoundTripper

	mu   sync.Mutex
	seen map[string]int // requests by operation
}

func contract(t testing.TB, next http.RoundTripper) *watcher {
	return &watcher{t: t, next: next, seen: map[string]int{}}
}

func (w *watcher) RoundTrip(req *http.Request) (*http.Response, error) {
	router, err := document()
	if err != nil {
		w.t.Errorf("docs/openapi.yaml: %v", err)
		return w.next.RoundTrip(req)
	}
	route, params, err := router.FindRoute(req)
	if err != nil {
		w.t.Errorf("%s %s is not in the contract: %v", req.Method, req.URL, err)
		return w.next.RoundTrip(req)
	}
	w.mu.Lock()
	w.seen[route.Operation.OperationID]++
	w.mu.Unlock()

	options := &openapi3filter.Options{
		AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc,
		IncludeResponseStatus:             true,
		RejectWhenRequestBodyNotSpecified: true,
	}
	input := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(req.Context(), input); err != nil {
		w.t.Errorf("the request %s %s breaks the contract: %v", req.Method, req.URL, err)
	}
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Errorf("reading the answer: %v", err)
	}
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	answer := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header, Options: options,
	}
	answer.SetBodyBytes(body)
	if err := openapi3filter.ValidateResponse(req.Context(), answer); err != nil {
		w.t.Errorf("the answer to %s %s breaks the contract: %v", req.Method, req.URL.Path, err)
	}
	return resp, nil
}

func TestTheDocumentIsValidAndKnowsTheSevenOperations(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromFile("../docs/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			ids = append(ids, operation.OperationID)
		}
	}
	slices.Sort(ids)
	if want := slices.Sorted(maps.Keys(everyOperation)); !slices.Equal(ids, want) {
		t.Errorf("the document has %v, the client %v", ids, want)
	}
}

func TestTheWatcherSees(t *testing.T) {
	// A test of the tests: requests and answers that break the contract must not pass.
	get := func(query, body string) *http.Request {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/replication?"+query, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Test-Answer", body)
		return req
	}
	h := func(w http.ResponseWriter, r *http.Request) { say(w, http.StatusOK, r.Header.Get("Test-Answer")) }
	for _, c := range []struct {
		name  string
		req   *http.Request
		wrong bool
	}{
		{"all is well", get(names.query(), `{"status":"RUNNING"}`), false},
		{"no names", get("", `{"status":"RUNNING"}`), true},
		{"another word", get(names.query(), `{"status":"STARTED"}`), true},
		{"not JSON", get(names.query(), `RUNNING`), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &recorder{TB: t}
			resp, err := contract(r, network(t, http.HandlerFunc(h))).RoundTrip(c.req)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if r.failed != c.wrong {
				t.Errorf("complained: %v, want %v", r.failed, c.wrong)
			}
		})
	}
}

// recorder is a test that notes its failure.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }
