package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/steps"
)

// absent is the value of a field that is not there.
var absent = &struct{ _ byte }{}

// genuine is a value that the landscape tells by itself.
type genuine string

// fieldOf is a field of the platform's answers that something is decided by.
type fieldOf struct {
	name   string // as the documentation of the API calls it
	get    string // the path that it is read at
	within string // name or guid of the thing that is told otherwise; empty: all
	path   string // of the field, with dots
	judge  judge
	values []valueOf
}

// valueOf is one value of a field, and what is made of it.
type valueOf struct {
	value any
	want  string
}

// judge looks, and says what the machine makes of it.
type judge struct {
	at      string // the question at which it is looked
	verdict func(*testing.T, *stage, steps.State) string
}

// tampered lets everything through, but for one field of one answer.
type tampered struct {
	next http.RoundTripper
	get  string
	set  func(body any)
}

func (x *tampered) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := x.next.RoundTrip(r)
	if err != nil || x.set == nil || r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, x.get) {
		return resp, err
	}
	data, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	var body any
	if err == nil && json.Unmarshal(data, &body) == nil {
		x.set(body)
		data, err = json.Marshal(body)
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	resp.Header.Del("Content-Length")
	return resp, err
}

// top stands for the answer as a whole, in which a field is put also where it was not.
const top = "/"

// put sets a field wherever it stands, within the thing that is meant.
func put(body any, within string, path []string, value any) {
	switch body := body.(type) {
	case []any:
		for _, inner := range body {
			put(inner, within, path, value)
		}
	case map[string]any:
		if within == top {
			body[path[0]] = map[string]any{}
			within = ""
		}
		if body["name"] == within || body["guid"] == within {
			within = ""
		}
		if _, has := body[path[0]]; !has || within != "" {
			for _, inner := range body {
				put(inner, within, path, value)
			}
			return
		}
		switch {
		case len(path) > 1:
			put(body[path[0]], "", path[1:], value)
		case value == absent:
			delete(body, path[0])
		default:
			body[path[0]] = value
		}
	}
}

// The looks and what they come to.

func looked(t *testing.T, s *stage, state steps.State, see steps.Observable) steps.State {
	t.Helper()
	fact, err := s.Engine.Look(t.Context(), state, see)
	if err != nil {
		fact = steps.LookFailed{Of: see, Asked: state.Sequence(), Problem: engine.ProblemOf(err)}
	}
	return apply(state, fact)
}

func inCensus(id func(steps.State) string) judge {
	return judge{"preflight", func(t *testing.T, s *stage, state steps.State) string {
		state = looked(t, s, looked(t, s, state, steps.ObserveElsewhere), steps.ObserveApps)
		if p := state.Seen[steps.ObserveApps].Problem; p != nil {
			return "the look fails: " + p.Says
		}
		for _, w := range steps.Census(state) {
			if w.ID == id(state) {
				return string(w.Fate) + ": " + w.What
			}
		}
		return "no line"
	}}
}

func guidOf(state steps.State, app string) string {
	for _, a := range state.Facts.Apps {
		if a.Name == app {
			return a.GUID
		}
	}
	return ""
}

