package plan_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pg-migrate-wizard/internal/plan"
	"pg-migrate-wizard/steps"
)

// whole is a plan that says everything, as Parse would return it.
func whole(t *testing.T) plan.Plan {
	t.Helper()
	p, err := plan.Parse([]byte(strings.Replace(minimal, "in-sync", "cleaned-up", 1) + `accept: all
on-failure: back-out
waive: [{writer: "app:orders-board", reason: reads only}]
clean-up: {source-keys: delete, source-instance: delete}
`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// under is a state in which the plan's databases are chosen.
func under() steps.State {
	s := steps.New()
	s.At = time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	s.Choices.Where = &steps.Where{Org: steps.Ref{Name: "acme"}, Space: steps.Ref{Name: "prod"}}
	s.Choices.Source = &steps.Ref{GUID: "i1", Name: "orders-db"}
	s.Choices.Target = &steps.Ref{GUID: "i2", Name: "orders-hyperscaler"}
	return s
}

// destructive reports whether an answer takes a word of its own.
func destructive(q *steps.Question, a steps.Answer) bool {
	_, needed := q.NeedsConsent(a)
	return needed
}

func wantOpen(t *testing.T, err error, key, says string) {
	t.Helper()
	open, ok := errors.AsType[*plan.OpenError](err)
	if !ok || open.Key != key || !strings.Contains(open.Message, says) || open.Question == nil {
		t.Errorf("says %v (%+v), not %q at %q", err, open, says, key)
	}
}

func TestWhatCannotBeUndoneNeedsThePlansWord(t *testing.T) {
	t.Parallel()
	p := whole(t)
	never := func(question, option string) *steps.Question {
		return &steps.Question{ID: steps.QuestionID(question), Title: "Sure?", Recommended: option, Options: []steps.Option{
			{ID: option, Label: "Do it", Undo: steps.UndoNever, Typed: "orders-db"}, {ID: "keep", Label: "Keep"},
		}}
	}
	for _, q := range []*steps.Question{never("finalize", "finalize"), never("replication.failed", "back-out"), never("clean-up.source-instance", "delete"), never("clean-up.source-key", "delete")} {
		a, err := p.Answer(q, under())
		if err != nil || a.Typed != "orders-db" || q.Check(a) != nil {
			t.Errorf("%s: %+v, %v", q.ID, a, err)
		}
	}
	// The same where a plan's word is not about that, or is only a default.
	for _, q := range []*steps.Question{never("open-access", "open"), never("validate", "yes"), never("clean-up.target-key", "delete"), never("preflight", "check")} {
		_, err := p.Answer(q, under())
		wantOpen(t, err, "", "cannot be undone")
	}
	p.Until = plan.InSync
	_, err := p.Answer(never("finalize", "finalize"), under())
	wantOpen(t, err, "until", "goes as far as in-sync")

	q := never("finalize", "finalize")
	q.Options[0].Blocked = "1 application is running again"
	_, err = whole(t).Answer(q, under())
	wantOpen(t, err, "", "running again")
}

func TestAnotherMigrationIsNotThePlans(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "finalize", Step: steps.Finalize, Options: []steps.Option{{ID: "finalize"}}}
	for key, change := range map[string]func(*steps.State){
		"org":             func(s *steps.State) { s.Choices.Where.Org.Name = "other" },
		"space":           func(s *steps.State) { s.Choices.Where.Space.Name = "dev" },
		"source.instance": func(s *steps.State) { s.Choices.Source = &steps.Ref{Name: "other"} },
		"target.instance": func(s *steps.State) { s.Choices.Target = &steps.Ref{Name: "other"} },
		"source.key.name": func(s *steps.State) { s.Choices.SourceKey = &steps.KeyChoice{Name: "other"} },
		"target.key.name": func(s *steps.State) { s.Choices.TargetKey = &steps.KeyChoice{Name: "other"} },
		"api":             func(s *steps.State) { s.Facts.Session.API = "https://api.cf.us10.hana.ondemand.com" },
		"landscape":       func(s *steps.State) { s.Facts.Session.Landscape = "us10.hana.ondemand.com" },
	} {
		p := whole(t)
		switch key {
		case "api":
			p.API = "https://api.cf.eu10.hana.ondemand.com"
		case "landscape":
			p.Landscape = "eu10"
		case "source.key.name":
			p.Source.Key.Name = "mine"
		case "target.key.name":
			p.Target.Key.Name = "mine"
		}
		s := under()
		if _, err := p.Answer(q, s); err != nil {
			t.Errorf("%s: before the change it says %v", key, err)
		}
		change(&s)
		_, err := p.Answer(q, s)
		wantOpen(t, err, key, "the plan says")
	}
}

func TestNoPlanSignsIn(t *testing.T) {
	t.Parallel()
	for _, id := range []steps.QuestionID{"sign-in", "api", "passcode"} {
		_, err := whole(t).Answer(&steps.Question{ID: id, Step: steps.SignIn, Options: []steps.Option{{ID: "wait", Wait: true}}}, steps.New())
		wantOpen(t, err, "", "pg-migrate-wizard login")
	}
}

func TestQuestionOfAnotherVersion(t *testing.T) {
	t.Parallel()
	_, err := whole(t).Answer(&steps.Question{ID: "horoscope"}, under())
	wantOpen(t, err, "", "no key of a plan")
}

func TestPlaceOfThePlan(t *testing.T) {
	t.Parallel()
	p := whole(t)
	s := steps.New()
	s.Facts.Session = steps.Session{SignedIn: true, Org: steps.Ref{Name: "acme"}, Space: steps.Ref{Name: "dev"}}
	where := &steps.Question{ID: "where", Step: steps.SignIn, Options: []steps.Option{{ID: "here"}, {ID: "elsewhere"}}}
	answer := func(q *steps.Question) string {
		t.Helper()
		a, err := p.Answer(q, s)
		if err != nil {
			t.Fatal(err)
		}
		return a.Option
	}
	if got := answer(where); got != "elsewhere" {
		t.Errorf("in another space it answers %s", got)
	}
	list := func(id string, names ...string) *steps.Question {
		q := &steps.Question{ID: steps.QuestionID(id), Step: steps.SignIn}
		for _, n := range names {
			q.Options = append(q.Options, steps.Option{ID: "guid-" + n, Label: n})
		}
		q.Options = append(q.Options, steps.Option{ID: "elsewhere"})
		return q
	}
	if got := answer(list("org", "other", "acme")); got != "guid-acme" {
		t.Errorf("takes the org %s", got)
	}
	s.Choices.Org = &steps.Ref{Name: "acme"}
	if got := answer(list("space", "prod", "dev")); got != "guid-prod" {
		t.Errorf("takes the space %s", got)
	}
	_, err := p.Answer(list("space", "dev"), s)
	wantOpen(t, err, "space", "no prod here")
	s.Choices.Org = &steps.Ref{Name: "other"}
	if got := answer(list("space", "prod")); got != "elsewhere" {
		t.Errorf("in another org it takes the space %s", got)
	}

	s.Facts.Session.Space.Name = "prod"
	where.Options[0].Blocked, where.Options[0].Setting = "the name does not tell it", steps.SettingProvider
	_, err = p.Answer(where, s)
	wantOpen(t, err, plan.KeyProvider, "does not tell")
	where.Options[0].Blocked = ""
	if got := answer(where); got != "here" {
		t.Errorf("in its own space it answers %s", got)
	}
	s.Facts.Migrations = []steps.JournalSummary{
		{ID: "m1", Org: "acme", Space: "prod", Source: "billing-db", Target: "x", At: s.At.Add(time.Hour)},
		{ID: "m2", Org: "acme", Space: "prod", Source: "orders-db", Target: "orders-hyperscaler", At: s.At},
		{ID: "m3", Org: "acme", Space: "prod", Source: "orders-db", At: s.At.Add(time.Minute)},
		{ID: "m4", Org: "acme", Space: "dev", Source: "orders-db", Target: "orders-hyperscaler", At: s.At.Add(time.Hour)},
	}
	for _, m := range s.Facts.Migrations {
		where.Options = append(where.Options, steps.Option{ID: "continue:" + m.ID})
	}
	if got := answer(where); got != "continue:m3" {
		t.Errorf("goes on with %s", got)
	}
	s.Facts.Migrations = s.Facts.Migrations[:1]
	if got := answer(where); got != "here" {
		t.Errorf("goes on with somebody else's %s", got)
	}
}

func TestInstances(t *testing.T) {
	t.Parallel()
	p := whole(t)
	s := steps.New()
	q := &steps.Question{ID: "source", Step: steps.Databases, Options: []steps.Option{{ID: "i1", Label: "orders-db", Blocked: "it is being deleted"}}}
	_, err := p.Answer(q, s)
	wantOpen(t, err, "source.instance", "it is being deleted")
	q.Options = nil
	_, err = p.Answer(q, s)
	wantOpen(t, err, "source.instance", "no orders-db here")
	s.Facts.Instances = []steps.Instance{{Ref: steps.Ref{GUID: "i1", Name: "orders-db"}, Offering: steps.TargetOffering}}
	_, err = p.Answer(q, s)
	wantOpen(t, err, "source.instance", "instance of postgresql-db, and not of postgresql")
	_, err = p.Answer(&steps.Question{ID: "databases.unfit", Step: steps.Databases, Why: "it is gone."}, s)
	wantOpen(t, err, "source.instance", "it is gone")
}

func TestKeys(t *testing.T) {
	t.Parallel()
	q := &steps.Question{ID: "target-key", Step: steps.Keys, Recommended: "use:own", Options: []steps.Option{
		{ID: "use:own"},
		{ID: "use:broken", Blocked: "it has no host"},
		{ID: "create", Fields: []steps.Field{{ID: "name", Kind: steps.FieldText, Default: "own-2"}}},
	}}
	for _, c := range []struct {
		key               plan.Key
		option, name      string
		openKey, openSays string
	}{
		{plan.Key{}, "use:own", "", "", ""},
		{plan.Key{Create: true}, "use:own", "", "", ""},
		{plan.Key{Name: "own"}, "use:own", "", "", ""},
		{plan.Key{Name: "own", Create: true}, "use:own", "", "", ""},
		{plan.Key{Name: "mine", Create: true}, "create", "mine", "", ""},
		{plan.Key{Name: "mine"}, "", "", "target.key.create", "has no key mine"},
		{plan.Key{Name: "broken", Create: true}, "", "", "target.key.name", "it has no host"},
	} {
		p := whole(t)
		p.Target.Key = c.key
		a, err := p.Answer(q, under())
		if c.openKey != "" {
			wantOpen(t, err, c.openKey, c.openSays)
			continue
		}
		if err != nil || a.Option != c.option || a.Value("name") != c.name {
			t.Errorf("%+v: %+v, %v", c.key, a, err)
		}
	}
}
