package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cloudfoundry/go-cfclient/v3/client"
	"github.com/cloudfoundry/go-cfclient/v3/config"
	"github.com/cloudfoundry/go-cfclient/v3/resource"
	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/sandbox"
)

// The Cloud Controller as go-cfclient sees it.

func TestGoCFClientGoesThroughItAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		cf, ctx := l.cf(), t.Context()

		spaces, orgs, err := cf.Spaces.ListIncludeOrganizationsAll(ctx, nil)
		if err != nil || len(spaces) != 3 || len(orgs) != 2 {
			t.Fatalf("%d spaces, %d orgs, %v", len(spaces), len(orgs), err)
		}
		plans, offerings, err := cf.ServicePlans.ListIncludeServiceOfferingAll(ctx, nil)
		if err != nil || len(plans) != 13 || len(offerings) != 4 {
			t.Fatalf("%d plans, %d offerings, %v", len(plans), len(offerings), err)
		}
		source := ok(cf.ServiceInstances.Single(ctx, &client.ServiceInstanceListOptions{
			ListOptions: client.NewListOptions(), Names: client.Filter{Values: []string{l.info.Source}},
			SpaceGUIDs: client.Filter{Values: []string{spaces[0].GUID}},
		}))

		// go-cfclient sends "tags":null with an update, and the real thing wipes them.
		raw := json.RawMessage(`{"prepare_migration":"true"}`)
		job, _, err := cf.ServiceInstances.UpdateManaged(ctx, source.GUID, resource.NewServiceInstanceManagedUpdate().WithParameters(raw))
		if err != nil {
			t.Fatal(err)
		}
		if err := cf.Jobs.PollComplete(ctx, job, nil); err != nil {
			t.Fatal(err)
		}
		if i, _ := l.space().Instance(l.info.Source); !i.AccessOpened || len(i.Tags) != 0 {
			t.Errorf("after the update: %+v", i)
		}
		params := ok(cf.ServiceInstances.GetManagedParameters(ctx, source.GUID))
		if string(*params) != `{"prepare_migration":"true"}` {
			t.Errorf("parameters: %s", *params)
		}

		job, _, err = cf.ServiceCredentialBindings.Create(ctx, resource.NewServiceCredentialBindingCreateKey(source.GUID, "sk"))
		if err != nil {
			t.Fatal(err)
		}
		opts := client.NewServiceCredentialBindingListOptions()
		opts.Names.EqualTo("sk")
		key := ok(cf.ServiceCredentialBindings.Single(ctx, opts))
		if _, err := cf.ServiceCredentialBindings.GetDetails(ctx, key.GUID); !resource.IsResourceNotFoundError(err) {
			t.Errorf("details of a key that is being made: %v", err)
		}
		if err := cf.Jobs.PollComplete(ctx, job, nil); err != nil {
			t.Fatal(err)
		}
		details := ok(cf.ServiceCredentialBindings.GetDetails(ctx, key.GUID))
		for _, name := range []string{"username", "password", "hostname", "dbname", "port", "uri"} {
			if text, _ := details.Credentials[name].(string); text == "" {
				t.Errorf("credentials: %s is %v", name, details.Credentials[name])
			}
		}

		bindings, apps, err := cf.ServiceCredentialBindings.ListIncludeAppsAll(ctx, &client.ServiceCredentialBindingListOptions{
			ListOptions: client.NewListOptions(), ServiceInstanceGUIDs: client.Filter{Values: []string{source.GUID}},
			Type: client.Filter{Values: []string{"app"}},
		})
		if err != nil || len(bindings) != 3 || len(apps) != 3 {
			t.Fatalf("%d bindings, %d apps, %v", len(bindings), len(apps), err)
		}
		for _, a := range apps {
			stats := ok(cf.Processes.GetStatsForApp(ctx, a.GUID, "web"))
			if wanted := l.app(a.Name); len(stats.Stats) != wanted.Instances {
				t.Errorf("%s has %d instances, want %d", a.Name, len(stats.Stats), wanted.Instances)
			}
			if _, err := cf.Applications.GetEnvironment(ctx, a.GUID); err != nil {
				t.Error(err)
			}
		}

		job = ok(cf.ServiceInstances.Delete(ctx, source.GUID))
		if err := cf.Jobs.PollComplete(ctx, job, nil); err != nil {
			t.Fatal(err)
		}
		if _, err := cf.ServiceInstances.Get(ctx, source.GUID); !resource.IsResourceNotFoundError(err) {
			t.Errorf("the deleted instance: %v", err)
		}
	})
}