var (
	workerInCensus = inCensus(func(s steps.State) string { return "app:" + guidOf(s, "orders-worker") })
	taskInCensus   = inCensus(func(s steps.State) string {
		for _, task := range s.Facts.Tasks {
			return "task:" + task.GUID
		}
		return ""
	})
	environment = inCensus(func(s steps.State) string {
		for _, u := range s.Facts.Elsewhere.Unseen {
			if u.Name == "orders-board" {
				return "unseen:environment:" + u.GUID
			}
		}
		for _, m := range s.Facts.Elsewhere.Mentions {
			if m.Name == "orders-board" {
				return "mention:" + m.GUID
			}
		}
		return ""
	})
	address = inCensus(func(s steps.State) string {
		for _, u := range s.Facts.Elsewhere.Unseen {
			return "unseen:" + u.Kind + ":" + u.GUID
		}
		for _, m := range s.Facts.Elsewhere.Mentions {
			return "mention:" + m.GUID
		}
		return ""
	})
	health = judge{"preflight", func(t *testing.T, s *stage, state steps.State) string {
		state = looked(t, s, state, steps.ObserveApps)
		worker := appNamed(t, state.Facts.Apps, "orders-worker")
		state.Choices.Memory = []steps.AppMemory{{Ref: worker.Ref, State: steps.Started}}
		state.Choices.Switch = &steps.SwitchChoice{}
		state = looked(t, s, state, steps.ObserveApps)
		a := appNamed(t, state.Facts.Apps, "orders-worker")
		switch {
		case a.Healthy == steps.Yes:
			return "healthy"
		case a.NotReady:
			return "not ready: " + a.Ailment
		case a.Crashed:
			return "crashed: " + a.Ailment
		case a.Healthy == steps.No:
			return "not healthy: " + a.Ailment
		}
		return a.Ailment
	}}
	bound = judge{"preflight", func(t *testing.T, s *stage, state steps.State) string {
		state = looked(t, s, state, steps.ObserveApps)
		worker := appNamed(t, state.Facts.Apps, "orders-worker")
		if worker.Source.InForce() != nil {
			return "in force"
		}
		return "not seen to be in force: " + string(worker.Source[0].Condition())
	}}
	chosenInstance = judge{"source", func(t *testing.T, s *stage, state steps.State) string {
		state = looked(t, s, state, steps.ObserveInstances)
		if p := state.Seen[steps.ObserveInstances].Problem; p != nil {
			return "the look fails: " + p.Says
		}
		return offered(steps.Ask(state), "orders-db")
	}}
	chosenKey = judge{"source-key", func(t *testing.T, s *stage, state steps.State) string {
		return offered(steps.Ask(looked(t, s, state, steps.ObserveSourceKeys)), "Use reporting")
	}}
	access = judge{"preflight", func(t *testing.T, s *stage, state steps.State) string {
		state = looked(t, s, state, steps.ObserveAccess)
		return map[steps.Tri]string{steps.Yes: "open", steps.No: "not open", steps.Unknown: "not known"}[state.Facts.Access]
	}}
	sessionReplication = judge{"preflight", func(t *testing.T, s *stage, state steps.State) string {
		state.Choices.Where = new(*state.Choices.Where)
		state.Choices.Where.GoogleCloud = true
		state = looked(t, s, state, steps.ObserveTargetKeys)
		return map[steps.Tri]string{steps.Yes: "has it", steps.No: "has it not", steps.Unknown: "not known"}[state.Facts.TargetKeys[0].SessionReplication]
	}}
	shared = judge{"preflight", func(t *testing.T, s *stage, state steps.State) string {
		state = looked(t, s, state, steps.ObserveShares)
		if p := state.Seen[steps.ObserveShares].Problem; p != nil {
			return "the look fails: " + p.Says
		}
		var names []string
		for _, x := range state.Facts.Shares[steps.Source] {
			names = append(names, "shared with "+cmpOr(x.Space.Name, "a space without a name"))
		}
		return cmpOr(strings.Join(names, ", "), "not shared")
	}}
	job = judge{"preflight", func(t *testing.T, s *stage, state steps.State) string {
		return carriedOut(t, s, state, steps.Effect{Do: steps.DoOpenAccess, Instance: *state.Choices.Source})
	}}
	build = judge{"preflight", func(t *testing.T, s *stage, state steps.State) string {
		worker := appNamed(t, looked(t, s, state, steps.ObserveApps).Facts.Apps, "orders-worker")
		return carriedOut(t, s, state, steps.Effect{Do: steps.DoRestage, App: worker.Ref})
	}}
)

