package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/client"
	"github.com/cloudfoundry/go-cfclient/v3/config"
	"github.com/cloudfoundry/go-cfclient/v3/resource"

	"pg-migrate-wizard/internal/sandbox"
)

// lab is a landscape in memory with clients for all of its services. It lives
// in a synctest bubble, where time jumps.
type lab struct {
	*sandbox.Landscape
	t    *testing.T
	info sandbox.Info
	http *http.Client

	kept    string // a token, until it is about to expire
	expires time.Time
}

func newLab(t *testing.T, cfg sandbox.Config) *lab {
	t.Helper()
	listener, dial := sandbox.ListenMemory()
	cfg.Listener = listener
	landscape, err := sandbox.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := landscape.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return &lab{
		Landscape: landscape, t: t, info: landscape.Info(),
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

func (a answer) str(path ...string) string {
	var value any = a.json
	for _, key := range path {
		inner, _ := value.(map[string]any)
		value = inner[key]
	}
	text, _ := value.(string)
	return text
}

func (l *lab) do(req *http.Request) answer {
	l.t.Helper()
	resp, err := l.http.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(data)}
	if strings.HasPrefix(req.URL.Path, "/v1/") {
		holdAgainstContract(l.t, req, a)
	}
	if resp.Header.Get("Content-Type") == "application/json" {
		if err := json.Unmarshal(data, &a.json); err != nil {
			l.t.Fatalf("%s %s: %v in %q", req.Method, req.URL, err, data)
		}
	}
	return a
}

func (l *lab) request(method, path string, body []byte, token string) *http.Request {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), method, l.info.API+path, bytes.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "bearer "+token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// cc sends a request to the Cloud Controller as dana.
func (l *lab) cc(method, path string, body any) answer {
	l.t.Helper()
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			l.t.Fatal(err)
		}
	}
	return l.do(l.request(method, path, data, l.token()))
}

// oauth asks the UAA for tokens, as cf does.
func (l *lab) oauth(form url.Values) answer {
	l.t.Helper()
	req := l.request("POST", "/oauth/token", []byte(form.Encode()), "")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth("cf", "")
	return l.do(req)
}

func (l *lab) signIn() answer {
	l.t.Helper()
	a := l.oauth(url.Values{"grant_type": {"password"}, "username": {l.info.User}, "password": {l.info.Password}})
	if a.status != http.StatusOK {
		l.t.Fatalf("sign in: %d %s", a.status, a.text)
	}
	return a
}

func (l *lab) token() string {
	l.t.Helper()
	if time.Until(l.expires) < time.Minute {
		a := l.signIn()
		l.kept, l.expires = a.str("access_token"), time.Now().Add(time.Duration(a.json["expires_in"].(float64))*time.Second)
	}
	return l.kept
}

// names are the six names of a request to /v1.
type names map[string]string

func (l *lab) names(target string) names {
	return names{
		"org": l.info.Org, "space": l.info.Space,
		"source_service_instance_name": l.info.Source, "target_service_instance_name": target,
		"source_service_key_name": "sk", "target_service_key_name": "tk",
	}
}

// v1 sends a request to the migration service, as the contract wants it.
func (l *lab) v1(method, path string, n names) answer {
	l.t.Helper()
	return l.do(l.v1Request(method, path, n, l.token()))
}

func (l *lab) v1Request(method, path string, n names, token string) *http.Request {
	l.t.Helper()
	if method == http.MethodGet {
		query := url.Values{}
		for name, value := range n {
			query.Set(name, value)
		}
		return l.request(method, "/v1/"+path+"?"+query.Encode(), nil, token)
	}
	data, err := json.Marshal(n)
	if err != nil {
		l.t.Fatal(err)
	}
	return l.request(method, "/v1/"+path, data, token)
}

func (l *lab) status(path string, n names) string {
	l.t.Helper()
	a := l.v1("GET", path, n)
	if a.status != http.StatusOK || len(a.json) != 1 {
		l.t.Fatalf("GET %s: %d %s", path, a.status, a.text)
	}
	return a.str("status")
}

// reaches waits until the status is the wanted one, and fails where it is
// another final one, or never comes.
func (l *lab) reaches(path string, n names, want string) {
	l.t.Helper()
	for looks := range 10_000 {
		switch got := l.status(path, n); got {
		case want:
			return
		case "FAILED", "COMPLETED":
			l.t.Fatalf("%s is %s, not %s", path, got, want)
		}
		time.Sleep(time.Duration(min(looks+1, 5)) * time.Minute)
	}
	l.t.Fatalf("%s never became %s", path, want)
}

