package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"pg-migrate-wizard/internal/sandbox"
)

// deed is one thing that somebody does to the landscape.
type deed struct {
	What               string
	Instance, App, Key string
	Wait               time.Duration
}

func (d deed) String() string {
	return fmt.Sprintf("%s %s %s %s, then %v", d.What, d.Instance, d.App, d.Key, d.Wait)
}

// TestWhateverIsDoneTheWorldStaysSound does random things and holds every
// answer and the state of the world against the platform's rules.
func TestWhateverIsDoneTheWorldStaysSound(t *testing.T) {
	t.Parallel()
	deeds := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) deed {
		return deed{
			What:     rapid.SampledFrom([]string{"update", "create key", "delete key", "bind", "unbind", "delete", "start", "stop"}).Draw(t, "what"),
			Instance: rapid.SampledFrom([]string{"orders-db", "orders-hyperscaler"}).Draw(t, "instance"),
			App:      rapid.SampledFrom([]string{"orders-api", "orders-admin"}).Draw(t, "app"),
			Key:      rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key"),
			Wait:     rapid.SampledFrom([]time.Duration{0, 0, 10 * time.Second, time.Minute}).Draw(t, "wait"),
		}
	}), 1, 12)
	rapid.Check(t, func(rt *rapid.T) {
		todo := deeds.Draw(rt, "deeds")
		var problem string
		synctest.Test(t, func(t *testing.T) {
			l := newLab(t, sandbox.Config{})
			w := walker{l, map[string]string{}}
			for _, d := range todo {
				if problem = w.do(d); problem != "" {
					problem = d.String() + ": " + problem
					return
				}
				if problem = unsound(l.space()); problem != "" {
					problem = "after " + d.String() + ": " + problem
					return
				}
				time.Sleep(d.Wait)
			}
		})
		if problem != "" {
			rt.Fatal(problem)
		}
	})
}

type walker struct {
	*lab
	guids map[string]string // of instances and apps, also once they are gone
}

func (w walker) known(kind, name string) string {
	if w.guids[name] == "" {
		w.guids[name] = w.guid(kind, name)
	}
	return w.guids[name]
}

// do does a deed and returns what was wrong with the answer.
func (w walker) do(d deed) string {
	instance, app := w.known("service_instances", d.Instance), w.known("apps", d.App)
	before, there := w.space().Instance(d.Instance)
	busy := strings.HasSuffix(before.LastOperation, "in progress")
	path := "/v3/service_instances/" + instance
	relationships := map[string]any{"service_instance": ref(instance)}

	var a answer
	var want int
	switch d.What {
	case "update":
		a = w.cc("PATCH", path, map[string]any{"parameters": map[string]any{"prepare_migration": "true"}})
		want = http.StatusAccepted
		switch {
		case !there:
			want = http.StatusNotFound
		case busy, w.bindingBusy(d.Instance):
			want = http.StatusConflict
		}
	case "delete":
		a = w.cc("DELETE", path, nil)
		want = http.StatusAccepted
		switch {
		case !there:
			want = http.StatusNotFound
		case busy:
			want = http.StatusUnprocessableEntity
		}
	case "create key", "bind":
		body := map[string]any{"type": "key", "name": d.Key, "relationships": relationships}
		taken := false
		for _, k := range before.Keys {
			taken = taken || k.Name == d.Key
		}
		if d.What == "bind" {
			relationships["app"] = ref(app)
			body = map[string]any{"type": "app", "relationships": relationships}
			_, taken = w.binding(d.App, d.Instance)
		}
		a = w.cc("POST", "/v3/service_credential_bindings", body)
		want = http.StatusAccepted
		if !there || busy || taken {
			want = http.StatusUnprocessableEntity
		}
	case "delete key", "unbind":
		filter := "&type=key&names=" + d.Key
		if d.What == "unbind" {
			filter = "&type=app&app_guids=" + app
		}
		found := w.cc("GET", "/v3/service_credential_bindings?service_instance_guids="+instance+filter, nil).json["resources"].([]any)
		if len(found) == 0 {
			return ""
		}
		b := found[0].(map[string]any)
		operation := b["last_operation"].(map[string]any)
		a = w.cc("DELETE", "/v3/service_credential_bindings/"+b["guid"].(string), nil)
		want = http.StatusAccepted
		if busy || operation["type"] == "delete" {
			want = http.StatusUnprocessableEntity
		}
	default:
		a = w.cc("POST", "/v3/apps/"+app+"/actions/"+d.What, nil)
		want = http.StatusOK
	}
	if a.status != want {
		return fmt.Sprintf("got %d %s, want %d", a.status, a.text, want)
	}
	return ""
}

func (w walker) binding(app, instance string) (sandbox.BindingTruth, bool) {
	for _, b := range w.app(app).Bindings {
		if b.Instance == instance {
			return b, true
		}
	}
	return sandbox.BindingTruth{}, false
}

func (w walker) bindingBusy(instance string) bool {
	for _, a := range w.space().Apps {
		for _, b := range a.Bindings {
			if b.Instance == instance && strings.HasSuffix(b.LastOperation, "in progress") {
				return true
			}
		}
	}
	return false
}

// unsound says what breaks the platform's rules, or nothing.
func unsound(s sandbox.SpaceTruth) string {
	for _, i := range s.Instances {
		seen := map[string]bool{}
		for _, k := range i.Keys {
			if seen[k.Name] {
				return "two keys " + k.Name + " of " + i.Name
			}
			seen[k.Name] = true
		}
	}
	for _, a := range s.Apps {
		bound := map[string]bool{}
		for _, b := range a.Bindings {
			if _, there := s.Instance(b.Instance); !there {
				return a.Name + " is bound to " + b.Instance + ", which is gone"
			}
			if bound[b.Instance] {
				return a.Name + " is bound twice to " + b.Instance
			}
			bound[b.Instance] = true
		}
		if a.State == "STOPPED" && (a.Running > 0 || len(a.UsesNow) > 0) {
			return a.Name + " is stopped and runs"
		}
	}
	return ""
}