// ok unwraps a value that must have come without an error.
func ok[T any](value T, err error) T {
	if err != nil {
		panic(err) // shown by the test with the line it came from
	}
	return value
}

func TestWriteCFHomeIsASession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		dir := t.TempDir()
		if err := l.WriteCFHome(dir); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.NewFromCFHomeDir(dir, config.HttpClient(l.http))
		if err != nil {
			t.Fatal(err)
		}
		cf, err := client.New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour) // the access token has expired; the refresh token has not
		orgs, err := cf.Organizations.ListAll(t.Context(), nil)
		if err != nil || len(orgs) != 2 {
			t.Errorf("%d orgs, %v", len(orgs), err)
		}
	})
}

func TestAppsStartAndStop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		states := func() []string {
			var list []string
			stats := l.cc("GET", "/v3/apps/"+l.guid("apps", "orders-api")+"/processes/web/stats", nil)
			for _, s := range stats.json["resources"].([]any) {
				list = append(list, s.(map[string]any)["state"].(string))
			}
			return list
		}
		expect := func(want string) {
			t.Helper()
			if got := states(); !slices.Equal(got, []string{want, want, want}) {
				t.Errorf("instances are %v, want all %s", got, want)
			}
		}
		expect("RUNNING")
		act(l, "orders-api", "stop")
		expect("DOWN")
		act(l, "orders-api", "start")
		expect("STARTING")
		time.Sleep(14 * time.Second)
		expect("STARTING")
		time.Sleep(time.Second)
		expect("RUNNING")
		act(l, "orders-api", "start") // what runs is left alone
		expect("RUNNING")
		act(l, "orders-api", "restart")
		expect("STARTING")
	})
}

func TestABindingReachesTheAppWithItsNextStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.must(l.bind("orders-api", l.info.Target, ""))
		if got := l.app("orders-api").UsesNow; !slices.Equal(got, []string{"logs", l.info.Source}) {
			t.Errorf("before the restart it uses %v", got)
		}
		act(l, "orders-api", "restart")
		if got := l.app("orders-api").UsesNow; !slices.Equal(got, []string{"logs", l.info.Source, l.info.Target}) {
			t.Errorf("after the restart it uses %v", got)
		}
	})
}

func TestOneOperationAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		path := "/v3/service_instances/" + l.guid("service_instances", l.info.Source)
		update := map[string]any{"parameters": map[string]any{"prepare_migration": "true"}}
		want := func(a answer, status, code int, detail string) {
			t.Helper()
			if e := a.cfError(t); a.status != status || e.Code != code || e.Detail != detail {
				t.Errorf("got %d %d %q, want %d %d %q", a.status, e.Code, e.Detail, status, code, detail)
			}
		}
		busy := func() {
			t.Helper()
			want(l.cc("PATCH", path, update), 409, 60016, "An operation for service instance orders-db is in progress.")
			want(l.cc("PATCH", path, map[string]any{"name": "x"}), 409, 60016, "An operation for service instance orders-db is in progress.")
			want(l.cc("DELETE", path, nil), 422, 10008, "There is an operation in progress for the service instance.")
			want(l.createKey(l.info.Source, "k", nil), 422, 10008, "There is an operation in progress for the service instance")
			want(l.bind("billing-app", l.info.Source, ""), 422, 10008, "There is an operation in progress for the service instance")
		}

		updating := l.cc("PATCH", path, update)
		busy()
		want(l.cc("DELETE", l.bindingPath("orders-api", l.info.Source), nil), 422, 10008, "There is an operation in progress for the service instance.")
		l.must(updating)

		binding := l.bind("billing-app", l.info.Source, "")
		want(l.cc("PATCH", path, update), 409, 90008, "An operation for the service binding between app billing-app and service instance orders-db is in progress.")
		l.must(binding)

		unbinding := l.cc("DELETE", l.bindingPath("billing-app", l.info.Source), nil)
		want(l.cc("DELETE", l.bindingPath("billing-app", l.info.Source), nil), 422, 10008, "There is an operation in progress for the service binding.")
		l.must(unbinding)

		deleting := l.cc("DELETE", path, nil)
		busy()
		l.must(deleting)
		want(l.cc("GET", path, nil), 404, 10010, "Service instance not found")
	})
}