// cf is a go-cfclient that is signed in as dana.
func (l *lab) cf() *client.Client {
	l.t.Helper()
	cfg, err := config.New(l.info.API, config.UserPassword(l.info.User, l.info.Password),
		config.AuthTokenURL(l.info.API, l.info.API), config.HttpClient(l.http))
	if err != nil {
		l.t.Fatal(err)
	}
	c, err := client.New(cfg)
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// space returns the truth about the space of the migration.
func (l *lab) space() sandbox.SpaceTruth {
	l.t.Helper()
	s, found := l.Truth().Space(l.info.Org, l.info.Space)
	if !found {
		l.t.Fatal("the space is gone")
	}
	return s
}

func (l *lab) app(name string) sandbox.AppTruth {
	l.t.Helper()
	a, found := l.space().App(name)
	if !found {
		l.t.Fatalf("no app %s", name)
	}
	return a
}

// guid finds a resource of the space by its name.
func (l *lab) guid(kind, name string) string {
	l.t.Helper()
	space := l.cc("GET", "/v3/spaces?names="+l.info.Space+"&include=organization", nil)
	for _, s := range space.json["resources"].([]any) {
		guid := s.(map[string]any)["guid"].(string)
		found := l.cc("GET", "/v3/"+kind+"?names="+name+"&space_guids="+guid, nil)
		for _, r := range found.json["resources"].([]any) {
			return r.(map[string]any)["guid"].(string)
		}
	}
	l.t.Fatalf("no %s %s", kind, name)
	return ""
}

// wait polls a job until it ends and returns its state and first error.
func (l *lab) wait(a answer) (state, detail string) {
	l.t.Helper()
	location := a.header.Get("Location")
	if a.status != http.StatusAccepted || !strings.HasPrefix(location, l.info.API+"/v3/jobs/") {
		l.t.Fatalf("not a job: %d %q %s", a.status, location, a.text)
	}
	for range 1000 {
		job := l.cc("GET", strings.TrimPrefix(location, l.info.API), nil)
		switch state := job.str("state"); state {
		case "COMPLETE":
			return state, ""
		case "FAILED":
			return state, job.json["errors"].([]any)[0].(map[string]any)["detail"].(string)
		}
		time.Sleep(3 * time.Second)
	}
	l.t.Fatal("the job never ended")
	return "", ""
}

// must waits for a job that has to succeed.
func (l *lab) must(a answer) {
	l.t.Helper()
	if state, detail := l.wait(a); state != "COMPLETE" {
		l.t.Fatalf("job: %s %s", state, detail)
	}
}

func (l *lab) openAccess() {
	l.t.Helper()
	l.must(l.cc("PATCH", "/v3/service_instances/"+l.guid("service_instances", l.info.Source),
		map[string]any{"parameters": map[string]any{"prepare_migration": "true"}}))
}

func (l *lab) createKey(instance, key string, parameters map[string]any) answer {
	l.t.Helper()
	body := map[string]any{
		"type": "key", "name": key,
		"relationships": map[string]any{"service_instance": ref(l.guid("service_instances", instance))},
	}
	if parameters != nil {
		body["parameters"] = parameters
	}
	return l.cc("POST", "/v3/service_credential_bindings", body)
}

func (l *lab) bind(app, instance, name string) answer {
	l.t.Helper()
	body := map[string]any{
		"type": "app",
		"relationships": map[string]any{
			"service_instance": ref(l.guid("service_instances", instance)), "app": ref(l.guid("apps", app)),
		},
	}
	if name != "" {
		body["name"] = name
	}
	return l.cc("POST", "/v3/service_credential_bindings", body)
}

func ref(guid string) map[string]any {
	return map[string]any{"data": map[string]any{"guid": guid}}
}

// prepare does all that a replication needs.
func (l *lab) prepare(targets ...string) {
	l.t.Helper()
	l.openAccess()
	l.must(l.createKey(l.info.Source, "sk", nil))
	for _, target := range targets {
		l.must(l.createKey(target, "tk", nil))
	}
}

// replicate creates the replication and waits for it to be in sync.
func (l *lab) replicate(target string) names {
	l.t.Helper()
	n := l.names(target)
	l.accepted(l.v1("POST", "replication", n), "/v1/replication?")
	l.reaches("replication", n, "IN-SYNC")
	return n
}

func (l *lab) accepted(a answer, location string) {
	l.t.Helper()
	if a.status != http.StatusAccepted || !strings.HasPrefix(a.header.Get("Location"), l.info.API+location) {
		l.t.Fatalf("not accepted: %d %q %s", a.status, a.header.Get("Location"), a.text)
	}
}

func (l *lab) refused(a answer, status int) {
	l.t.Helper()
	if a.status != status || a.json["message"] == "" || a.json["message"] == nil {
		l.t.Errorf("got %d %q, want %d with a JSON body that has a message", a.status, a.text, status)
	}
}

// cfError returns the error of the Cloud Controller in an answer.
func (a answer) cfError(t *testing.T) resource.CloudFoundryError {
	t.Helper()
	var body resource.CloudFoundryErrors
	if err := json.Unmarshal([]byte(a.text), &body); err != nil || len(body.Errors) != 1 {
		t.Fatalf("no error in %d %q", a.status, a.text)
	}
	return body.Errors[0]
}

func act(l *lab, app, action string) {
	l.t.Helper()
	if a := l.cc("POST", "/v3/apps/"+l.guid("apps", app)+"/actions/"+action, nil); a.status != http.StatusOK {
		l.t.Fatalf("%s %s: %d %s", action, app, a.status, a.text)
	}
}