func cmpOr(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// carriedOut sends a request, and waits for its end: longer than the landscape takes for
// anything, and not so long that it would be asked for by the thousand.
func carriedOut(t *testing.T, s *stage, state steps.State, e steps.Effect) string {
	time.Sleep(time.Hour) // what was begun before is over
	const patience = 10 * time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	begun := time.Now()
	_, err := s.Engine.CarryOut(ctx, state, e)
	switch {
	case err == nil:
		return "done"
	case time.Since(begun) >= patience:
		return "waited for"
	case engine.ProblemOf(err).Unclear:
		return "not known how it ended"
	}
	return "failed"
}

// offered says how something stands in a list to choose from.
func offered(q *steps.Question, label string) string {
	for _, o := range q.Options {
		switch {
		case o.Label != label:
		case o.Blocked != "":
			return "cannot be used: " + o.Blocked
		default:
			return "can be used: " + o.Consequence
		}
	}
	return "not offered"
}

// operations is the range of last_operation, type × state, with what each comes to.
func operations(want func(kind, state string) string) (list []valueOf) {
	for _, kind := range []any{"create", "update", "delete", "mend", absent} {
		for _, state := range []any{"initial", "in progress", "succeeded", "failed", "paused", absent} {
			o := map[string]any{"type": kind, "state": state, "description": "the broker's words"}
			for name, value := range o {
				if value == absent {
					delete(o, name)
				}
			}
			k, _ := kind.(string)
			s, _ := state.(string)
			list = append(list, valueOf{o, want(k, s)})
		}
	}
	return append(list, valueOf{nil, want("", "")}, valueOf{absent, want("", "")})
}

const notUnderstood = "cannot be used: the platform says of it what this program does not know: "

func instanceWords(kind, state string) string {
	if kind == "update" {
		switch state {
		case "initial", "in progress":
			return "can be used: v9.6-small; it is being changed at the moment"
		case "succeeded":
			return "can be used: v9.6-small"
		case "failed":
			return "can be used: v9.6-small; its last change failed"
		}
	}
	return thingWords("v9.6-small", kind, state)
}

// thingWords are those of instances and keys alike.
func thingWords(as, kind, state string) string {
	switch kind + " " + state {
	case " ", "create succeeded":
		return "can be used: " + as
	case "create initial", "create in progress":
		return "cannot be used: it is still being created"
	case "create failed":
		return "cannot be used: it could not be created: the broker's words"
	case "delete initial", "delete in progress", "delete succeeded":
		return "cannot be used: it is being deleted"
	case "delete failed":
		return "can be used: " + as + "; somebody tried to delete it, and that failed"
	}
	return notUnderstood + cmpOr(kind, "no operation") + ", " + cmpOr(state, "no state")
}

func keyWords(kind, state string) string { return thingWords("exists already", kind, state) }

func bindingWords(kind, state string) string {
	switch kind + " " + state {
	case " ", "create succeeded":
		return "in force"
	case "create initial", "create in progress":
		return "not seen to be in force: being created"
	case "create failed":
		return "not seen to be in force: not created"
	case "delete initial", "delete in progress", "delete succeeded":
		return "not seen to be in force: being deleted"
	case "delete failed":
		return "not seen to be in force: deletion failed"
	}
	return "not seen to be in force: unclear"
}

const (
	bindingsAt  = "/v3/service_credential_bindings"
	instancesAt = "/v3/service_instances"
	unknownApp  = "decide: application whose state the platform does not tell"
)

// platformFields are the fields that something is decided by, with their whole range, one
// value that is not known, and what is made of them when they are missing.
func platformFields() []fieldOf {
	return []fieldOf{
		{"app.state", bindingsAt, "orders-worker", "state", workerInCensus, []valueOf{
			{"STARTED", "stop: 1 instance"},
			{"STOPPED", "stopped: 1 instance"},
			{"PAUSED", "stop: 1 instance, in a state that this program does not know: PAUSED"},
			{"", unknownApp},
			{nil, unknownApp},
			{absent, unknownApp},
		}},
		{"process.instances", "/v3/processes", "", "instances", workerInCensus, []valueOf{
			{0, "stop: 0 instances"}, {1, "stop: 1 instance"}, {7, "stop: 7 instances"}, {nil, "stop: 1 instance"}, {absent, "stop: 1 instance"},
		}},
		{"process.instances", "/v3/processes", "", "instances", health, []valueOf{
			{0, "healthy"}, {1, "healthy"}, {2, "not healthy: web: 1 of 2 running"}, {nil, "healthy"}, {absent, "healthy"},
		}},
		{"processes", "/v3/processes", "", "resources", health, []valueOf{
			{[]any{}, "not known: the platform names no process of it"},
		}},
		{"process.stats.state", "/v3/processes/", "", "state", health, []valueOf{
			{"RUNNING", "healthy"},
			{"STARTING", "not healthy: web: 0 of 1 running (1 starting)"},
			{"STOPPING", "not healthy: web: 0 of 1 running (1 stopping)"},
			{"DOWN", "not healthy: web: 0 of 1 running (1 down)"},
			{"CRASHED", "crashed: web: 0 of 1 running (1 crashed)"},
			{"EVACUATED", "not healthy: web: 0 of 1 running (1 evacuated)"},
			{"", "not healthy: web: 0 of 1 running (1 in no state)"},
			{nil, "not healthy: web: 0 of 1 running (1 in no state)"},
			{absent, "not healthy: web: 0 of 1 running (1 in no state)"},
		}},
		{"process.stats.routable", "/v3/processes/", "", "routable", health, []valueOf{
			{true, "healthy"}, {false, "not ready: web: 0 of 1 ready (1 running, not ready)"}, {nil, "healthy"}, {absent, "healthy"},
		}},
		{"process.stats", "/v3/processes/", "", "resources", health, []valueOf{
			{[]any{}, "not healthy: web: 0 of 1 running"}, {absent, "not healthy: web: 0 of 1 running"},
		}},
		{"service_credential_binding.last_operation, of an application", bindingsAt, "", "last_operation", bound, operations(bindingWords)},
		{"service_credential_binding.last_operation, of a key", bindingsAt, "reporting", "last_operation", chosenKey, operations(keyWords)},
		{"details.credentials, of a key", bindingsAt + "/", "", "credentials", chosenKey, []valueOf{
			{map[string]any{"hostname": "h", "username": "u"}, "can be used: exists already"},
			{map[string]any{"uri": "postgres://u:p@h/d"}, "can be used: exists already"},
			{map[string]any{"hostname": "h"}, "cannot be used: it has no host or no user in it"},
			{map[string]any{"username": "u"}, "cannot be used: it has no host or no user in it"},
			{"none", "cannot be used: it has no host or no user in it"},
			{map[string]any{}, "cannot be used: it has no host or no user in it"},
			{nil, "cannot be used: it has no host or no user in it"},
			{absent, "cannot be used: it has no host or no user in it"},
		}},
		{"details.credentials, as an address", bindingsAt + "/", "", "credentials", address, []valueOf{
			{map[string]any{"hostname": "fd00::1", "uri": "postgres://u:p@[fd00::1]:5432/d"}, "no line"},
			{map[string]any{"username": "u"}, "decide: service, none of its keys and bindings shows this login an address that could be looked for, so nobody who uses it otherwise can be found"},
			{nil, "decide: service, none of its keys and bindings shows this login an address that could be looked for, so nobody who uses it otherwise can be found"},
		}},
		{"service_instance.last_operation", instancesAt, "orders-db", "last_operation", chosenInstance, operations(instanceWords)},
		{"service_instance.type", instancesAt, "orders-db", "type", chosenInstance, []valueOf{
			{"managed", "can be used: v9.6-small"}, {"user-provided", "not offered"}, {"borrowed", "can be used: v9.6-small"}, {absent, "can be used: v9.6-small"},
		}},
		{"service_offering.name", instancesAt, "postgresql", "name", chosenInstance, []valueOf{
			{"postgresql", "can be used: v9.6-small"}, {"postgresql-db", "not offered"}, {"postgresql-11", "not offered"}, {"", "not offered"}, {absent, "not offered"},
		}},
		{"service_plan.name", instancesAt, "v9.6-small", "name", chosenInstance, []valueOf{
			{"v9.6-small", "can be used: v9.6-small"}, {"trial", "cannot be used: trial instances cannot be migrated"}, {"v9.6-trial", "cannot be used: trial instances cannot be migrated"},
		}},
		{"prepare_migration, of service_instance.parameters", instancesAt + "/", top, "prepare_migration", access, []valueOf{
			{"true", "open"}, {true, "open"}, {"TRUE", "open"}, {"false", "not open"}, {false, "not open"}, {"yes", "not open"}, {nil, "not open"}, {absent, "not open"},
		}},
		{"enable_session_replication, of a key's parameters", bindingsAt + "/", top, "enable_session_replication", sessionReplication, []valueOf{
			{true, "has it"}, {"true", "has it"}, {false, "has it not"}, {nil, "has it not"}, {absent, "has it not"},
		}},
		{"shared_spaces.data", instancesAt + "/", "", "data", shared, []valueOf{
			{[]any{}, "not shared"},
			{[]any{map[string]any{"guid": "s-9"}}, "shared with a space without a name"},
			{nil, "the look fails: list the spaces the service instance is shared with: the answer holds no list"},
			{absent, "the look fails: list the spaces the service instance is shared with: the answer holds no list"},
		}},
		{"task.state", "/v3/tasks", "", "state", taskInCensus, []valueOf{
			{"PENDING", "cancel: task of orders-admin"},
			{"RUNNING", "cancel: task of orders-admin"},
			{"CANCELING", "cancel: task of orders-admin"},
			{"SUCCEEDED", "no line"},
			{"FAILED", "no line"},
			{"PAUSED", "cancel: task of orders-admin"},
			{nil, "cancel: task of orders-admin"},
			{absent, "cancel: task of orders-admin"},
		}},
		{"environment_variables.var", "/v3/apps/", "", "var", environment, []valueOf{
			{map[string]any{}, "no line"}, {nil, "decide: environment, read the environment variables: the answer holds no environment variables"}, {absent, "decide: environment, read the environment variables: the answer holds no environment variables"},
		}},
		{"job.state", "/v3/jobs/", "", "state", job, []valueOf{
			{"PROCESSING", "waited for"},
			{"POLLING", "waited for"},
			{"COMPLETE", "done"},
			{"FAILED", "failed"},
			{"PAUSED", "waited for"},
			{"", "not known how it ended"},
			{nil, "not known how it ended"},
			{absent, "not known how it ended"},
		}},
		{"build.state", "/v3/builds/", "", "state", build, []valueOf{
			{"STAGING", "waited for"},
			{genuine("STAGED"), "done"},
			{"FAILED", "failed"},
			{"PAUSED", "waited for"},
			{"", "failed"},
			{nil, "failed"},
			{absent, "failed"},
		}},
	}
}

// TestEveryFieldOfThePlatform walks every value of every field through client, look and
// machine. No value that is not known, and none that is missing, counts as good, or as
// "there is none".
func TestEveryFieldOfThePlatform(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"source", "source-key", "preflight"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { walkFields(t, at) })
		})
	}
}