func (l *lab) bindingPath(app, instance string) string {
	l.t.Helper()
	found := l.cc("GET", "/v3/service_credential_bindings?app_guids="+l.guid("apps", app)+"&service_instance_names="+instance, nil)
	for _, b := range found.json["resources"].([]any) {
		return "/v3/service_credential_bindings/" + b.(map[string]any)["guid"].(string)
	}
	l.t.Fatalf("%s is not bound to %s", app, instance)
	return ""
}

func TestDeletingAnInstanceTakesKeysAndBindingsAlong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.must(l.createKey(l.info.Source, "sk", nil))
		half := l.createKey(l.info.Source, "half-made", nil)
		l.must(l.cc("DELETE", "/v3/service_instances/"+l.guid("service_instances", l.info.Source), nil))
		if state, _ := l.wait(half); state != "FAILED" {
			t.Errorf("the key in the making: job %s", state)
		}
		if left := l.cc("GET", "/v3/service_credential_bindings?service_instance_names="+l.info.Source+"&type=key", nil); len(left.json["resources"].([]any)) != 0 {
			t.Errorf("left: %s", left.text)
		}
		for _, app := range []string{"orders-api", "orders-worker", "orders-admin"} {
			for _, b := range l.app(app).Bindings {
				if b.Instance == l.info.Source {
					t.Errorf("%s is still bound to it", app)
				}
			}
		}
		if got := l.app("orders-api"); got.Running != 3 || !slices.Contains(got.UsesNow, l.info.Source) {
			t.Errorf("a running app runs on with what it has: %+v", got)
		}
		if dev, _ := l.Truth().Space(l.info.Org, "dev"); len(dev.Instances) != 2 {
			t.Errorf("the namesake in dev: %+v", dev.Instances)
		}
	})
}

func TestNamesThatAreTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		l.must(l.createKey(l.info.Source, "sk", nil))
		for _, c := range []struct {
			name   string
			answer answer
			detail string
		}{
			{"key", l.createKey(l.info.Source, "sk", nil), "The binding name is invalid. Key binding names must be unique. The service instance already has a key binding with name 'sk'."},
			{"bound already", l.bind("orders-api", l.info.Source, "other"), "The app is already bound to the service instance"},
			{"binding", l.bind("orders-api", l.info.Target, "db"), "The binding name is invalid. Binding names must be unique for a given service instance and app. The app already has a binding with name 'db'."},
			{"instance", l.cc("PATCH", "/v3/service_instances/"+l.guid("service_instances", l.info.Target), map[string]any{"name": l.info.Source}), "The service instance name is taken: " + l.info.Source},
		} {
			if e := c.answer.cfError(t); c.answer.status != http.StatusUnprocessableEntity || e.Code != 10008 || e.Detail != c.detail {
				t.Errorf("%s: %d %q", c.name, c.answer.status, e.Detail)
			}
		}
	})
}

func TestABrokerThatRefusesFailsTheJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		const detail = "bind could not be completed: Service broker error: Service broker parameters are invalid: Additional property nonsense is not allowed"
		if state, got := l.wait(l.createKey(l.info.Target, "tk", map[string]any{"nonsense": 1})); state != "FAILED" || got != detail {
			t.Errorf("%s %q", state, got)
		}
		i, _ := l.space().Instance(l.info.Target)
		if diff := cmp.Diff([]sandbox.KeyTruth{{Name: "tk", Parameters: map[string]any{}, LastOperation: "create failed"}}, i.Keys); diff != "" {
			t.Errorf("keys (-want +got):\n%s", diff)
		}
		l.must(l.createKey(l.info.Target, "tk", nil)) // the failed one makes room
	})
}

func TestListsArePaged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		var seen []string
		for path := "/v3/apps?order_by=-name&per_page=2"; path != ""; {
			a := l.cc("GET", path, nil)
			for _, r := range a.json["resources"].([]any) {
				seen = append(seen, r.(map[string]any)["name"].(string))
			}
			pagination := a.json["pagination"].(map[string]any)
			if pagination["total_results"] != 5.0 || pagination["total_pages"] != 3.0 {
				t.Errorf("pagination: %v", pagination)
			}
			path = ""
			if next, more := pagination["next"].(map[string]any); more {
				path = next["href"].(string)[len(l.info.API):]
			}
		}
		if want := []string{"orders-worker", "orders-api", "orders-api", "orders-admin", "billing-app"}; !slices.Equal(seen, want) {
			t.Errorf("names: %v", seen)
		}
	})
}

func TestQueriesThatAreNotUnderstood(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		for _, query := range []string{
			"apps?colour=red", "apps?order_by=size", "apps?page=0", "apps?per_page=5001", "apps?include=weather",
			"service_instances?type=other", "service_instances?fields[weather]=name", "service_instances?fields[space]=weather",
			"processes?embed=weather", "apps?created_ats=yesterday",
		} {
			if a := l.cc("GET", "/v3/"+query, nil); a.status != 400 || a.cfError(t).Code != 10005 {
				t.Errorf("%s: %d %s", query, a.status, a.text)
			}
		}
		for _, path := range []string{"/v3/nothing", "/v3/apps/nobody", "/v3/service_instances/nobody", "/v3/jobs/nobody", "/nothing"} {
			if a := l.cc("GET", path, nil); a.status != 404 {
				t.Errorf("%s: %d %s", path, a.status, a.text)
			}
		}
		if a := l.do(l.request("POST", "/v3/service_instances", []byte("{"), l.token())); a.status != 400 || a.cfError(t).Code != 1001 {
			t.Errorf("broken JSON: %d %s", a.status, a.text)
		}
	})
}

func TestFieldsBringWhatIsReferredTo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		query := url.Values{
			"names": {l.info.Source}, "fields[service_plan]": {"guid,name,relationships.service_offering"},
			"fields[service_plan.service_offering]": {"name"},
		}
		a := l.cc("GET", "/v3/service_instances?"+query.Encode(), nil)
		included := a.json["included"].(map[string]any)
		if plans := included["service_plans"].([]any); len(plans) != 2 || len(plans[0].(map[string]any)) != 3 { // prod's and dev's
			t.Errorf("plans: %v", plans)
		}
		if diff := cmp.Diff([]any{map[string]any{"name": "postgresql"}}, included["service_offerings"]); diff != "" {
			t.Errorf("offerings (-want +got):\n%s", diff)
		}
	})
}

func TestWithoutATokenNothingIsSaid(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, sandbox.Config{})
		for token, code := range map[string]int{"": 10002, "nonsense": 1000, l.signIn().str("refresh_token"): 1000} {
			if a := l.do(l.request("GET", "/v3/apps", nil, token)); a.status != 401 || a.cfError(t).Code != code {
				t.Errorf("%d %s, want code %d", a.status, a.text, code)
			}
		}
		for _, path := range []string{"/", "/v3", "/v3/info", "/login", "/passcode"} {
			if a := l.do(l.request("GET", path, nil, "")); a.status != 200 {
				t.Errorf("%s: %d", path, a.status)
			}
		}
	})
}
