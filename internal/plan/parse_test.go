package plan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"pg-migrate-wizard/internal/plan"
)

func TestMinimalPlanHasItsDefaults(t *testing.T) {
	t.Parallel()
	got, err := plan.Parse([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Plan{
		Version: 1, Org: "acme", Space: "prod",
		Source: plan.Database{Instance: "orders-db"}, Target: plan.Target{Instance: "orders-hyperscaler"},
		Until: plan.InSync, OnFailure: plan.FailureStop, OnLate: plan.LateGoOn, Switch: plan.Switch{How: plan.Restart, Blue: plan.BlueSwitch, Patience: 10 * time.Minute},
		CleanUp: plan.CleanUp{
			TargetKey: plan.Delete, SourceKeys: plan.Keep, Bindings: plan.Keep, Shares: plan.Keep, SourceInstance: plan.Keep,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWholePlan(t *testing.T) {
	t.Parallel()
	got, err := plan.Parse([]byte(`
version: 1
landscape: eu10-004
api: https://api.cf.eu10-004.hana.ondemand.com
org: "1234"
space: prod
provider: gcp
migration-url: https://pg-migrate.cf.eu10-004.hana.ondemand.com/v1
source:
  instance: orders-db
  key: {name: k, create: true}
target:
  instance: orders-hyperscaler
  key:
    create: true
limits: {size-gb: 20, schemas: 3000, relations: 400, sure: [quiet, no-large-objects], anyway: true}
accept: [source-warning-1f2e3d4c, target-warning-00000000]
waive:
  - writer: app:orders-board
    reason: >-
      reads only,
      says its team
  - {writer: "key:reporting", reason: "nightly, and not tonight"}
stop: {decision-after: 1h30m}
switch:
  restage: [orders-legacy]
  canary: orders-admin
  order: [orders-admin, orders-api]
  patience: 20m
clean-up: {target-key: keep, source-keys: delete, bindings: delete, shares: delete, source-instance: delete, name-swap: true}
until: cleaned-up
on-failure: back-out
on-late: back-out
`))
	if err != nil {
		t.Fatal(err)
	}
	want := plan.Plan{
		Version: 1, Landscape: "eu10-004", API: "https://api.cf.eu10-004.hana.ondemand.com", Org: "1234", Space: "prod",
		Provider: "gcp", MigrationURL: "https://pg-migrate.cf.eu10-004.hana.ondemand.com/v1",
		Source: plan.Database{Instance: "orders-db", Key: plan.Key{Name: "k", Create: true}},
		Target: plan.Target{Instance: "orders-hyperscaler", Key: plan.Key{Create: true}},
		Until:  plan.CleanedUp, OnFailure: plan.FailureBackOut, OnLate: plan.LateBackOut,
		Limits: plan.Limits{SizeGB: 20, Schemas: 3000, Relations: 400, Sure: []string{"quiet", "no-large-objects"}, Anyway: true},
		Accept: plan.Acceptance{Findings: []string{"source-warning-1f2e3d4c", "target-warning-00000000"}},
		Waive:  []plan.Waiver{{Writer: "app:orders-board", Reason: "reads only, says its team"}, {Writer: "key:reporting", Reason: "nightly, and not tonight"}},
		Stop:   plan.Stop{DecisionAfter: 90 * time.Minute},
		Switch: plan.Switch{How: plan.Restart, Restage: []string{"orders-legacy"}, Canary: "orders-admin", Order: []string{"orders-admin", "orders-api"}, Blue: plan.BlueSwitch, Patience: 20 * time.Minute},
		CleanUp: plan.CleanUp{
			TargetKey: plan.Keep, SourceKeys: plan.Delete, Bindings: plan.Delete, Shares: plan.Delete, SourceInstance: plan.Delete, NameSwap: true,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, err := plan.Parse([]byte(`org: 12
spase: prod
source:
  instance: orders-db
  key: {create: false}
  instancy: x
target:
  instance: orders-db
until: prepard
limits: {schemas: 2000, size-gb: -1}
accept: [source-critical-1f2e3d4c]
waive:
  - writer: board
  - writer: app:board
    reason: ""
stop: 45m
switch: {how: Restage, canary: api, order: [worker, api]}
clean-up: {source-instance: remove}
on-late: back-out
org: acme
`))
	bad, ok := errors.AsType[*plan.CheckError](err)
	if !ok {
		t.Fatalf("%T: %v", err, err)
	}
	bad.File = "night.yaml"
	want := `night.yaml:1:1: space is missing: space of both databases
night.yaml:1:6: org is a text, and YAML reads this as a number: put it in quotes
night.yaml:2:1: there is no key "spase"; did you mean "space"?
night.yaml:5:17: source.key.create: false needs source.key.name: which key shall be used?
night.yaml:6:3: there is no key "instancy" in source; did you mean "instance"?
night.yaml:8:13: target.instance and source.instance are the same
night.yaml:9:8: until is prepared, keys, preflight, in-sync, completed, switched or cleaned-up, not "prepard"; did you mean "prepared"?
night.yaml:10:19: limits.schemas: the migration service takes at most 1,000 schemas; limits.anyway: true goes on all the same
night.yaml:10:34: limits.size-gb is at least 1
night.yaml:11:10: a critical finding cannot be accepted: mend it, and check again
night.yaml:13:5: waive[0].reason is missing: why it is no harm
night.yaml:13:13: waive[0].writer is kind:name as the census gives it, like app:orders-board, task:backfill, key:reporting, mention:orders-direct, scheduler:nightly-jobs or unseen:dev, not "board"
night.yaml:15:13: waive[1].reason is empty: why it is no harm
night.yaml:16:7: stop takes keys below it (decision-after, downtime-beside), not a text
night.yaml:17:15: switch.how is restart or restage, not "Restage"; did you mean "restage"?
night.yaml:17:32: switch.canary goes first, and switch.order begins with "worker"
night.yaml:18:29: clean-up.source-instance is delete, keep or later, not "remove"
night.yaml:19:10: on-late: back-out is never asked without stop.decision-after
night.yaml:20:1: org stands here a second time; the first is in line 1`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, says string }{
		{"empty", "", "1:1: the plan is empty"},
		{"only comments", "# nothing\n", "1:1: the plan is empty"},
		{"only a mark", "---\n", "1:1: the plan is empty"},
		{"a list", "- a\n", "1:1: a plan is made of lines like `org: acme`"},
		{"a word", "acme\n", "1:1: a plan is made of lines like `org: acme`"},
		{"open bracket", "org: [\n", "1:6: this is no YAML: this [ is never closed with ]"},
		{"open brace", "org: {a: b\n", "1:6: this is no YAML: this { is never closed with }"},
		{"indented too far", "org: acme\n  space: prod\n", "1:6: this is no YAML: a key where a value is expected: indent it as the line above, or put a value with a colon in quotes"},
		{"reserved", "org: @acme\n", "1:6: this is no YAML: '@' is a reserved character: put the value in quotes"},
		{"percent", "org: %acme\n", "1:6: this is no YAML: a value that begins with % needs quotes"},
		{"open quotes", "org: \"acme\n", "1:6: this is no YAML: this \" is never closed"},
		{"tab", "source:\n\tinstance: x\n", "2:1: here is a tab: YAML is indented with spaces"},
		{"tab at the beginning", "\torg: acme\n", "1:1: here is a tab: YAML is indented with spaces"},
		{"tab in a list", "waive:\n  -\twriter: key:x\n", "2:4: here is a tab: YAML is indented with spaces"},
		{"two documents", minimal + "---\n" + minimal, "7:1: a second document begins here: a file is one plan"},
		{"directive", "%YAML 1.2\n---\n" + minimal, "1:1: a plan has no YAML directives: leave this line out"},
		{"anchor", minimal + "landscape: &a eu10\n", "6:12: anchors, aliases and merges are not taken in a plan: write it out"},
		{"alias", minimal + "landscape: *a\n", "6:12: anchors, aliases and merges are not taken in a plan: write it out"},
		{"merge", minimal + "<<: {landscape: eu10}\n", "6:1: anchors, aliases and merges are not taken in a plan: write it out"},
		{"tag", minimal + "landscape: !!str eu10\n", "6:12: tags (!) are not taken in a plan"},
		{"key is no name", minimal + "1: eu10\n", "6:1: a key is a name, not a number"},
		{"no value", minimal + "landscape:\n", "6:12: landscape has no value: say one, or leave the line out"},
		{"hidden letter", "org: ac\u202eme\n", "1:8: here is a character that cannot be seen: a plan must show all that it says"},
		{"hidden letter, escaped", strings.Replace(minimal, "acme", `"ac\u202eme"`, 1), "1:6: org is one line, of characters that can be seen"},
		{"control character", "org: a\x1b[2Jcme\n", "1:7: here is a character that cannot be seen: a plan must show all that it says"},
		{"no UTF-8", "org: a\xffb\n", "1:7: the file is not in UTF-8"},
		{"UTF-16", "\xff\xfeo\x00", "1:1: the file is in UTF-16: save it as UTF-8"},
		{"too large", strings.Repeat("#\n", 1<<20), "1:1: the file is larger than 1 MB: that is no plan"},
		{"deep", strings.Repeat("[", 20_000), "1:1: the file has far more in it than a plan can say"},
		{"wide", strings.Repeat("a: 1\n", 20_000), "1:1: the file has far more in it than a plan can say"},
	} {
		t.Run(c.name, func(t *testing.T) {
			begun := time.Now()
			_, err := plan.Parse([]byte(c.text))
			if err == nil || err.Error() != "plan:"+c.says {
				t.Errorf("says %v", err)
			}
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestMarkAndLineEndsOfOtherEditors(t *testing.T) {
	t.Parallel()
	want, err := plan.Parse([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	got, err := plan.Parse([]byte("\ufeff" + strings.ReplaceAll(minimal, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatContradicts(t *testing.T) {
	t.Parallel()
	through := strings.Replace(minimal, "in-sync", "cleaned-up", 1)
	for _, c := range []struct{ text, says string }{
		{minimal + "landscape: eu10\napi: https://api.cf.eu20.hana.ondemand.com", "api is in the landscape eu20.hana.ondemand.com"},
		{minimal + "landscape: eu10\napi: https://api.cf.eu10-004.hana.ondemand.com", "one of them is enough"},
		{minimal + "landscape: eu10\nmigration-url: https://pg-migrate.cf.eu20.hana.ondemand.com/v1", "everything else in eu10"},
		{minimal + "api: https://api.cf.eu10.hana.ondemand.com\nmigration-url: https://pg-migrate.cf.eu20.hana.ondemand.com/v1", "everything else in eu10"},
		{minimal + "migration-url: https://pg-migrate.cf.eu20.hana.ondemand.com", "ends in /v1"},
		{minimal + "api: https://api.cf.eu10.hana.ondemand.com\nmigration-url: https://evil.example/v1", "does not belong to api.cf.eu10.hana.ondemand.com"},
		{minimal + "api: https://api.cf.eu10.hana.ondemand.com\nmigration-url: https://pg-migrate.cf.eu10.hana.ondemand.com:8443/v1", "does not belong to"},
		{minimal + "api: https://api.cf.eu10.hana.ondemand.com\nmigration-url: https://x.cfapps.eu10.hana.ondemand.com/v1", "does not belong to"},
		{minimal + "api: https://api.lab.example.com\nmigration-url: https://evil.example/v1", "does not belong to api.lab.example.com"},
		{minimal + "landscape: cn20\nmigration-url: https://evil.example/v1", "does not belong to api.cf.cn20.platform.sapcloud.cn"},
		{minimal + "migration-url: http://pg-migrate.cf.eu10.hana.ondemand.com/v1", "begins with https"},
		{minimal + "api: https://api.cf.eu10.hana.ondemand.com/v3", "without a path"},
		{minimal + "api: http://api.cf.eu10.hana.ondemand.com", "begins with https"},
		{minimal + "switch: {canary: a, order: [b]}", "not in switch.order"},
		{minimal + "switch: {how: restage, restage: [b]}", "with switch.how: restage all are"},
		{minimal + "clean-up: {source-instance: delete, source-keys: delete}", "never reached with until: in-sync"},
		{minimal + "clean-up: {name-swap: true}", "never reached with until: in-sync"},
		{through + "clean-up: {source-instance: delete}", "takes the keys of the source with it"},
		{minimal + "waive: [{writer: 'app:a', reason: x}, {writer: 'app:a', reason: y}]", "names the same twice"},
		{minimal + "limits: {relations: 30001}", "at most 30,000 relations"},
		{minimal + "on-late: back-out", "never asked without stop.decision-after"},
		{minimal + "stop: {decision-after: 61s}", "stop.decision-after is in whole minutes"},
		{strings.Replace(minimal, "org: acme", "org: 1e3", 1), "org is a text, and YAML reads this as a number: put it in quotes"},
		{strings.Replace(minimal, "org: acme", "org: .5", 1), "put it in quotes"},
		{strings.Replace(minimal, "org: acme", "org: 0x1F", 1), "put it in quotes"},
	} {
		if _, err := plan.Parse([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s\nsays %v, and not %s", c.text, err, c.says)
		}
	}
	for _, text := range []string{
		minimal + "landscape: eu10\napi: https://api.cf.eu10.hana.ondemand.com",
		minimal + "landscape: eu10.hana.ondemand.com\napi: https://api.cf.eu10.hana.ondemand.com/",
		minimal + "api: http://127.0.0.1:8080\nmigration-url: http://localhost:9/v1\nlandscape: eu10\nprovider: aws",
		through + "clean-up: {source-instance: delete, source-keys: delete, name-swap: true}",
		through + "clean-up: {source-instance: later}",
	} {
		if _, err := plan.Parse([]byte(text)); err != nil {
			t.Errorf("%s\nsays %v", text, err)
		}
	}
}

func TestSecretsAreRefusedAndNotRepeated(t *testing.T) {
	t.Parallel()
	const secret = "hunter2hunter2"
	for _, line := range []string{
		"password: " + secret,
		"source: {password: " + secret + "}",
		"client-secret: " + secret,
		"clientSecret: [" + secret + "]",
		"api_key: {a: " + secret + "}",
		"passcode: !!str " + secret,
		"token: |\n  " + secret,
		"api: https://dana:" + secret + "@api.example",
		"nonsense: postgres://dana:" + secret + "@db.example:5432/x",
		"until: postgres://:" + secret + "@db.example",
		"until: eyJ" + secret + ".eyJ" + secret + ".x",
		`org: "\x65yJ` + secret + `"`,
		"org: Bearer " + secret,
		"accept: [bearer " + secret + "]",
		"- Bearer " + secret,
		"eyJ" + secret + ": x",
		"org: [ Bearer " + secret,
		"org: |\n  -----BEGIN RSA PRIVATE KEY-----\n  " + secret,
		"# password: " + secret,
		"org: acme # client_secret=" + secret,
		"limits: {size-gb: Authorization: " + secret + "}",
	} {
		_, err := plan.Parse([]byte(line + "\n"))
		if err == nil || !strings.Contains(err.Error(), "no secret belongs in a plan") {
			t.Errorf("%q says %v", line, err)
			continue
		}
		if strings.Contains(fmt.Sprintf("%+v %#v", err, err), secret) {
			t.Errorf("%q repeats it: %v", line, err)
		}
	}
	for _, good := range []string{
		"# nothing confidential: no password, no token\n" + minimal,
		strings.Replace(minimal, "orders-db", "token-store", 1),
		minimal + "waive: [{writer: 'app:secret-santa', reason: 'its tokens are old'}]",
	} {
		if _, err := plan.Parse([]byte(good)); err != nil {
			t.Errorf("%q says %v", good, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte("source:\n  - {a: [b, &c *d, !!e f]}\n? x\n: y\n"))
	f.Add([]byte("org: |2-\n   x\n--- %\n... #\n\"\\u12"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := plan.Parse(data)
		if err == nil {
			if _, err := plan.Save(p); err != nil {
				t.Errorf("what is taken cannot be saved: %v", err)
			}
			return
		}
		bad, ok := errors.AsType[*plan.CheckError](err)
		if !ok || len(bad.Problems) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		for _, p := range bad.Problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" || strings.ContainsAny(p.Message, "\n\x1b") {
				t.Errorf("%+v", p)
			}
		}
	})
}