func walkFields(t *testing.T, at string) {
	s := newStage(t, "forgotten-writer")
	wire := &tampered{next: s.Config.Transport}
	state := s.at(at)
	s.Config.Transport = wire
	for _, f := range platformFields() {
		if f.judge.at != at {
			continue
		}
		for n, v := range f.values {
			if underRace && n%5 != 0 {
				continue
			}
			s.Engine = engine.New(s.Config)
			wire.set = nil
			looked(t, s, state, steps.ObserveSession)
			if _, itself := v.value.(genuine); !itself {
				wire.get, wire.set = f.get, func(body any) { put(body, f.within, strings.Split(f.path, "."), v.value) }
			}
			if got := f.judge.verdict(t, s, state); got != v.want {
				t.Errorf("%s is %s:\n got %s\nwant %s", f.name, shownValue(v.value), got, v.want)
			}
		}
	}
}

func shownValue(value any) string {
	switch value {
	case absent:
		return "missing"
	case nil:
		return "`null`"
	}
	if o, is := value.(map[string]any); is && (o["description"] != nil) {
		text := func(name string) string {
			if s, is := o[name].(string); is {
				return s
			}
			return "(missing)"
		}
		return "`" + text("type") + ", " + text("state") + "`"
	}
	data, _ := json.Marshal(value)
	return "`" + string(data) + "`"
}

