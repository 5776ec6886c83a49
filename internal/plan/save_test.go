package plan_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// anyPlan draws a plan that contradicts itself nowhere, as Parse returns one.
func anyPlan(t *rapid.T) plan.Plan {
	names := rapid.Custom(func(t *rapid.T) string {
		return rapid.OneOf(
			rapid.StringMatching(`[a-z][a-z0-9-]{0,20}`),
			rapid.SampledFrom([]string{"true", "null", "No", "~", "1234", "0x1F", "1e3", "2026-01-01", "# x", "a: b", "a #b", "- a", "{a}", "[", "*a", "&a", "!a", "%a", "@a", "`", `'`, `"`, `\`, "ä ö", "数据", "🐘 db", "<<", "?", "|", ">"}),
		).Draw(t, "name")
	})
	some := func(label string) string { return names.Draw(t, label) }
	maybe := func(label string) string { return rapid.OneOf(rapid.Just(""), names).Draw(t, label) }
	list := func(label string) []string {
		l := rapid.SliceOfNDistinct(names, 0, 4, rapid.ID).Draw(t, label)
		if len(l) == 0 {
			return nil
		}
		return l
	}
	key := rapid.Custom(func(t *rapid.T) plan.Key {
		return rapid.OneOf(rapid.Just(plan.Key{}), rapid.Just(plan.Key{Create: true}),
			rapid.Map(names, func(n string) plan.Key { return plan.Key{Name: n, Create: len(n)%2 == 0} })).Draw(t, "key")
	})
	word := func(label string, of ...plan.Fate) plan.Fate { return rapid.SampledFrom(of).Draw(t, label) }
	p := plan.Plan{
		Version: 1, Org: some("org"), Space: some("space"),
		Landscape: rapid.SampledFrom([]string{"", "eu10", "eu10-004.hana.ondemand.com"}).Draw(t, "landscape"),
		Provider:  rapid.SampledFrom([]string{"", "aws", "azure", "gcp", "alibaba", "sap"}).Draw(t, "provider"),
		API:       rapid.SampledFrom([]string{"", "http://127.0.0.1:8080", "https://cf.example"}).Draw(t, "api"),
		Source:    plan.Database{Instance: some("source"), Key: key.Draw(t, "source key")},
		Target:    plan.Target{Instance: some("target"), Key: key.Draw(t, "target key")},
		Until:     rapid.SampledFrom([]plan.Until{plan.Prepared, plan.Keys, plan.Preflight, plan.InSync, plan.Completed, plan.Switched, plan.CleanedUp}).Draw(t, "until"),
		OnFailure: rapid.SampledFrom([]plan.OnFailure{plan.FailureStop, plan.FailureBackOut, plan.FailureBackOutWithLoss}).Draw(t, "on-failure"),
		OnLate:    plan.LateGoOn,
		Limits: plan.Limits{
			SizeGB: rapid.IntRange(0, 100).Draw(t, "size"), Schemas: rapid.IntRange(0, 1000).Draw(t, "schemas"), Relations: rapid.IntRange(0, 30000).Draw(t, "relations"),
			Anyway: rapid.Bool().Draw(t, "anyway"),
		},
		Accept: plan.Acceptance{All: rapid.Bool().Draw(t, "all")},
		Stop:   plan.Stop{DecisionAfter: time.Duration(rapid.IntRange(0, 100_000).Draw(t, "decision")) * time.Minute, Beside: rapid.Bool().Draw(t, "beside")},
		Switch: plan.Switch{How: plan.Restart, Patience: time.Duration(rapid.IntRange(300, 10_000).Draw(t, "patience")) * time.Second, Order: list("order"), Restage: list("restage"), Green: list("green"), Blue: plan.BlueSwitch},
		CleanUp: plan.CleanUp{
			TargetKey: word("target-key", plan.Delete, plan.Keep), SourceKeys: plan.Keep, Bindings: plan.Keep, Shares: plan.Keep,
			SourceInstance: word("source-instance", plan.Keep, plan.Later),
		},
	}
	if p.Limits.Anyway {
		p.Limits.Schemas *= 2
	}
	if sure := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"quiet", "frozen", "no-large-objects", "no-pg-schemas"}), rapid.ID).Draw(t, "sure"); len(sure) > 0 {
		p.Limits.Sure = sure
	}
	if rapid.Bool().Draw(t, "create") {
		p.Target.Create, p.Target.Plan, p.Target.StorageGB, p.Target.MemoryGB = true, maybe("plan"), rapid.IntRange(0, 1000).Draw(t, "storage"), rapid.IntRange(0, 64).Draw(t, "memory")
	}
	for _, id := range rapid.SliceOfNDistinct(rapid.SampledFrom(steps.PrepareIDs()), 0, 3, rapid.ID).Draw(t, "prepared") {
		p.Prepared = append(p.Prepared, plan.Preparation{Item: string(id), State: rapid.SampledFrom([]string{"done", "not-needed"}).Draw(t, "state"), By: maybe("by")})
	}
	if p.Target.Instance == p.Source.Instance {
		p.Target.Instance += "-new"
	}
	if !p.Accept.All {
		p.Accept.Findings = rapid.SliceOfNDistinct(rapid.StringMatching(`(source|target)-warning-[0-9a-f]{8}(-2)?`), 0, 3, rapid.ID).Draw(t, "findings")
		if len(p.Accept.Findings) == 0 {
			p.Accept.Findings = nil
		}
	}
	for _, n := range list("waived") {
		p.Waive = append(p.Waive, plan.Waiver{Writer: rapid.SampledFrom([]string{"app:", "key:", "mention:", "scheduler:", "task:", "unseen:"}).Draw(t, "kind") + n, Reason: some("reason")})
	}
	if len(p.Switch.Order) == 0 {
		p.Switch.Canary = maybe("canary")
	} else if rapid.Bool().Draw(t, "with canary") {
		p.Switch.Canary = p.Switch.Order[0]
	}
	if len(p.Switch.Green) > 0 && rapid.Bool().Draw(t, "blue stay") {
		p.Switch.Blue = plan.BlueStay
	}
	if len(p.Switch.Restage) == 0 && rapid.Bool().Draw(t, "restage all") {
		p.Switch.How = plan.Restage
	}
	if p.Stop.DecisionAfter > 0 && rapid.Bool().Draw(t, "late") {
		p.OnLate = plan.LateBackOut
	}
	if p.Until == plan.CleanedUp && rapid.Bool().Draw(t, "delete") {
		p.CleanUp = plan.CleanUp{TargetKey: plan.Delete, SourceKeys: plan.Delete, Bindings: word("bindings", plan.Delete, plan.Keep), Shares: plan.Delete, SourceInstance: plan.Delete, NameSwap: true}
	}
	return p
}

// TestSavedPlansAreRead: what is saved is read as the same plan, and an editor
// that knows the schema finds nothing wrong with it.
func TestSavedPlansAreRead(t *testing.T) {
	plainly(t)
	t.Parallel()
	s := published(t)
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPlan(rt)
		text, err := plan.Save(p)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := plan.Parse(text)
		if err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(p, got); diff != "" {
			rt.Fatalf("%s\n%s", diff, text)
		}
		if err := holds(t, s, text); err != nil {
			rt.Fatalf("%v\n%s", err, text)
		}
	})
}

// TestKeysThatAreNotSaidAreShown: taking the mark away from what a saved plan
// shows as a comment says it.
func TestKeysThatAreNotSaidAreShown(t *testing.T) {
	t.Parallel()
	p, err := plan.Parse([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	saved, err := plan.Save(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"landscape", "api", "provider", "migration-url", "key", "limits", "accept", "waive", "stop", "restage", "canary", "order"} {
		mark := regexp.MustCompile(`(?m)^( *)# (` + key + `:.*(?:\n *#   [a-z-]+: .*)*)$`)
		text := mark.ReplaceAllStringFunc(string(saved), func(lines string) string {
			return strings.ReplaceAll(strings.Replace(lines, "# ", "", 1), "#   ", "  ")
		})
		got, err := plan.Parse([]byte(text))
		if err != nil || cmp.Equal(p, got) {
			t.Errorf("%s: %v\n%s", key, err, text)
		}
	}
}

func TestAPlanThatCannotBeReadIsNotSaved(t *testing.T) {
	t.Parallel()
	for _, p := range []plan.Plan{
		{},
		{Org: "acme", Space: "prod", Source: plan.Database{Instance: "a"}, Target: plan.Target{Instance: "a"}, Until: plan.Keys},
		{Org: "ac\u202eme", Space: "prod", Source: plan.Database{Instance: "a"}, Target: plan.Target{Instance: "b"}, Until: plan.Keys},
		{Org: "acme", Space: "prod", Source: plan.Database{Instance: "a"}, Target: plan.Target{Instance: "https://u:" + "p@x"}, Until: plan.Keys},
	} {
		if text, err := plan.Save(p); err == nil {
			t.Errorf("saved:\n%s", text)
		}
	}
}

func TestFromStateTellsOnlyWhatDoesNotFollow(t *testing.T) {
	t.Parallel()
	s := under()
	for _, c := range []struct {
		name  string
		where steps.Where
		want  plan.Plan
	}{
		{
			"a landscape of SAP",
			steps.Where{API: "https://api.cf.eu10-004.hana.ondemand.com", Landscape: "eu10-004.hana.ondemand.com", Provider: "AWS", MigrationURL: "https://pg-migrate.cf.eu10-004.hana.ondemand.com/v1"},
			plan.Plan{Landscape: "eu10-004.hana.ondemand.com"},
		},
		{
			"another one",
			steps.Where{API: "https://cf.example", Landscape: "eu10.hana.ondemand.com", Provider: "Google Cloud", MigrationURL: "https://migrate.example/v1"},
			plan.Plan{Landscape: "eu10.hana.ondemand.com", API: "https://cf.example", Provider: "gcp", MigrationURL: "https://migrate.example/v1"},
		},
	} {
		s.Choices.Where = &c.where
		got := plan.FromState(s)
		if got.Landscape != c.want.Landscape || got.API != c.want.API || got.Provider != c.want.Provider || got.MigrationURL != c.want.MigrationURL {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestFromStateHasWhatWasDecided: the wizard knows things by GUID, a plan by name.
func TestFromStateHasWhatWasDecided(t *testing.T) {
	t.Parallel()
	s := under()
	s.Choices.Accepted = []steps.Acceptance{{ID: "target-warning-00000001"}, {ID: "source-warning-00000002-2"}}
	s.Choices.Limits = &steps.Limits{Source: "i1", SizeGB: 19.2, Schemas: 1200, Sure: []string{"quiet"}, Anyway: &steps.Consent{}}
	s.Choices.Waivers = []steps.Waiver{
		{ID: "app:a1", Name: "orders-board", Reason: "reads only"},
		{ID: "task:t1", Name: "backfill", Reason: "done by then"},
		{ID: "task:t2", Name: "backfill", Reason: "this one, too"},
		{ID: "unseen:space:s9", Name: "dev", Reason: "nothing runs there"},
		{ID: "key:k1", Name: " blank ", Reason: "no plan can say it"},
	}
	s.Choices.Stop = &steps.StopChoice{Limit: 45}
	s.Choices.Memory = []steps.AppMemory{{Ref: steps.Ref{GUID: "a2", Name: "orders-api"}}, {Ref: steps.Ref{GUID: "a3", Name: "orders-worker"}}, {Ref: steps.Ref{GUID: "a4", Name: "orders-admin"}}, {Ref: steps.Ref{GUID: "a5", Name: "orders-green"}}}
	s.Choices.Switch = &steps.SwitchChoice{Canary: "a4", Order: []string{"a3", "a2"}, Restage: []string{"a2", "a2"}, Green: []string{"a5"}}
	s.Choices.Validated = &steps.Consent{}
	for _, a := range []string{
		"decision back-out", "canary leave", "clean-up.target-key delete", "clean-up.name-swap keep", "clean-up.name-swap swap",
		"clean-up.cooling delete-now", "clean-up.source-key:k1 keep", "clean-up.source-key:k1 delete", "clean-up.source-key delete",
		"clean-up.binding:b1 delete", "clean-up.binding:b2 keep",
	} {
		question, word, _ := strings.Cut(a, " ")
		s.History = append(s.History, steps.Moment{Kind: steps.MomentAnswer, Object: question, Status: word, Round: 1})
	}
	s.History = append(s.History, steps.Moment{Kind: steps.MomentAnswer, Object: "clean-up.source-instance", Status: "delete", Round: 0})
	got := plan.FromState(s)
	want := got
	want.Accept = plan.Acceptance{Findings: []string{"source-warning-00000002-2", "target-warning-00000001"}}
	want.Limits = plan.Limits{SizeGB: 20, Schemas: 1200, Sure: []string{"quiet"}, Anyway: true}
	want.Waive = []plan.Waiver{{"app:orders-board", "reads only"}, {"task:backfill", "done by then"}, {"unseen:dev", "nothing runs there"}}
	want.Stop.DecisionAfter, want.OnLate = 45*time.Minute, plan.LateBackOut
	want.Switch = plan.Switch{How: plan.Restart, Canary: "orders-admin", Order: []string{"orders-admin", "orders-worker", "orders-api"}, Restage: []string{"orders-api"}, Green: []string{"orders-green"}, Blue: plan.BlueStay, Patience: 10 * time.Minute}
	want.CleanUp = plan.CleanUp{TargetKey: plan.Delete, SourceKeys: plan.Delete, Bindings: plan.Keep, Shares: plan.Keep, SourceInstance: plan.Later, NameSwap: true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if text, err := plan.Save(got); err != nil {
		t.Errorf("%v\n%s", err, text)
	}

	for word, want := range map[string]plan.CleanUp{
		"clean-up.cooling leave":          {TargetKey: plan.Delete, SourceKeys: plan.Delete, Bindings: plan.Keep, Shares: plan.Keep, SourceInstance: plan.Keep, NameSwap: true},
		"clean-up.binding:b2 keep-all":    {TargetKey: plan.Delete, SourceKeys: plan.Delete, Bindings: plan.Keep, Shares: plan.Keep, SourceInstance: plan.Keep, NameSwap: true},
		"clean-up.source-instance delete": {TargetKey: plan.Delete, SourceKeys: plan.Delete, Bindings: plan.Keep, Shares: plan.Keep, SourceInstance: plan.Delete, NameSwap: true},
	} {
		more := s
		question, option, _ := strings.Cut(word, " ")
		more.History = append(more.History[:len(more.History):len(more.History)], steps.Moment{Kind: steps.MomentAnswer, Object: question, Status: option, Round: 1})
		if diff := cmp.Diff(want, plan.FromState(more).CleanUp); diff != "" {
			t.Errorf("after %s: %s", word, diff)
		}
	}
}
