package engine

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pg-migrate-wizard/steps"
)

// What others have written enters the state without the secrets that they quote, by
// whatever event it comes. Names and parameters, of which requests are made, stay.
func TestNoEventBringsASecretIntoTheState(t *testing.T) {
	const password = "hunter2-hunter2"
	quoted := "broker: postgres://u:" + password + "@db.example:5432/d refused"
	problem := steps.Problem{Says: quoted, Raw: `{"password":"` + password + `"}`}
	operation := steps.Operation{Type: "create", State: "failed", Description: quoted}
	bindings := steps.Bindings{{Operation: operation, Params: json.RawMessage(`{"secret":"kept as it is"}`)}}
	e := New(Config{StateDir: t.TempDir()})
	for _, event := range []steps.Occurrence{
		steps.WentWrong{Problem: problem},
		steps.LookFailed{Problem: problem},
		steps.SawReplication{Word: quoted},
		steps.SawFinalization{Word: quoted},
		steps.SawInstances{Instances: []steps.Instance{{Ref: steps.Ref{Name: "token=abcdef"}, Operation: operation}}},
		steps.SawKeys{Keys: []steps.Key{{Operation: operation}}},
		steps.SawApps{Apps: []steps.App{{Ailment: quoted, Source: bindings, Target: bindings}}},
		steps.SawElsewhere{Elsewhere: steps.Elsewhere{Unseen: []steps.Unseen{{Why: quoted}}}},
	} {
		before := fmt.Sprintf("%+v", event)
		got := fmt.Sprintf("%+v", e.scrubbed(event))
		if !strings.Contains(before, password) {
			t.Errorf("%T: nothing was planted", event)
		}
		if strings.Contains(got, password) || !strings.Contains(got, "•••") {
			t.Errorf("%T: %s", event, got)
		}
		if fmt.Sprintf("%+v", event) != before {
			t.Errorf("%T: what came was changed, too", event)
		}
		if strings.Contains(before, "token=abcdef") && !strings.Contains(got, "token=abcdef") {
			t.Errorf("%T: a name was changed", event)
		}
		if apps, ok := e.scrubbed(event).(steps.SawApps); ok && string(apps.Apps[0].Source[0].Params) != `{"secret":"kept as it is"}` {
			t.Errorf("parameters were changed: %s", apps.Apps[0].Source[0].Params)
		}
	}
}

// The credentials of a user-provided service are the whole answer, and may be called
// anything.
func TestATraceShowsNoCredentialWhateverItIsCalled(t *testing.T) {
	var r redactor
	body := []byte(`{"k1":"hunter2-hunter2","nested":{"zz":"hunter2-hunter2"},"list":["hunter2-hunter2"]}`)
	for _, path := range []string{"/v3/service_instances/i-1/credentials", "/v3/apps/a-1/env"} {
		if shown := r.body("application/json", path, body); strings.Contains(shown, "hunter2") || !strings.Contains(shown, "k1") {
			t.Errorf("%s: %s", path, shown)
		}
	}
}