// TestPlatformPage: the page lists the same fields and values. UPDATE_GOLDEN=1 writes it
// anew.
func TestPlatformPage(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString(platformHead)
	for _, f := range platformFields() {
		fmt.Fprintf(&page, "\n## `%s`\n\n`GET %s`\n\n| value | what is made of it |\n|---|---|\n", f.name, strings.TrimSuffix(f.get, "/")+tail(f.get))
		wants := map[string][]string{}
		var order []string
		for _, v := range f.values {
			if wants[v.want] == nil {
				order = append(order, v.want)
			}
			wants[v.want] = append(wants[v.want], shownValue(v.value))
		}
		for _, want := range order {
			fmt.Fprintf(&page, "| %s | %s |\n", strings.Join(wants[want], ", "), want)
		}
	}
	const path = "../../docs/platform.md"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(page.String()), 0o644); err != nil { //nolint:gosec // documentation
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(data) != page.String() {
		t.Error("docs/platform.md does not say what the table says: UPDATE_GOLDEN=1 writes it anew")
	}
	for _, f := range platformFields() {
		if !slices.ContainsFunc(f.values, func(v valueOf) bool { return v.value == absent }) && f.name != "processes" && f.name != "details.credentials, as an address" && f.name != "service_plan.name" {
			t.Errorf("%s: what if it is missing?", f.name)
		}
	}
}

func tail(get string) string {
	if strings.HasSuffix(get, "/") {
		return "/…"
	}
	return ""
}

const platformHead = `# What is read of the platform

Every field of the Cloud Controller's answers that something is decided by, with its whole range, a
value that is not known, and what is made of it. A value that is not known, and one that is missing,
never counts as good, and never as "there is none"; but for two, of which the Cloud Controller says
what their absence means: a thing without a last operation was made at once, and of an instance
without a word about routing it cannot tell. A test walks this table through client, look and machine
(TestEveryFieldOfThePlatform), and holds this page.
`
