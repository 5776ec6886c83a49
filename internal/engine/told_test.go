package engine_test

import (
	"testing"
	"testing/synctest"
	"time"

	"pg-migrate-wizard/cfsession"
	"pg-migrate-wizard/internal/engine"
	"pg-migrate-wizard/internal/secret"
	"pg-migrate-wizard/steps"
)

// TestWhatTheAddressDoesNotTellIsAsked: nobody has to start the program again with a flag,
// a wrong word does no harm, and what was said does not count for another API.
func TestWhatTheAddressDoesNotTellIsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "gcp")
		s.Stop()
		s.Config.Overrides = cfsession.Overrides{}
		s.Start()
		info := s.Landscape.Info()
		say := func(values map[string][]string) engine.Snapshot {
			t.Helper()
			now, q := s.Await("", time.Second)
			if q.ID != steps.QuestionWhere || q.Start() != steps.OptionSettle {
				t.Fatalf("asked %s, and begins at %s: %+v", q.ID, q.Start(), q.Options)
			}
			if here, _ := q.Option(steps.OptionHere); here.Blocked == "" {
				t.Fatal("the migration can begin where nothing is known of its service")
			}
			s.Engine.Answer(steps.Answer{Question: q.ID, Option: steps.OptionSettle, Values: values}, secret.Text{})
			synctest.Wait()
			return now
		}
		say(map[string][]string{"landscape": {"no such place!"}})
		if now := say(map[string][]string{"landscape": {info.Landscape}, "migration-url": {"https://evil.example/v1"}}); now.State.Facts.Session.MigrationURL != "" {
			t.Error("what is no landscape has a service")
		}
		if now := say(map[string][]string{"migration-url": {info.Migration}, "landscape": {info.Landscape}}); now.State.Facts.Session.MigrationURL != "" {
			t.Error("a token would go to an address of somebody else")
		}
		if f := say(map[string][]string{"provider": {"gcp"}}).State.Facts.Session; f.Setting != steps.SettingProvider || f.MigrationURL != info.Migration {
			t.Errorf("then asked for %s, with the service at %s", f.Setting, f.MigrationURL)
		}
		now, q := s.Await("", time.Second)
		if here, ok := q.Option(steps.OptionHere); !ok || here.Blocked != "" || !now.State.Facts.Session.GoogleCloud {
			t.Errorf("all is said: %+v, %+v", now.State.Facts.Session, here)
		}
		s.Choose(q, steps.OptionHere, "")
		if w := s.Engine.Snapshot().State.Choices.Where; w == nil || w.MigrationURL != info.Migration || !w.GoogleCloud {
			t.Errorf("the migration is at %+v", w)
		}
	})
}
